//! What is advised for a service's alerts: the table before and after, and why.

use crate::story::context;
use guard::at::At;
use guard::thresholds::{
    Advised, Comparison, Condition, Course, Load, Looked, Period, RuleAdvised, Side, Threshold,
    Truth, firings, tune,
};
use jiff::Timestamp;
use messages::Locale;
use messages::layout::{markdown, terminal};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// Midnight, 2026-10-23.
const START: i64 = 20_749 * DAY;
const ABOVE: Comparison = Comparison {
    side: Side::Above,
    or_equal: false,
};

/// Thirty days, a value every minute: by the day and the second in it.
fn course(value: impl Fn(i64, i64) -> f64) -> Course {
    let minutes = (0..30 * DAY).step_by(60);
    Course {
        start_s: START,
        step_s: 60,
        series: vec![minutes.map(|at| value(at / DAY, at % DAY)).collect()],
    }
}

fn incident() -> Period {
    Period {
        from_s: START + 6 * DAY + 14 * HOUR,
        until_s: START + 6 * DAY + 15 * HOUR,
    }
}

fn incident_at(day: i64, second: i64) -> bool {
    day == 6 && (14 * HOUR..15 * HOUR).contains(&second)
}

/// A rule of this name with this past.
fn rule(name: &str, real: &[Period], course: &Course) -> RuleAdvised {
    let truth = Truth {
        real: real.to_vec(),
        ..Truth::default()
    };
    let present = Condition {
        threshold: 0.01,
        for_s: 300,
        at_hours: None,
    };
    let tuned = tune(course, ABOVE, present, &truth);
    let fired = firings(course, ABOVE, &present);
    let unknown = fired.into_iter().filter(|one| !truth.is_judged(one));
    RuleAdvised {
        alert: name.to_owned(),
        group: "shop".to_owned(),
        expr: "errors > 0.01".to_owned(),
        shared: name == "Everywhere",
        recorded: (name == "Nightly").then_some(12),
        told: 0,
        looked: Looked::Tuned(Box::new(Threshold {
            value: "errors".to_owned(),
            comparison: ABOVE,
            present,
            during_deployments: 1,
            to_judge: unknown.take(1).collect(),
            proposed: tuned.best().map(|_| "errors > 1".to_owned()),
            tuned,
        })),
    }
}

fn advised() -> Advised {
    let nightly = course(|day, second| {
        let batch = (2 * HOUR + 600..2 * HOUR + 3000).contains(&second);
        match (batch, incident_at(day, second)) {
            (true, _) => 0.3,
            (_, true) => 0.05,
            _ => 0.001,
        }
    });
    let bumps = |bump: f64| {
        course(move |day, second| {
            let from = day * 5 % 24 * HOUR;
            let bumped = day % 2 == 1 && (from..from + 1200).contains(&second);
            match (bumped, incident_at(day, second)) {
                (_, true) => 0.1,
                (true, _) => bump,
                _ => 0.001,
            }
        })
    };
    let real = [incident()];
    let requests: Vec<f64> = (0..7 * 96)
        .map(|slot| {
            if (32..72).contains(&(slot % 96)) {
                100.0
            } else {
                20.0
            }
        })
        .collect();
    let bare = |name: &str, looked: Looked| RuleAdvised {
        looked,
        ..rule(name, &[], &Course::default())
    };
    let at = |second: i64| At(Timestamp::from_second(second).unwrap());
    Advised {
        service: "shop".to_owned(),
        environment: "prod".to_owned(),
        since: at(START),
        until: at(START + 30 * DAY),
        step_s: 60,
        rules: vec![
            rule("Nightly", &real, &nightly),
            rule("Everywhere", &real, &bumps(0.03)),
            rule("Inseparable", &real, &bumps(0.8)),
            rule("Unknown", &[], &bumps(0.03)),
            bare("Absent", Looked::NoThreshold),
            bare(
                "Refused",
                Looked::Failed {
                    why: "# 422 <b>".to_owned(),
                },
            ),
        ],
        left_out: 2,
        incidents: 1,
        unjudged: 0,
        labels: 1,
        deployments: 4,
        load: Load::of(START, 900, &requests),
        missing: Vec::new(),
    }
}

#[test]
fn what_is_advised_for_alerts_is_a_table_with_reasons_in_both_languages() {
    let advised = advised();
    let totals = advised.totals();
    assert!(totals.after.wrong < totals.before.wrong);
    assert_eq!(totals.after.real, totals.before.real);
    for (name, locale) in [("en", Locale::En), ("zh-CN", Locale::ZhCn)] {
        let document = messages::thresholds::document(&advised, &context(locale));
        insta::assert_snapshot!(format!("thresholds_{name}"), markdown::document(&document));
        let shown = terminal::document(&document, terminal::Colour::Off);
        assert!(
            shown.contains("Nightly") && !shown.contains("NaN"),
            "{shown}"
        );
    }
}
