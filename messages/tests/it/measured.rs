//! What a watch measured, to talk about.

use guard::detect::{Change, Counted, Course, Direction, Limits, Measure, SignalKind};
use guard::ids::SignalKey;
use guard::measured::Measured;
use guard::verdict::Comparison;

fn course(values: &[f64]) -> Course {
    Course {
        step_s: 5.0,
        values: values.iter().map(|value| Some(*value)).collect(),
    }
}

/// A share of errors that did not move.
pub(crate) fn measured(key: &str) -> Measured {
    Measured {
        signal: SignalKey::new(key).unwrap(),
        comparison: Comparison::CanaryVsStable,
        of_dependency: false,
        measure: Measure {
            key: key.to_owned(),
            kind: SignalKind::Ratio,
            direction: Direction::Up,
            unit: "ratio".to_owned(),
            before: Some(0.002),
            after: Some(0.0021),
            change: Some(Change {
                effect: 0.0001,
                interval: (-0.001, 0.0012),
                window_s: 60.0,
            }),
            tolerated: Some(0.002),
            smallest_visible: Some(0.004),
            limits: Limits {
                warn: Some(0.01),
                hard: Some(0.05),
                quantile: 0.99,
            },
            p95: None,
            nearness: 0.2,
            no_data: None,
            counted: Some(Counted {
                total: 1200.0,
                bad: 2.0,
            }),
            control: Some(Counted {
                total: 2400.0,
                bad: 5.0,
            }),
            past: course(&[0.002, 0.001, 0.003]),
            course: course(&[0.002, 0.0, 0.003, 0.001]),
            beside: Course::default(),
        },
    }
}

/// A latency.
pub(crate) fn latency() -> Measured {
    let mut measured = measured("latency");
    let measure = &mut measured.measure;
    measure.kind = SignalKind::Histogram;
    measure.unit = "seconds".to_owned();
    (measure.before, measure.after) = (Some(0.120), Some(0.122));
    measure.change = Some(Change {
        effect: 0.002,
        interval: (-0.004, 0.008),
        window_s: 60.0,
    });
    (measure.tolerated, measure.smallest_visible) = (Some(0.012), Some(0.02));
    measure.limits = Limits {
        warn: Some(1.0),
        hard: Some(2.0),
        quantile: 0.95,
    };
    measure.p95 = Some(0.122);
    (measure.counted, measure.control) = (None, None);
    measure.past = course(&[0.118, 0.121, 0.12]);
    measure.course = course(&[0.122, 0.119, 0.125, 0.122]);
    measured
}

/// Whether instances answer.
pub(crate) fn up() -> Measured {
    let mut measured = measured("up");
    let measure = &mut measured.measure;
    measure.kind = SignalKind::Availability;
    measure.direction = Direction::Down;
    (measure.before, measure.after) = (Some(1.0), Some(1.0));
    measure.change = None;
    measure.limits = Limits {
        warn: Some(0.99),
        hard: Some(0.95),
        quantile: 0.99,
    };
    (measure.counted, measure.control) = (None, None);
    measure.past = course(&[1.0, 1.0]);
    measure.course = course(&[1.0, 1.0, 1.0]);
    measured
}
