use super::*;
use crate::ids::{DeploymentId, ServiceName, Version};
use crate::testing::{finding as any, start};

fn key(signal: &str) -> SignalKey {
    SignalKey::new(signal).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn finding(signal: &str, onset_s: i64, comparison: Comparison) -> Finding {
    Finding {
        signal: key(signal),
        onset_at: at(onset_s),
        baseline: 0.01,
        current: 0.31,
        effect: 0.30,
        comparison,
        ..any()
    }
}

fn known() -> Known {
    Known {
        of_dependency: [key("warehouse")].into(),
        by_traffic: [key("latency"), key("cpu"), key("errors")].into(),
        ..Known::default()
    }
}

fn blamed(mut findings: Vec<Finding>, known: &Known) -> Vec<Attribution> {
    blame(&mut findings, known);
    findings.iter().map(|finding| finding.attribution).collect()
}

fn one(finding: Finding, known: &Known) -> (Attribution, Vec<Circumstance>) {
    let mut findings = [finding];
    blame(&mut findings, known);
    let [finding] = findings;
    (finding.attribution, finding.circumstances)
}

use Attribution::{Change, Dependency, Load, Unknown};
use Comparison::{BeforeVsAfter, CanaryVsStable};

#[test]
fn what_began_no_earlier_than_the_dependency_follows_from_it() {
    let later = finding("errors", 42, BeforeVsAfter);
    let about_then = finding("latency", 27, BeforeVsAfter);
    let before = finding("cpu", 10, BeforeVsAfter);
    let warehouse = finding("warehouse", 30, BeforeVsAfter);
    assert_eq!(
        blamed(vec![later.clone(), about_then, before, warehouse], &known()),
        [Dependency, Dependency, Change, Dependency]
    );
    assert_eq!(blamed(vec![later], &known()), [Change]);
}

#[test]
fn what_moved_in_the_changed_instances_alone_is_the_changes() {
    let canary = finding("errors", 42, CanaryVsStable);
    let warehouse = finding("warehouse", 30, BeforeVsAfter);
    assert_eq!(
        blamed(vec![canary, warehouse], &known()),
        [Change, Dependency]
    );
    // Its own calls to the database are slow, and those of the others are not.
    let own_calls = finding("warehouse", 30, CanaryVsStable);
    assert_eq!(blamed(vec![own_calls], &known()), [Change]);
}

#[test]
fn a_fault_that_was_there_before_the_change_is_not_blamed_on_it() {
    for comparison in [CanaryVsStable, BeforeVsAfter] {
        let before = Finding {
            current: 0.25,
            effect: 0.24,
            ..finding("errors", -200, comparison)
        };
        let known = Known {
            before: vec![before],
            ..known()
        };
        let (blamed, why) = one(finding("errors", 12, comparison), &known);
        assert_eq!(blamed, Unknown, "{comparison:?}");
        let older = Circumstance::Older {
            since: at(-200),
            level: 0.25,
        };
        assert_eq!(why, [older]);
        // Another signal is another matter.
        assert_eq!(
            one(finding("latency", 12, comparison), &known),
            (Change, vec![])
        );
    }
}

#[test]
fn a_fault_that_the_change_made_twice_as_bad_or_turned_around_is_the_changes() {
    let before = Finding {
        current: 0.06,
        effect: 0.05,
        ..finding("errors", -200, CanaryVsStable)
    };
    let was = |before: Finding| Known {
        before: vec![before],
        ..known()
    };
    assert_eq!(
        one(finding("errors", 12, CanaryVsStable), &was(before.clone())).0,
        Change
    );
    let better = Finding {
        effect: -0.5,
        ..before.clone()
    };
    assert_eq!(
        one(finding("errors", 12, CanaryVsStable), &was(better)).0,
        Change
    );
    let compared_otherwise = finding("errors", 12, BeforeVsAfter);
    assert_eq!(one(compared_otherwise, &was(before)).0, Change);
}

fn traffic(now: f64, since_s: i64) -> Known {
    Known {
        traffic: Some(Traffic {
            before: 40.0,
            now,
            since: at(since_s),
        }),
        ..known()
    }
}

#[test]
fn more_traffic_explains_what_moves_with_it_and_began_no_earlier() {
    let latency = || finding("latency", 30, BeforeVsAfter);
    assert_eq!(one(latency(), &traffic(90.0, 20)).0, Load);
    assert_eq!(one(latency(), &traffic(90.0, 44)).0, Load, "about then");
    for (known, why) in [
        (traffic(55.0, 20), "it hardly grew"),
        (traffic(90.0, 60), "it grew afterwards: people try again"),
        (traffic(10.0, 20), "it shrank"),
    ] {
        assert_eq!(one(latency(), &known), (Change, vec![]), "{why}");
    }
    let availability = finding("up", 30, BeforeVsAfter);
    assert_eq!(one(availability, &traffic(90.0, 20)).0, Change);
}

#[test]
fn beside_a_control_the_traffic_explains_only_what_moved_the_control_too() {
    let with_control = |before: f64| Known {
        control_before: [(key("latency"), before)].into(),
        ..traffic(90.0, 20)
    };
    let latency = || Finding {
        baseline: 0.5,
        current: 0.8,
        effect: 0.3,
        ..finding("latency", 30, CanaryVsStable)
    };
    assert_eq!(one(latency(), &with_control(0.2)).0, Load);
    let (blamed, why) = one(latency(), &with_control(0.45));
    assert_eq!(blamed, Change, "the control hardly moved");
    assert!(
        matches!(why[..], [Circumstance::MoreTraffic { .. }]),
        "and it is said all the same: {why:?}"
    );
    assert_eq!(one(latency(), &traffic(90.0, 20)).0, Change, "not known");
}

fn neighbour(name: &str, called: bool, at_s: i64) -> Neighbour {
    Neighbour {
        service: ServiceName::new(name).unwrap(),
        deployment: DeploymentId::new("dep_9").unwrap(),
        version: Version::new("v7").unwrap(),
        called,
        at: at(at_s),
    }
}

#[test]
fn a_neighbours_deployment_is_named_and_one_that_is_called_leaves_it_open() {
    let near = |neighbour: Neighbour| Known {
        neighbours: vec![neighbour],
        ..known()
    };
    let errors = || finding("errors", 30, BeforeVsAfter);
    let catalog = neighbour("catalog", true, 20);
    let (blamed, why) = one(errors(), &near(catalog.clone()));
    assert_eq!(blamed, Unknown);
    assert_eq!(why, [Circumstance::Neighbour(catalog.clone())]);
    // Who calls this one changed its traffic, not its code.
    let front = neighbour("front", false, 20);
    let (blamed, why) = one(errors(), &near(front));
    assert_eq!((blamed, why.len()), (Change, 1));
    // A controlled comparison is not in doubt, and names it.
    let (blamed, why) = one(finding("errors", 30, CanaryVsStable), &near(catalog));
    assert_eq!((blamed, why.len()), (Change, 1));
    for (at_s, when) in [(60, "afterwards"), (-3600, "long before")] {
        let known = near(neighbour("catalog", true, at_s));
        assert_eq!(one(errors(), &known), (Change, vec![]), "{when}");
    }
}
