//! Gauges against their own past.

use super::super::*;

/// A gauge of three instances that all change at second 0: `before` until then, `after` from then on.
fn watched(
    history_s: i32,
    before: f64,
    after: f64,
    tolerance: Tolerance,
) -> (Summary, Vec<Statement>) {
    let mut signal = SignalSpec::new("open-files", SignalKind::Gauge, Direction::Up);
    signal.tolerance = tolerance;
    let mut spec = WatchSpec::new(Comparison::BeforeVsAfter, 0.0, 1.0, vec![signal]);
    spec.settle_s = 1.0;
    let mut detector = Detector::new(spec);
    let ids: Vec<SeriesId> = (0..3)
        .map(|i| {
            detector.declare(&SeriesSpec {
                uses: vec![("open-files".to_owned(), Use::Gauge)],
                instance: format!("i{i}"),
                role: Role::All,
            })
        })
        .collect();
    let mut said = Vec::new();
    for t in -history_s..120 {
        if t == 0 {
            for i in 0..3 {
                detector.instance_started(&format!("i{i}"), 0.0);
            }
        }
        for id in &ids {
            let value = if t < 0 { before } else { after };
            detector.push(*id, f64::from(t) + 0.1, Sample::Value(value));
        }
        said.extend(detector.tick(f64::from(t) + 0.9));
    }
    (detector.summary(), said)
}

const DEFAULT: Tolerance = Tolerance {
    absolute: 0.0,
    relative: 0.30,
};

#[test]
fn a_history_of_seconds_is_a_baseline_too() {
    let (summary, said) = watched(14, 30e6, 30e6, DEFAULT);
    assert!(said.is_empty(), "{said:?}");
    let baseline = summary.signals[0].baseline.unwrap();
    assert!((29e6..31e6).contains(&baseline), "{baseline}");
}

#[test]
fn without_any_past_and_any_control_a_level_says_nothing() {
    let (summary, said) = watched(0, 30e6, 30e6, DEFAULT);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(summary.signals[0].baseline, None);
    assert_ne!(summary.verdict, Verdict::Healthy);
}

#[test]
fn a_level_within_the_absolute_tolerance_is_tolerated_and_beyond_it_is_found() {
    let tolerance = Tolerance {
        absolute: 20.0,
        relative: 0.30,
    };
    let (_, said) = watched(600, 10.0, 22.0, tolerance);
    assert!(said.is_empty(), "{said:?}");
    let (_, said) = watched(600, 10.0, 60.0, tolerance);
    assert!(!said.is_empty(), "50 more open files than before");
}
