use super::*;
use crate::finding::Neighbour as Deployed;
use crate::ids::{DeploymentId, ServiceName, Version};
use crate::input::Happened;
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding, names, start};
use crate::verdict;

fn told(finding: Finding) -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    let degraded = assessment(verdict::Verdict::Degraded, vec![finding]);
    story.tell(Happened::Assessed(degraded));
    story
}

fn changes() -> Vec<Change> {
    let change = |id: &str, title: &str| Change {
        id: id.to_owned(),
        title: title.to_owned(),
        author: "Ann <ann@example.com>".to_owned(),
        ..Change::default()
    };
    vec![change("aaa", "Retry payments"), change("bbb", "Say hello")]
}

fn cause(story: &Story, first: &str) -> Cause {
    let case = case(story.state(), changes(), &Beside::default());
    let mut cause = Cause::of(&case, &crate::suspects::rank(&case), BTreeMap::new());
    cause.suspects.sort_by_key(|one| one.id != first);
    cause
}

#[test]
fn the_case_says_what_moved_since_when_and_where() {
    let story = told(finding());
    let account = Contribution {
        label: "route".to_owned(),
        value: "/checkout".to_owned(),
        excess: 97.0,
        share: 0.95,
        of_events: 0.2,
        after: 0.49,
        before: 0.005,
    };
    let beside = Beside {
        accounts: BTreeMap::from([(finding().signal, vec![account])]),
        ..Beside::default()
    };
    let case = case(story.state(), changes(), &beside);
    let moved = &case.symptoms.findings[0];
    assert_eq!(
        (moved.signal.as_str(), moved.direction.as_str()),
        ("errors", "up")
    );
    assert_eq!(moved.onset, Some(finding().onset_at));
    assert_eq!(moved.labels["route"], "/checkout");
    assert!(case.context.first_instance_changed_at.is_some());
    assert_eq!(case.context.traffic, None);
}

#[test]
fn what_the_findings_are_blamed_on_is_in_the_context() {
    let neighbour = Deployed {
        service: ServiceName::new("catalog").unwrap(),
        deployment: DeploymentId::new("dep_2").unwrap(),
        version: Version::new("v7").unwrap(),
        called: true,
        at: start(),
    };
    let story = told(Finding {
        attribution: Attribution::Load,
        circumstances: vec![
            Circumstance::Neighbour(neighbour),
            Circumstance::MoreTraffic {
                before: 10.0,
                now: 40.0,
                since: start(),
            },
        ],
        ..finding()
    });
    let context = case(story.state(), changes(), &Beside::default()).context;
    assert!(context.traffic.unwrap().explains);
    assert_eq!(context.neighbours[0].service, "catalog");
    let story = told(Finding {
        attribution: Attribution::Dependency,
        ..finding()
    });
    let context = case(story.state(), changes(), &Beside::default()).context;
    assert!(context.dependencies[0].moved);
}

#[test]
fn it_is_said_once_and_again_only_when_it_says_something_else() {
    let mut story = told(finding());
    let (one, other) = (cause(&story, "aaa"), cause(&story, "bbb"));
    let say = |story: &mut Story, cause: &Cause| {
        names(&story.tell(Happened::Ranked(Box::new(cause.clone()))))
    };
    assert_eq!(say(&mut story, &one), ["cause_ranked"]);
    assert_eq!(story.state().cause().unwrap().0.suspects[0].id, "aaa");
    assert!(say(&mut story, &one).is_empty());
    assert_eq!(say(&mut story, &other), ["cause_ranked"]);
    assert_eq!(say(&mut story, &one), ["cause_ranked"]);
    assert!(say(&mut story, &other).is_empty(), "three times are enough");
}

fn traced() -> Signature {
    Signature {
        change: crate::signatures::Change::New,
        level: crate::signatures::Level::Error,
        template: "IndexError: list index out of range".to_owned(),
        origin: Some("shop/cart.py in show".to_owned()),
        sample:
            "boom\n  File \"shop/cart.py\", line 9, in show\nIndexError: list index out of range"
                .to_owned(),
        before: 0,
        after: 17,
        before_per_minute: 0.0,
        after_per_minute: 34.0,
        places: Vec::new(),
    }
}

#[test]
fn logged_errors_are_symptoms_of_the_case_and_said_where_they_come_later() {
    let mut story = told(finding());
    let beside = Beside {
        signatures: vec![traced()],
        ..Beside::default()
    };
    let case = case(story.state(), changes(), &beside);
    assert_eq!(case.symptoms.errors, [traced().sample]);
    let without = cause(&story, "aaa");
    let with = Cause {
        signatures: vec![traced()],
        ..without.clone()
    };
    story.tell(Happened::Ranked(Box::new(without)));
    let say = |story: &mut Story| names(&story.tell(Happened::Ranked(Box::new(with.clone()))));
    assert_eq!(say(&mut story), ["cause_ranked"]);
    assert!(say(&mut story).is_empty());
}

#[test]
fn of_what_did_not_hurt_no_cause_is_said() {
    let mut story = Story::gray(Autonomy::Rollback);
    let nothing = cause(&story, "aaa");
    assert!(story.tell(Happened::Ranked(Box::new(nothing))).is_empty());
}

fn ranked(story: &Story) -> crate::suspects::Ranking {
    crate::suspects::rank(&case(story.state(), changes(), &Beside::default()))
}

#[test]
fn what_moved_with_the_change_and_without_its_control_is_the_deployments_though_no_commit_stands_out()
 {
    let mut story = told(finding());
    let ranking = ranked(&story);
    assert_eq!(ranking.verdict, Verdict::Change, "{ranking:?}");
    assert!(ranking.suspects[0].probability < 0.8, "{ranking:?}");
    let stayed = |one: &Supports| matches!(one, Supports::ControlsStayed { .. });
    assert!(ranking.supports.iter().any(stayed));
    let alone = Finding {
        comparison: Comparison::BeforeVsAfter,
        ..finding()
    };
    story = told(alone);
    assert_eq!(ranked(&story).verdict, Verdict::Unknown);
}

#[test]
fn what_was_there_before_the_change_is_no_deployments() {
    let older = Circumstance::Older {
        since: start() - jiff::SignedDuration::from_secs(600),
        level: 0.3,
    };
    let older = Finding {
        attribution: Attribution::Unknown,
        circumstances: vec![older],
        ..finding()
    };
    let ranking = ranked(&told(older.clone()));
    assert_eq!(ranking.verdict, Verdict::NotThisDeployment, "{ranking:?}");
    // Beside something new it is not what is asked about.
    let mut story = Story::gray(Autonomy::Rollback);
    let latency = Finding {
        signal: SignalKey::new("latency").unwrap(),
        ..older
    };
    let both = assessment(verdict::Verdict::Degraded, vec![latency, finding()]);
    story.tell(Happened::Assessed(both));
    assert_eq!(ranked(&story).verdict, Verdict::Change);
}

#[test]
fn what_the_traffic_explains_is_no_deployments() {
    let explained = Finding {
        attribution: Attribution::Load,
        comparison: Comparison::BeforeVsAfter,
        circumstances: vec![Circumstance::MoreTraffic {
            before: 10.0,
            now: 40.0,
            since: start(),
        }],
        ..finding()
    };
    let ranking = ranked(&told(explained));
    assert_eq!(ranking.verdict, Verdict::NotThisDeployment, "{ranking:?}");
    assert!(ranking.elsewhere.contains(&Elsewhere::Traffic));
}

#[test]
fn what_happens_at_this_hour_every_day_is_no_deployments() {
    let by_time = Finding {
        comparison: Comparison::BeforeVsAfter,
        ..finding()
    };
    let story = told(by_time);
    assert!(of_this_hour(story.state()).is_some());
    let beside = Beside {
        same_hour: Some(true),
        ..Beside::default()
    };
    let ranking = crate::suspects::rank(&case(story.state(), changes(), &beside));
    assert_eq!(ranking.verdict, Verdict::NotThisDeployment, "{ranking:?}");
    // Who was not changed lived through the same hour.
    assert!(of_this_hour(told(finding()).state()).is_none());
}

#[test]
fn a_neighbour_that_is_over_is_named_too() {
    let story = told(finding());
    let near = Deployed {
        service: ServiceName::new("catalog").unwrap(),
        deployment: DeploymentId::new("dep_2").unwrap(),
        version: Version::new("v7").unwrap(),
        called: true,
        at: start(),
    };
    let beside = Beside {
        neighbours: vec![near],
        ..Beside::default()
    };
    let ranking = crate::suspects::rank(&case(story.state(), changes(), &beside));
    let named = |one: &Elsewhere| matches!(one, Elsewhere::Neighbour { service, .. } if service == "catalog");
    assert!(ranking.elsewhere.iter().any(named), "{ranking:?}");
}
