//! What the baseline is when there is little of it, and what a tolerance in the unit tolerates.

use super::super::sim::{Dice, Sim};
use super::super::*;

const ALL: [Role; 4] = [Role::All; 4];

/// Four instances with one gauge each: `level(t, restarted)` at every second from `from` to `until`,
/// all of them restarted at 0 together, as by the last batch of a deployment.
fn gauges(
    spec: SignalSpec,
    from: i32,
    until: i32,
    level: impl Fn(i32, &mut Dice) -> f64,
) -> (Detector, Vec<Statement>) {
    let key = spec.key.clone();
    let watch = WatchSpec::new(Comparison::BeforeVsAfter, 0.0, 1.0, vec![spec]);
    let mut detector = Detector::new(watch);
    let ids: Vec<SeriesId> = (0..4)
        .map(|k| {
            detector.declare(&SeriesSpec {
                uses: vec![(key.clone(), Use::Gauge)],
                instance: format!("i{k}"),
                role: Role::All,
            })
        })
        .collect();
    let mut dice = Dice::new(7);
    let mut said = Vec::new();
    for t in from..until {
        if t == 1 {
            (0..4).for_each(|k| detector.instance_started(&format!("i{k}"), 0.5));
        }
        for (k, id) in ids.iter().enumerate() {
            let at = f64::from(t) + 0.1 * k as f64;
            detector.push(*id, at, Sample::Value(level(t, &mut dice)));
        }
        said.extend(detector.tick(f64::from(t) + 1.0));
    }
    (detector, said)
}

#[test]
fn a_past_shorter_than_a_minute_is_a_baseline_too() {
    let memory = SignalSpec::new("memory", SignalKind::Gauge, Direction::Up).accumulating();
    let (detector, said) = gauges(memory, -40, 90, |_, dice| {
        3e7 * (1.0 + 0.005 * dice.normal())
    });
    assert!(said.is_empty(), "{said:?}");
    let baseline = detector.summary().signals[0].baseline.unwrap_or(0.0);
    assert!((2.8e7..3.2e7).contains(&baseline), "{baseline}");
}

#[test]
fn without_a_past_before_and_after_cannot_be_compared() {
    let memory = SignalSpec::new("memory", SignalKind::Gauge, Direction::Up).accumulating();
    let (detector, said) = gauges(memory, 1, 60, |_, _| 3e7);
    assert!(said.is_empty(), "{said:?}");
    let summary = detector.summary();
    assert_eq!(summary.verdict, Verdict::Unmeasured);
    assert_eq!(summary.signals[0].no_data, Some(NoData::NoBaseline));
}

#[test]
fn a_tolerance_in_the_unit_holds_for_gauges_whatever_it_is_as_a_fraction() {
    let files = |absolute: f64| {
        let mut spec = SignalSpec::new("open-files", SignalKind::Gauge, Direction::Up);
        spec = spec.accumulating();
        spec.tolerance.absolute = absolute;
        let (_, said) = gauges(spec, -600, 300, |t, dice| {
            let mean = if t > 60 { 57.0 } else { 17.0 };
            mean + (2.0 * dice.uniform()).floor()
        });
        said
    };
    assert!(files(100.0).is_empty());
    let found = files(10.0);
    assert!(!found.is_empty());
    assert!(
        found[0].baseline > 15.0 && found[0].current > 30.0,
        "{found:?}"
    );
}

#[test]
fn a_gauge_that_was_always_zero_does_not_alarm_at_its_first_one() {
    let queue = || SignalSpec::new("queue", SignalKind::Gauge, Direction::Up);
    let (_, said) = gauges(queue(), -600, 300, |t, dice| {
        f64::from(u8::from(t > 60 && dice.uniform() < 0.3))
    });
    assert!(said.is_empty(), "{said:?}");
    let jump = |t: i32, _: &mut Dice| if t > 60 { 40.0 } else { 0.0 };
    let (_, said) = gauges(queue(), -600, 300, jump);
    assert!(!said.is_empty());
}

#[test]
fn a_latency_beyond_every_bucket_has_an_interval_with_two_ends() {
    let mut sim = Sim::new(Comparison::BeforeVsAfter, &ALL, 1.0, -300.0, 100.0, 21);
    sim.run(0.0);
    for node in 0..4 {
        let name = sim.nodes[node].name.clone();
        sim.detector.instance_started(&name, 0.0);
    }
    sim.run(60.0);
    for node in &mut sim.nodes {
        node.latency_s = 40.0;
    }
    sim.run(90.0);
    let found = sim.first("latency").expect("latency is found");
    let (low, high) = found.interval;
    assert!(low < found.effect && found.effect < high, "{found:?}");
    assert!(found.hard_limit_crossed, "{found:?}");
}

#[test]
fn while_a_process_starts_it_is_measured_and_says_how_long_it_still_needs() {
    let mut sim = Sim::new(Comparison::BeforeVsAfter, &ALL, 1.0, -900.0, 100.0, 22);
    sim.run(0.0);
    for node in 0..4 {
        let name = sim.nodes[node].name.clone();
        sim.detector.instance_started(&name, 0.5);
    }
    for until in [5.0, 8.0, 20.0, 35.0] {
        sim.run(until);
        let summary = sim.detector.summary();
        assert_eq!(
            summary.verdict,
            Verdict::Inconclusive,
            "at {until}: {summary:?}"
        );
        for signal in &summary.signals {
            assert_eq!(signal.no_data, None, "{} at {until}", signal.key);
            let needed = signal.time_to_see_tolerance_s;
            assert!(
                signal.key == "throughput" || needed.is_some_and(f64::is_finite),
                "{} at {until}: {needed:?}",
                signal.key
            );
        }
    }
    assert!(sim.said.is_empty(), "{:?}", sim.said);
}

/// When errors of every second request from 5 s on are found, where no counter shows that a process began.
fn found_without_a_reset(changed: Option<f64>) -> f64 {
    let mut sim = Sim::new(Comparison::BeforeVsAfter, &ALL, 1.0, -300.0, 100.0, 23);
    for node in 0..4 {
        let name = sim.nodes[node].name.clone();
        if let Some(t) = changed {
            sim.detector.instance_changed(&name, t);
        }
    }
    sim.run(5.0);
    for node in &mut sim.nodes {
        node.error_share = 0.5;
    }
    while sim.first("errors").is_none() && sim.t < 200.0 {
        let next = sim.t + 1.0;
        sim.run(next);
    }
    sim.t
}

#[test]
fn who_knows_that_an_instance_was_changed_need_not_see_a_counter_start_again() {
    let known = found_without_a_reset(Some(2.0));
    assert!((5.0..20.0).contains(&known), "{known}");
    // Nobody knows: the old version may run for as long.
    let unknown = found_without_a_reset(None);
    assert!((120.0..200.0).contains(&unknown), "{unknown}");
}

#[test]
fn the_interval_of_what_is_found_never_says_that_it_may_be_nothing() {
    for (seed, latency_s) in (31..35).zip([0.2, 0.5, 2.0].into_iter().cycle()) {
        let mut sim = Sim::new(Comparison::BeforeVsAfter, &ALL, 1.0, -20.0, 40.0, seed);
        sim.run(0.0);
        for node in 0..4 {
            let name = sim.nodes[node].name.clone();
            sim.detector.instance_started(&name, 0.0);
        }
        sim.run(10.0);
        for node in &mut sim.nodes {
            node.latency_s = latency_s;
        }
        sim.run(40.0);
        assert!(!sim.said.is_empty(), "{seed}");
        for found in &sim.said {
            let (low, high) = found.interval;
            assert!(low >= 0.0 || high <= 0.0, "{seed}: {found:?}");
        }
    }
}
