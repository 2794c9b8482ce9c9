//! Health in a number.

use super::signals::{FindingEnd, FindingRow, SignalRow, SignalVerdict};
use crate::detect::{Direction, SignalKind};
use serde::Serialize;

/// The share of scrapes that must be answered.
const CHECK_AVAILABILITY: f64 = 0.95;
/// The 95th percentile of the response time, in seconds.
const CHECK_RESPONSE_S: f64 = 1.0;
/// The share of errors.
const CHECK_ERRORS: f64 = 0.01;
/// This and more is healthy, in per cent.
const CHECK_HEALTHY: f64 = 80.0;

/// The multiple of the tolerance at which a harm is whole.
const WHOLE_HARM: f64 = 5.0;
/// The most harm of what was not seen to move.
const UNSEEN_HARM: f64 = 0.1;
/// How much the worst signal that users feel lowers the score at most, in per cent.
const FELT: f64 = 50.0;

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Check {
    /// What was measured; none when it was not.
    pub value: Option<f64>,
    /// The bar.
    pub bar: f64,
    /// Whether it passed; none when it could not be made.
    pub passed: Option<bool>,
}

/// Health by checks that pass or fail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Checks {
    /// Share of the scrapes that instances answered.
    pub availability: Check,
    /// 95th percentile of the response time, in seconds.
    pub response_time: Check,
    /// Share of requests that failed.
    pub errors: Check,
    /// Per cent of the checks passed; none when none could be made.
    pub percent: Option<f64>,
    /// Whether that is at least 80.
    pub healthy: Option<bool>,
}

/// Health in a number, counted in two ways.
///
/// **By checks** ([`Checks`]): three of them, each passed or not: availability (at least 95 % of
/// the instances answer), response time (95th percentile at most 1 s), errors (at most 1 %). The score is the
/// percentage of the checks passed among those that could be made; 80 and more is healthy, so with three
/// checks all of them must pass. A check that could not be made counts for nothing.
///
/// **Ours** ([`Score::own`]): each measured signal of the service has a harm between 0 and 1, and a weight: 3
/// where users feel it (errors, latency, availability), 1 otherwise.
///
/// - A signal that moved has the harm of its effect: nothing at its tolerance, all of it at five times the
///   tolerance, which is what the policy calls severe, or when its hard limit is crossed.
/// - A signal that was not seen to move has the harm of the worst end of its interval by the same rule, but at
///   most a tenth: noise is no harm.
///
/// The score is `100 · (1 − Σ weight · harm / Σ weight)`, and no more than 100 less half of the worst weighted
/// harm among those that users feel: a service that fails is not healthy because its processor is idle. Signals
/// without data are left out of the score and lower [`Score::coverage`], the measured part of all weight: a
/// number from a third of the signals is a third of a number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// By checks that pass or fail.
    pub checks: Checks,
    /// Ours, 0 to 100; none when nothing was measured.
    pub own: Option<f64>,
    /// The measured part of all weight, 0 to 1.
    pub coverage: f64,
}

pub(super) fn score(signals: &[SignalRow], findings: &[FindingRow]) -> Score {
    let ours: Vec<&SignalRow> = signals.iter().filter(|row| !row.of_dependency).collect();
    let measured = |row: &&&SignalRow| row.verdict != SignalVerdict::Unmeasured;
    let weighed = ours.iter().filter(measured);
    let harms: Vec<(f64, f64)> = weighed
        .map(|row| (weight(row.kind), harm(row, findings)))
        .collect();
    let all: f64 = ours.iter().map(|row| weight(row.kind)).sum();
    let seen: f64 = harms.iter().map(|(weight, _)| weight).sum();
    let own = (seen > 0.0).then(|| {
        let sum: f64 = harms.iter().map(|(weight, harm)| weight * harm).sum();
        let felt = harms.iter().filter(|(weight, _)| *weight > 1.0);
        let worst = felt.map(|(_, harm)| *harm).fold(0.0, f64::max);
        (100.0 * (1.0 - sum / seen)).min(100.0 - FELT * worst)
    });
    Score {
        checks: checks(&ours),
        own,
        coverage: if all > 0.0 { seen / all } else { 0.0 },
    }
}

fn weight(kind: SignalKind) -> f64 {
    match kind {
        SignalKind::Ratio | SignalKind::Histogram | SignalKind::Availability => 3.0,
        SignalKind::Rate | SignalKind::Gauge | SignalKind::Throughput => 1.0,
    }
}

fn harm(row: &SignalRow, findings: &[FindingRow]) -> f64 {
    let tolerated = row.tolerated.unwrap_or(0.0).max(1e-12);
    let part = |effect: f64| {
        let bad = match row.direction {
            Direction::Up => effect,
            Direction::Down => -effect,
        };
        ((bad / tolerated - 1.0) / (WHOLE_HARM - 1.0)).clamp(0.0, 1.0)
    };
    match row.verdict {
        SignalVerdict::OverLimit => 1.0,
        SignalVerdict::Degraded => {
            let of_it = || findings.iter().filter(|f| f.signal == row.signal);
            let severe = of_it().any(|finding| finding.severe);
            // What came back by itself did harm for a while.
            let over = of_it().all(|finding| finding.end == FindingEnd::Recovered);
            let whole = if severe {
                1.0
            } else {
                part(row.change.unwrap_or(0.0)).max(UNSEEN_HARM)
            };
            if over { whole / 2.0 } else { whole }
        }
        SignalVerdict::Healthy | SignalVerdict::Inconclusive => {
            let worst = row.interval.map_or(0.0, |(low, high)| match row.direction {
                Direction::Up => high,
                Direction::Down => low,
            });
            part(worst) * UNSEEN_HARM
        }
        SignalVerdict::Unmeasured => 0.0,
    }
}

fn checks(signals: &[&SignalRow]) -> Checks {
    let of = |kind: SignalKind| signals.iter().filter(move |row| row.kind == kind);
    let worst = |values: &mut dyn Iterator<Item = f64>, up: bool| {
        values.reduce(|a, b| if (a > b) == up { a } else { b })
    };
    let availability = worst(
        &mut of(SignalKind::Availability).filter_map(|row| row.after),
        false,
    );
    let in_seconds = of(SignalKind::Histogram).filter(|row| row.unit == "seconds");
    let response_time = worst(&mut in_seconds.filter_map(|row| row.p95), true);
    let failing = of(SignalKind::Ratio).filter(|row| row.direction == Direction::Up);
    let errors = worst(&mut failing.filter_map(|row| row.after), true);
    let check = |value: Option<f64>, bar: f64, passed: fn(f64, f64) -> bool| Check {
        value,
        bar,
        passed: value.map(|value| passed(value, bar)),
    };
    let availability = check(availability, CHECK_AVAILABILITY, |value, bar| value >= bar);
    let response_time = check(response_time, CHECK_RESPONSE_S, |value, bar| value <= bar);
    let errors = check(errors, CHECK_ERRORS, |value, bar| value <= bar);
    let made: Vec<bool> = [availability, response_time, errors]
        .iter()
        .filter_map(|check| check.passed)
        .collect();
    let passed = made.iter().filter(|passed| **passed).count();
    let percent = (!made.is_empty()).then(|| 100.0 * passed as f64 / made.len() as f64);
    Checks {
        availability,
        response_time,
        errors,
        percent,
        healthy: percent.map(|percent| percent >= CHECK_HEALTHY),
    }
}
