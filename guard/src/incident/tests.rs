use super::*;
use crate::approval::Choice;
use crate::event::Event;
use crate::finding::{Budget, Cured, Finding, Scope};
use crate::ids::{InstanceId, SignalKey};
use crate::input::Happened;
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding};
use crate::verdict::Verdict;

fn severe() -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        hard_limit_crossed: true,
        ..finding()
    }
}

fn turns(story: &Story) -> (Standing, Vec<Turn>) {
    let incident = Incident::fold(&story.records).unwrap();
    let turns = incident.moments.into_iter().map(|moment| moment.turn);
    (incident.standing, turns.collect())
}

fn found(story: &mut Story, findings: Vec<Finding>) {
    let verdict = if findings.is_empty() {
        Verdict::Healthy
    } else {
        Verdict::Degraded
    };
    story
        .wait(5)
        .tell(Happened::Assessed(assessment(verdict, findings)));
}

fn cured(story: &mut Story) {
    let signals = vec![Cured {
        signal: SignalKey::new("errors").unwrap(),
        current: 0.002,
        effect: 0.0,
        interval: (0.0, 0.0),
        unit: "ratio".to_owned(),
        evidence: None,
    }];
    story.wait(5).tell(Happened::Cured { signals });
}

#[test]
fn where_nothing_moves_there_is_no_incident() {
    let mut story = Story::gray(Autonomy::Rollback);
    found(&mut story, Vec::new());
    assert_eq!(Incident::fold(&story.records), None);
}

#[test]
fn what_is_rolled_back_is_mitigated_and_what_is_shown_back_at_normal_is_cured() {
    let mut story = Story::gray(Autonomy::Rollback);
    found(&mut story, vec![severe()]);
    story.wait(2).finish_running();
    assert_eq!(turns(&story).0, Standing::Mitigated);
    cured(&mut story);
    let tier = Tier::RollBack;
    assert_eq!(
        turns(&story),
        (
            Standing::Cured,
            vec![
                Turn::Opened,
                Turn::Escalated { tier },
                Turn::Mitigated,
                Turn::Cured
            ]
        )
    );
    let incident = Incident::fold(&story.records).unwrap();
    assert_eq!((incident.tier, incident.reopened), (tier, 0));
    assert!(incident.ended_at.unwrap() > incident.opened_at);
}

#[test]
fn a_cure_that_fails_opens_it_again_and_a_late_one_ends_it() {
    let mut story = Story::gray(Autonomy::Rollback);
    found(&mut story, vec![severe()]);
    story.wait(2).finish_running();
    let action = story.state().actions().last().unwrap().action.id.clone();
    story.wait(300).tell(Happened::TimerFired {
        timer: crate::timer::TimerName::Cure { action },
    });
    let incident = Incident::fold(&story.records).unwrap();
    assert_eq!(
        (incident.standing, incident.reopened, incident.ended_at),
        (Standing::Open, 1, None)
    );
    cured(&mut story);
    assert_eq!(turns(&story).0, Standing::Cured);
}

#[test]
fn another_place_joins_it_and_stronger_evidence_escalates_it() {
    let mut story = Story::gray(Autonomy::Pause);
    let warned = Finding {
        budget: Budget::Warn,
        ..finding()
    };
    found(&mut story, vec![warned]);
    let elsewhere = Finding {
        scope: Scope::Instance(InstanceId::new("a").unwrap()),
        signal: SignalKey::new("latency").unwrap(),
        ..finding()
    };
    found(&mut story, vec![finding(), elsewhere]);
    let signal = "latency".to_owned();
    let tier = Tier::Pause;
    assert_eq!(
        turns(&story).1,
        [
            Turn::Opened,
            Turn::Joined { signal },
            Turn::Escalated { tier }
        ]
    );
}

#[test]
fn what_a_person_accepts_ends_it_and_what_comes_back_by_itself_too() {
    let mut story = Story::gray(Autonomy::Pause);
    found(&mut story, vec![finding()]);
    story.wait(5).answer(Choice::Resume);
    let (standing, turns_of) = turns(&story);
    let by = "mei".to_owned();
    assert_eq!(
        (standing, turns_of.last()),
        (Standing::Accepted, Some(&Turn::Accepted { by }))
    );

    let mut story = Story::gray(Autonomy::Observe);
    found(&mut story, vec![finding()]);
    found(&mut story, Vec::new());
    assert_eq!(turns(&story).0, Standing::Recovered);
    found(&mut story, vec![finding()]);
    let incident = Incident::fold(&story.records).unwrap();
    assert_eq!((incident.standing, incident.reopened), (Standing::Open, 1));
    story.write(Event::BakeEnded {
        verdict: Verdict::Degraded,
        known_good: false,
    });
    assert_eq!(turns(&story).0, Standing::Unresolved);
}
