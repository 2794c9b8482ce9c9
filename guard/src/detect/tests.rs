//! What the detector promises, on small simulated services.

mod baseline;
mod levels;
mod measure;
mod properties;

use super::sim::Sim;
use super::*;

const CANARY: Comparison = Comparison::CanaryVsStable { canary_share: None };
const DEMO: [Role; 4] = [Role::Stable, Role::Stable, Role::Stable, Role::Canary];

/// The demo: forty seconds of history, then the gray instance restarts with the new version.
fn demo(interval_s: f64, rps: f64, seed: u64) -> Sim {
    let mut sim = Sim::new(CANARY, &DEMO, interval_s, -40.0, rps, seed);
    sim.run(0.0);
    sim.restart(Role::Canary);
    sim
}

#[test]
fn a_healthy_cold_start_stays_silent() {
    for (interval_s, seeds) in [(1.0, 0..4), (5.0, 8..16)] {
        for seed in seeds {
            let mut sim = demo(interval_s, 50.0, seed);
            sim.run(120.0);
            let summary = sim.detector.summary();
            assert!(
                sim.said.is_empty(),
                "seed {seed} at {interval_s} s: {:?}",
                sim.said[0]
            );
            assert_ne!(summary.verdict, Verdict::Degraded);
        }
    }
}

#[test]
fn what_befalls_both_when_the_canary_has_just_started_is_not_blamed_on_it() {
    let roles = [Role::Stable, Role::Stable, Role::Canary, Role::Canary];
    let mut before = Sim::new(CANARY, &roles, 5.0, -900.0, 800.0, 45);
    let fail = |sim: &mut Sim, share: f64| {
        for node in &mut sim.nodes {
            node.error_share = share;
        }
    };
    fail(&mut before, 0.004);
    before.run(0.0);
    for node in before.nodes.iter_mut().skip(2) {
        node.restart();
    }
    for at in [45.0, 55.0, 65.0] {
        let mut sim = before.clone();
        sim.run(at);
        fail(&mut sim, 0.03);
        sim.run(at + 120.0);
        fail(&mut sim, 0.004);
        sim.run(600.0);
        assert_eq!(sim.first("errors"), None, "at {at} s");
    }
}

#[test]
fn thirty_percent_errors_after_a_cold_start_are_found_within_a_few_scrapes() {
    for (interval_s, most_s) in [(1.0, 6.0), (5.0, 15.0)] {
        for seed in 0..3 {
            let mut sim = demo(interval_s, 50.0, seed);
            sim.run(20.0);
            sim.node(Role::Canary).error_share = 0.3;
            let begin = sim.t;
            sim.run(begin + 30.0);
            let found = sim.first("errors").expect("errors are found");
            assert!(
                found.t - begin <= most_s,
                "{} s at {interval_s} s",
                found.t - begin
            );
            let strongest = sim
                .said
                .iter()
                .filter(|s| s.signal == "errors")
                .max_by_key(|s| s.evidence);
            assert_eq!(
                strongest.map(|s| tier_of(s, CANARY)),
                Some(3),
                "{strongest:?}"
            );
            assert!(
                sim.said.iter().all(|s| s.signal == "errors"),
                "{:?}",
                sim.said
            );
        }
    }
}

#[test]
fn half_a_second_more_latency_after_a_cold_start_is_found_within_a_few_scrapes() {
    for (interval_s, most_s) in [(1.0, 8.0), (5.0, 20.0)] {
        for seed in 0..3 {
            let mut sim = demo(interval_s, 50.0, seed);
            sim.run(25.0);
            sim.node(Role::Canary).latency_s = 0.53;
            let begin = sim.t;
            sim.run(begin + 40.0);
            let found = sim.first("latency").expect("latency is found");
            assert!(
                found.t - begin <= most_s,
                "{} s at {interval_s} s",
                found.t - begin
            );
        }
    }
}

#[test]
fn a_dead_canary_alarms_within_five_scrapes() {
    for interval_s in [1.0, 5.0] {
        let mut sim = demo(interval_s, 50.0, 3);
        sim.run(30.0);
        sim.node(Role::Canary).alive = false;
        sim.run(30.0 + 6.0 * interval_s);
        let found = sim.first("up").expect("the dead canary is found");
        assert!(found.t - 30.0 <= 5.5 * interval_s, "{}", found.t);
        assert!(found.hard_limit_crossed || found.severe);
    }
}

#[test]
fn failed_scrapes_of_a_starting_instance_are_forgiven() {
    let mut sim = demo(1.0, 50.0, 4);
    sim.detector.instance_started("shop-3", 0.0);
    sim.node(Role::Canary).alive = false;
    sim.run(6.0);
    sim.node(Role::Canary).alive = true;
    sim.run(60.0);
    assert!(sim.first("up").is_none(), "{:?}", sim.said);
}

#[test]
fn failed_scrapes_of_a_restart_on_purpose_are_forgiven_but_not_for_ever() {
    let mut sim = demo(1.0, 50.0, 14);
    sim.run(40.0);
    sim.detector.instance_restarting("shop-3", sim.t);
    sim.node(Role::Canary).alive = false;
    sim.run(48.0);
    assert!(sim.first("up").is_none(), "{:?}", sim.said);
    sim.run(60.0);
    assert!(sim.first("up").is_some());
}

#[test]
fn parts_of_a_scrape_that_arrive_late_are_not_judged_apart() {
    let mut watch = WatchSpec::new(CANARY, 0.0, 1.0, super::sim::signals());
    watch.settle_s = 1.5;
    let mut detector = Detector::new(watch);
    let mut declare = |role: Role, name: &str, bad: bool| {
        let mut uses = vec![("errors".to_owned(), Use::Total)];
        if bad {
            uses.push(("errors".to_owned(), Use::Bad));
        }
        detector.declare(&SeriesSpec {
            uses,
            instance: name.to_owned(),
            role,
        })
    };
    let good = [
        declare(Role::Stable, "s", false),
        declare(Role::Canary, "c", false),
    ];
    let bad = [
        declare(Role::Stable, "s", true),
        declare(Role::Canary, "c", true),
    ];
    for k in -30..60 {
        let t = f64::from(k);
        // The errors come at once, the successes half a second later.
        let count = f64::from(k + 31);
        bad.iter()
            .for_each(|id| detector.push(*id, t, Sample::Value(count)));
        assert!(detector.tick(t + 0.1).is_empty(), "at {t}");
        good.iter()
            .for_each(|id| detector.push(*id, t, Sample::Value(100.0 * count)));
        assert!(detector.tick(t + 0.6).is_empty(), "at {t}");
    }
}

#[test]
fn an_instance_that_vanishes_is_no_data_and_never_healthy() {
    let mut sim = demo(5.0, 50.0, 5);
    sim.run(10.0);
    sim.node(Role::Canary).visible = false;
    sim.run(200.0);
    let summary = sim.detector.summary();
    assert!(
        matches!(summary.verdict, Verdict::Unmeasured | Verdict::Inconclusive),
        "{:?}",
        summary.verdict
    );
    assert!(
        summary
            .signals
            .iter()
            .all(|s| s.no_data == Some(NoData::Silent("shop-3".to_owned()))),
        "{summary:?}"
    );
    assert!(sim.said.is_empty());
}

#[test]
fn a_rollback_that_helps_is_cured_and_one_that_does_not_is_still_bad() {
    for helps in [true, false] {
        for interval_s in [1.0, 5.0] {
            let mut sim = demo(interval_s, 50.0, 6);
            sim.run(20.0);
            sim.node(Role::Canary).error_share = 0.3;
            sim.run(40.0);
            assert!(sim.first("errors").is_some());
            if helps {
                sim.node(Role::Canary).error_share = 0.0;
            }
            sim.restart(Role::Canary);
            let begin = sim.t;
            sim.detector.begin_verification(begin, &["shop-3"]);
            assert!(
                sim.detector
                    .cure()
                    .iter()
                    .all(|(_, cure)| *cure == Cure::NotYet)
            );
            sim.run(begin + 25.0);
            let cure = sim.detector.cure();
            let errors = cure
                .iter()
                .find(|(key, _)| key == "errors")
                .map(|(_, cure)| *cure);
            match errors {
                Some(Cure::Cured { at, .. }) if helps => {
                    assert!(at - begin <= 20.0 + interval_s, "{at}");
                }
                Some(Cure::StillBad { .. }) if !helps => {}
                other => panic!("helps {helps}, interval {interval_s}: {other:?}"),
            }
        }
    }
}

#[test]
fn silence_after_a_rollback_is_no_cure() {
    let mut sim = demo(1.0, 50.0, 7);
    sim.run(20.0);
    sim.node(Role::Canary).error_share = 0.3;
    sim.run(40.0);
    sim.detector.begin_verification(40.0, &["shop-3"]);
    sim.node(Role::Canary).visible = false;
    sim.run(90.0);
    assert!(
        sim.detector
            .cure()
            .iter()
            .all(|(_, cure)| *cure == Cure::NotYet),
        "{:?}",
        sim.detector.cure()
    );
}

#[test]
fn an_endpoint_that_never_failed_and_now_does_alarms() {
    let roles = [Role::All; 3];
    let mut sim = Sim::new(Comparison::BeforeVsAfter, &roles, 5.0, -900.0, 100.0, 8);
    sim.run(0.0);
    for node in 0..3 {
        let name = sim.nodes[node].name.clone();
        sim.detector.instance_started(&name, 0.0);
    }
    sim.run(60.0);
    for node in &mut sim.nodes {
        node.error_share = 0.03;
    }
    sim.run(180.0);
    let found = sim
        .first("errors")
        .expect("errors from a zero baseline are found");
    assert_eq!(found.baseline, found.baseline.clamp(0.0, 0.001));
}

#[test]
fn an_improvement_never_alarms() {
    for comparison in [CANARY, Comparison::BeforeVsAfter] {
        let roles: &[Role] = if comparison == CANARY {
            &DEMO
        } else {
            &[Role::All; 3]
        };
        let mut sim = Sim::new(comparison, roles, 5.0, -600.0, 60.0, 9);
        for node in &mut sim.nodes {
            (node.error_share, node.latency_s) = (0.02, 0.2);
        }
        sim.run(0.0);
        for node in sim.nodes.iter_mut().filter(|n| n.role != Role::Stable) {
            (node.error_share, node.latency_s, node.cpu) = (0.0, 0.05, 0.001);
        }
        sim.run(400.0);
        assert!(sim.said.is_empty(), "{:?}", sim.said);
    }
}

#[test]
fn late_and_repeated_samples_change_nothing() {
    let run = |repeat: bool| {
        let mut sim = demo(5.0, 80.0, 10);
        sim.run(30.0);
        sim.node(Role::Canary).error_share = 0.2;
        sim.run(60.0);
        if repeat {
            // An overlapping query returns what was already pushed.
            let id = SeriesId(0);
            for t in [20.0, 40.0, 60.0] {
                sim.detector.push(id, t, Sample::Value(1.0));
            }
        }
        sim.run(90.0);
        format!("{:?}", sim.said)
    };
    assert_eq!(run(false), run(true));
}

#[test]
fn the_same_input_gives_the_same_words_and_no_nan() {
    let run = || {
        let mut sim = demo(1.0, 50.0, 11);
        sim.run(20.0);
        sim.node(Role::Canary).error_share = 0.3;
        sim.run(60.0);
        format!("{:?} {:?}", sim.said, sim.detector.summary())
    };
    let text = run();
    assert_eq!(text, run());
    assert!(!text.contains("NaN"), "{text}");
}

#[test]
fn the_order_of_the_instances_changes_nothing() {
    let mut forward = demo(5.0, 60.0, 12);
    let mut backward = demo(5.0, 60.0, 12);
    backward.nodes.swap(0, 2);
    forward.node(Role::Canary).error_share = 0.2;
    backward.node(Role::Canary).error_share = 0.2;
    let found = |sim: &mut Sim| {
        sim.run(60.0)
            .first("errors")
            .map(|s| (s.evidence, s.scope.clone()))
    };
    assert_eq!(found(&mut forward), found(&mut backward));
}

#[test]
fn each_way_of_having_no_data_has_its_name() {
    let watch = WatchSpec::new(CANARY, 0.0, 5.0, super::sim::signals());
    let mut detector = Detector::new(watch);
    assert_eq!(detector.summary().verdict, Verdict::Unmeasured);
    assert!(
        detector
            .summary()
            .signals
            .iter()
            .all(|s| s.no_data == Some(NoData::NoSeries))
    );
    let memory = |role: Role, name: &str| SeriesSpec {
        uses: vec![("memory".to_owned(), Use::Gauge)],
        instance: name.to_owned(),
        role,
    };
    let id = detector.declare(&memory(Role::Canary, "c"));
    let state = |d: &Detector| d.summary().signals[4].no_data.clone();
    assert_eq!(state(&detector), Some(NoData::NotStarted));
    detector.instance_started("c", 0.0);
    for k in 0..20 {
        detector.push(id, 5.0 * f64::from(k), Sample::Value(1e8));
        assert!(detector.tick(5.0 * f64::from(k)).is_empty());
    }
    assert_eq!(state(&detector), Some(NoData::NoBaseline));
    detector.push(id, 100.0, Sample::Nan);
    assert_eq!(state(&detector), Some(NoData::NotANumber));
    detector.query_result("memory", false);
    assert_eq!(state(&detector), Some(NoData::QueryFailed));
    assert_eq!(detector.summary().verdict, Verdict::Unmeasured);
}

#[test]
fn memory_per_signal_stays_bounded() {
    let mut sim = Sim::new(CANARY, &DEMO, 1.0, -1500.0, 4.0, 13);
    sim.run(0.0);
    for signal in 0..sim.detector.spec().signals.len() {
        assert!(
            sim.detector.state_size(signal) <= 200_000,
            "{}",
            sim.detector.state_size(signal)
        );
    }
}

#[test]
fn a_service_without_a_single_error_is_measured_all_the_same() {
    let mut spec = WatchSpec::new(
        CANARY,
        0.0,
        1.0,
        vec![SignalSpec::new("errors", SignalKind::Ratio, Direction::Up)],
    );
    spec.signals[0].tolerance.absolute = 0.05;
    let mut detector = Detector::new(spec);
    let mut ids = Vec::new();
    for (i, role) in DEMO.iter().enumerate() {
        let instance = format!("i{i}");
        let series = SeriesSpec {
            uses: vec![("errors".to_owned(), Use::Total)],
            instance,
            role: *role,
        };
        ids.push(detector.declare(&series));
    }
    for t in -14..90 {
        for (i, id) in ids.iter().enumerate() {
            if i == 3 && t < 0 {
                continue;
            }
            // The old process of the changed instance is still seen for a moment.
            let since = if i == 3 && t > 1 { t - 2 } else { t + 100 };
            detector.push(
                *id,
                f64::from(t) + 0.1,
                Sample::Value(12.0 * f64::from(since)),
            );
        }
        detector.tick(f64::from(t) + 0.9);
    }
    let summary = detector.summary();
    assert_eq!(summary.verdict, Verdict::Healthy, "{summary:?}");
}
