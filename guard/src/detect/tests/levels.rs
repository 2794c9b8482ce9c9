//! Gauges against their own past.

use super::super::sim::Dice;
use super::super::*;
use super::properties::TIMES;

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

/// How a gauge that is hardly ever anything behaves.
#[derive(Debug, Clone, Copy)]
struct Sparse {
    mean: f64,
    /// How many scrapes in a row a burst lasts.
    burst: u64,
    /// How high bursts are.
    height: f64,
}

impl Sparse {
    fn next(self, dice: &mut Dice, left: &mut u64) -> f64 {
        if *left > 0 {
            *left -= 1;
        } else if dice.uniform() < self.mean / (self.height * self.burst as f64) {
            *left = self.burst - 1;
        } else {
            return 0.0;
        }
        (self.height * (0.5 + dice.uniform())).round().max(1.0)
    }
}

/// What is there before.
#[derive(Debug, Clone, Copy)]
struct Past {
    history_s: i64,
    interval_s: i64,
}

impl Past {
    /// Four instances, of which the first is the canary, or all change at second 0; from second 60 on they have
    /// so much `more`. What is known in the end, and what was said first that would pause.
    fn sparse(
        self,
        seed: u64,
        comparison: Comparison,
        usual: Sparse,
        more: f64,
        until_s: i64,
    ) -> (Summary, Option<Statement>) {
        let signal = SignalSpec::new("waiting", SignalKind::Gauge, Direction::Up);
        let interval_s = self.interval_s as f64;
        let mut detector = Detector::new(WatchSpec::new(comparison, 0.0, interval_s, vec![signal]));
        let mut dice = Dice::new(seed + 77);
        let changed = if comparison == CANARY { 1 } else { 4 };
        let ids: Vec<SeriesId> = (0..4)
            .map(|i| {
                detector.declare(&SeriesSpec {
                    uses: vec![("waiting".to_owned(), Use::Gauge)],
                    instance: format!("i{i}"),
                    role: match (comparison == CANARY, i) {
                        (false, _) => Role::All,
                        (true, 0) => Role::Canary,
                        (true, _) => Role::Stable,
                    },
                })
            })
            .collect();
        let mut left = [0_u64; 4];
        let mut said = None;
        let mut t = -self.history_s;
        while t < until_s {
            if t == 0 {
                for i in 0..changed {
                    detector.instance_started(&format!("i{i}"), 0.0);
                }
            }
            for (i, id) in ids.iter().enumerate() {
                let extra = if i < changed && t >= 60 { more } else { 0.0 };
                let value = usual.next(&mut dice, &mut left[i]) + extra;
                if changed == 4 || i > 0 || t > 0 {
                    detector.push(*id, t as f64 + 0.1, Sample::Value(value));
                }
            }
            let new = detector.tick(t as f64 + 0.2);
            let pauses = |said: &Statement| said.evidence >= Evidence::Pause;
            said = said.or_else(|| new.into_iter().find(pauses));
            t += self.interval_s;
        }
        (detector.summary(), said)
    }
}

/// What is queued, in flight or waiting, at a scrape.
const USUAL: [Sparse; 3] = [
    Sparse {
        mean: 0.02,
        burst: 1,
        height: 1.0,
    },
    Sparse {
        mean: 0.1,
        burst: 1,
        height: 1.0,
    },
    Sparse {
        mean: 0.1,
        burst: 3,
        height: 4.0,
    },
];
const CANARY: Comparison = Comparison::CanaryVsStable { canary_share: None };
/// An hour at five seconds, and less than a minute at one.
const PASTS: [Past; 2] = [
    Past {
        history_s: 3600,
        interval_s: 5,
    },
    Past {
        history_s: 40,
        interval_s: 1,
    },
];

#[test]
fn a_gauge_that_is_hardly_ever_anything_stays_silent_as_long_as_its_bursts_are_as_ever() {
    let (mut alarms, mut all) = (0, 0);
    for usual in USUAL {
        for (comparison, past) in [
            (CANARY, PASTS[0]),
            (Comparison::BeforeVsAfter, PASTS[0]),
            (Comparison::BeforeVsAfter, PASTS[1]),
        ] {
            for seed in 0..2 * TIMES {
                all += 1;
                alarms += usize::from(past.sparse(seed, comparison, usual, 0.0, 900).1.is_some());
            }
        }
    }
    assert!(alarms * 50 <= all, "{alarms} of {all}");
}

#[test]
fn a_gauge_near_zero_shows_in_the_first_minutes_what_exceeds_its_bursts() {
    for usual in USUAL {
        for comparison in [CANARY, Comparison::BeforeVsAfter] {
            for past in PASTS {
                let (summary, _) = past.sparse(3, comparison, usual, 0.0, 60);
                let visible = summary.signals[0].smallest_visible.unwrap();
                assert!(
                    visible < 6.0,
                    "{usual:?} {comparison:?} {past:?}: {visible}"
                );
                let mut found: Vec<f64> = (0..3)
                    .map(|seed| past.sparse(seed, comparison, usual, 10.0, 120).1)
                    .map(|said| said.map_or(f64::MAX, |said| said.t))
                    .collect();
                found.sort_by(f64::total_cmp);
                assert!(
                    found[1] < 90.0,
                    "{usual:?} {comparison:?} {past:?}: {found:?}"
                );
            }
        }
    }
}
