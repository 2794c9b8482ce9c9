use super::*;
use crate::approval::Choice;
use crate::input::Happened;
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding, mei, plan, start};
use crate::verdict::Verdict;
use jiff::SignedDuration;

fn told(stories: &[&Story], from_s: i64, until_s: i64) -> Digest {
    let at = |seconds| start() + SignedDuration::from_secs(seconds);
    let known = stories
        .iter()
        .map(|story| (&story.records[..], story.state()));
    Digest::of(known, Vec::new(), (at(from_s), at(until_s)))
}

/// Found after 10 s and held.
fn held(service: &str) -> Story {
    let mut plan = plan(Autonomy::Pause);
    plan.service = ServiceName::new(service).unwrap();
    let mut story = Story::new();
    story.wait(1).tell(Happened::DeployAsked {
        plan: Box::new(plan),
        by: mei(),
    });
    story.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: Vec::new(),
    });
    story.finish_running();
    let found = assessment(Verdict::Degraded, vec![finding()]);
    story.wait(9).tell(Happened::Assessed(found));
    story
}

#[test]
fn what_happened_in_the_time_is_counted_once_and_what_happened_before_is_not() {
    let mut story = held("shop");
    story.wait(20).answer(Choice::Rollback);
    story.wait(5).finish_running();
    let day = told(&[&story], 0, 100);
    assert_eq!((day.deployments, day.promoted, day.failed), (1, 0, 0));
    assert_eq!(day.paused.deployments, 1);
    let back: Vec<&str> = day
        .rolled_back
        .iter()
        .map(|subject| subject.service.as_str())
        .collect();
    assert_eq!(back, ["shop"]);
    assert_eq!(day.decide.map(|times| times.median_s), Some(20.0));
    assert_eq!(day.recover, None, "nothing proves it");
    // The rollback was on the next day, and nothing else was.
    let next = told(&[&story], 12, 100);
    assert_eq!(
        (
            next.deployments,
            next.paused.deployments,
            next.rolled_back.len()
        ),
        (0, 0, 1)
    );
    assert!(next.has_news());
    assert_eq!(next.riskiest, None, "what was found was found before");
    let later = told(&[&story], 100, 200);
    assert!(later.is_empty() && !later.has_news(), "{later:?}");
}

#[test]
fn what_waits_for_somebody_is_told_however_old_it_is() {
    let mut story = held("shop");
    let asked = told(&[&story], 1000, 2000);
    assert!(!asked.is_empty() && !asked.has_news());
    let open = &asked.open[0];
    assert_eq!(open.since, start() + SignedDuration::from_secs(10));
    assert!(open.asked_until.is_some());
    story.wait(5).answer(Choice::Hold);
    let held = told(&[&story], 1000, 2000);
    assert_eq!(held.open[0].asked_until, None);
    assert_eq!(held.open[0].subject.version.as_str(), "v2");
}

#[test]
fn pauses_are_right_or_wrong_by_what_people_judge_and_wrong_ones_are_no_risk() {
    let mut wrong = held("shop");
    wrong.wait(5).tell(Happened::Judged {
        by: mei(),
        judgement: Judgement::FalseAlarm,
        note: None,
        since: None,
    });
    let right = held("cart");
    let day = told(&[&wrong, &right], 0, 100);
    assert_eq!(
        day.paused,
        Paused {
            deployments: 2,
            real: 0,
            false_alarms: 1
        }
    );
    let riskiest = day.riskiest.unwrap();
    assert_eq!(riskiest.service.as_str(), "cart");
    assert_eq!((riskiest.troubled, riskiest.deployments), (1, 1));
}

#[test]
fn the_riskiest_has_the_most_trouble_and_among_equals_the_fewest_that_went_well() {
    let place = |service: &str| {
        (
            ServiceName::new(service).unwrap(),
            Environment::new("prod").unwrap(),
        )
    };
    let of = |risks: &[(&str, u32, u32)]| {
        let risks = risks
            .iter()
            .map(|(service, troubled, all)| (place(service), (*troubled, *all)));
        riskiest(risks.collect()).map(|found| found.service.to_string())
    };
    assert_eq!(of(&[("a", 0, 9)]), None);
    assert_eq!(of(&[("a", 1, 2), ("b", 2, 9)]).as_deref(), Some("b"));
    assert_eq!(of(&[("a", 2, 9), ("b", 2, 3)]).as_deref(), Some("b"));
    assert_eq!(of(&[("b", 2, 3), ("a", 2, 3)]).as_deref(), Some("a"));
}
