use super::*;
use crate::approval::Choice;
use crate::detect::{Change, Counted, Course, Direction, Limits, Measure, SignalKind};
use crate::duty::Duty;
use crate::finding::{Budget, Cured, Finding};
use crate::ids::SignalKey;
use crate::input::Happened;
use crate::judgement::Judgement;
use crate::measured::Measured;
use crate::plan::Plan;
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding, mei, plan};
use crate::timer::TimerName;
use crate::verdict::Attribution;

mod advice;
mod documents;
mod rows;
mod times;

fn measured(key: &str, kind: SignalKind, before: f64, after: f64) -> Measured {
    Measured {
        signal: SignalKey::new(key).unwrap(),
        comparison: Comparison::CanaryVsStable,
        of_dependency: false,
        measure: Measure {
            key: key.to_owned(),
            kind,
            direction: Direction::Up,
            unit: match kind {
                SignalKind::Histogram => "seconds",
                SignalKind::Ratio | SignalKind::Availability => "ratio",
                _ => "cores",
            }
            .to_owned(),
            before: Some(before),
            after: Some(after),
            change: Some(Change {
                effect: after - before,
                interval: (after - before - 0.001, after - before + 0.001),
                window_s: 60.0,
            }),
            tolerated: Some(0.002),
            smallest_visible: Some(0.004),
            limits: Limits {
                warn: Some(0.01),
                hard: Some(0.05),
                quantile: 0.99,
            },
            p95: (kind == SignalKind::Histogram).then_some(after),
            nearness: 0.1,
            no_data: None,
            counted: None,
            control: None,
            past: Course::default(),
            beside: Course::default(),
            course: Course::default(),
        },
    }
}

fn up(share: f64) -> Measured {
    let mut up = measured("up", SignalKind::Availability, 1.0, share);
    up.measure.direction = Direction::Down;
    up
}

fn healthy() -> Vec<Measured> {
    let mut latency = measured("latency", SignalKind::Histogram, 0.1, 0.1);
    latency.measure.limits = Limits {
        warn: Some(1.0),
        hard: Some(2.0),
        quantile: 0.95,
    };
    vec![
        measured("errors", SignalKind::Ratio, 0.002, 0.002),
        latency,
        up(1.0),
    ]
}

fn severe() -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        hard_limit_crossed: true,
        ..finding()
    }
}

fn keep(story: &mut Story, signals: Vec<Measured>) {
    let kept = story.tell(Happened::Measured { signals });
    assert_eq!(kept.len(), 1, "nothing asked for measures");
}

fn found(story: &mut Story, findings: Vec<Finding>) {
    let assessed = assessment(Verdict::Degraded, findings);
    story.wait(5).tell(Happened::Assessed(assessed));
}

fn report(story: &Story) -> Report {
    Report::of(&story.records).unwrap().unwrap()
}

/// Everywhere, with nothing found.
fn promoted(plan: Plan) -> Story {
    let mut story = Story::gray_of(plan);
    story
        .wait(9)
        .tell(Happened::Assessed(assessment(Verdict::Healthy, Vec::new())));
    story.wait(30).tell(Happened::TimerFired {
        timer: TimerName::Bake { step: 0 },
    });
    keep(&mut story, healthy());
    story.wait(2).finish_running();
    story.wait(10).tell(Happened::TimerFired {
        timer: TimerName::Bake { step: 1 },
    });
    keep(&mut story, healthy());
    story
}

fn rolled_back() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    found(&mut story, vec![severe()]);
    let mut errors = measured("errors", SignalKind::Ratio, 0.002, 0.2);
    errors.measure.counted = Some(Counted {
        total: 1000.0,
        bad: 310.0,
    });
    errors.measure.control = Some(Counted {
        total: 3000.0,
        bad: 6.0,
    });
    keep(&mut story, vec![errors.clone(), up(1.0)]);
    story.wait(2).finish_running();
    keep(&mut story, vec![errors.clone(), up(1.0)]);
    story.wait(12).tell(Happened::Cured {
        signals: vec![Cured {
            signal: SignalKey::new("errors").unwrap(),
            current: 0.002,
            effect: 0.0,
            interval: (0.0, 0.0),
            unit: "ratio".to_owned(),
            evidence: None,
        }],
    });
    errors.measure.after = Some(0.002);
    keep(&mut story, vec![errors, up(1.0)]);
    story
}
