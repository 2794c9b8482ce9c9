//! Signal by signal: before, after, change, limit, verdict.

use super::measures;
use crate::at::At;
use crate::detect::{Course, Direction, Measure, NoData, SignalKind, VISIBLE_TOLERANCES};
use crate::event::{Event, Recorded};
use crate::finding::{Finding, FindingKey, Scope};
use crate::measured::Measured;
use crate::state::{Cure, FindingRecord, State};
use crate::verdict::{Attribution, Comparison};
use serde::Serialize;
use std::cmp::Reverse;

/// What is said of one signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalVerdict {
    /// It did not move, and anything that matters would have been seen.
    Healthy,
    /// It moved for the worse.
    Degraded,
    /// It moved for the worse, beyond its hard limit.
    OverLimit,
    /// Nothing was seen, but what matters could have been missed.
    Inconclusive,
    /// There was nothing to judge.
    Unmeasured,
}

/// One signal of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignalRow {
    /// Which.
    pub signal: String,
    /// What its samples are.
    pub kind: SignalKind,
    /// The direction in which it gets worse.
    pub direction: Direction,
    /// The unit of all numbers.
    pub unit: String,
    /// Whether it measures what the service calls.
    pub of_dependency: bool,
    /// Against what it was held.
    pub comparison: Comparison,
    /// What the comparison gives as normal.
    pub before: Option<f64>,
    /// What was measured.
    pub after: Option<f64>,
    /// The difference.
    pub change: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Seconds of data behind it.
    pub window_s: Option<f64>,
    /// The smallest change that matters.
    pub tolerated: Option<f64>,
    /// The smallest change that would have been seen.
    pub smallest_visible: Option<f64>,
    /// The quantile that a histogram is read at.
    pub quantile: Option<f64>,
    /// 95th percentile of a histogram since the change.
    pub p95: Option<f64>,
    /// Worth a warning beyond it.
    pub warn_limit: Option<f64>,
    /// Broken beyond it.
    pub hard_limit: Option<f64>,
    /// What is said of it.
    pub verdict: SignalVerdict,
    /// The strongest evidence, as a part of what a warning takes.
    pub nearness: f64,
    /// Why there was nothing to judge.
    pub no_data: Option<NoData>,
    /// Over time, before the change.
    pub past: Course,
    /// Over time, since the change.
    pub course: Course,
}

impl SignalRow {
    /// Whether this value lies beyond a limit, in the direction in which the signal gets worse.
    #[must_use]
    pub fn beyond(&self, value: f64, limit: f64) -> bool {
        match self.direction {
            Direction::Up => value > limit,
            Direction::Down => value < limit,
        }
    }
}

/// How a finding ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingEnd {
    /// It stands.
    Stands,
    /// It came back by itself.
    Recovered,
    /// A rollback cured it.
    Cured,
    /// A person accepted it.
    Accepted,
    /// A rollback did not bring it back in time.
    NotCured,
    /// Nobody looks any more.
    Unwatched,
}

/// One finding of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingRow {
    /// Which signal.
    pub signal: String,
    /// `group`, or the instance.
    pub scope: String,
    /// When it began to move, estimated.
    pub onset_at: At,
    /// When that was said.
    pub opened_at: At,
    /// When it ended, if it did.
    pub ended_at: Option<At>,
    /// How.
    pub end: FindingEnd,
    /// What was normal, in `unit`.
    pub before: f64,
    /// What was measured, in `unit`.
    pub after: f64,
    /// The difference, in `unit`.
    pub change: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// The unit.
    pub unit: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Seconds of data behind it.
    pub window_s: f64,
    /// Whether the hard limit was crossed.
    pub hard_limit_crossed: bool,
    /// Whether it was at least the policy's multiple of the tolerance.
    pub severe: bool,
    /// Against what it was held.
    pub comparison: Comparison,
    /// What it is blamed on.
    pub attribution: Attribution,
    /// The query that shows it.
    pub query: String,
    /// The stored result of that query.
    pub evidence_id: Option<String>,
}

/// The rows of all signals that were measured, and of those that only a finding tells of.
pub(super) fn rows(state: &State, records: &[Recorded]) -> Vec<SignalRow> {
    of_measured(state, &measures::of_the_change(records))
}

/// The rows of what was measured, the gravest first.
pub(super) fn of_measured<'m>(
    state: &State,
    measured: impl IntoIterator<Item = &'m Measured>,
) -> Vec<SignalRow> {
    let measured = measured.into_iter();
    let mut rows: Vec<SignalRow> = measured
        .map(|measured| row(measured, gravest(state, measured)))
        .collect();
    rows.sort_by_key(|row| (Reverse(gravity(row.verdict)), row.of_dependency));
    rows
}

fn gravity(verdict: SignalVerdict) -> u8 {
    match verdict {
        SignalVerdict::OverLimit => 3,
        SignalVerdict::Degraded => 2,
        SignalVerdict::Inconclusive | SignalVerdict::Healthy => 1,
        SignalVerdict::Unmeasured => 0,
    }
}

fn gravest<'a>(state: &'a State, measured: &Measured) -> Option<&'a Finding> {
    let of_it = state
        .findings()
        .filter(|record| record.finding.signal == measured.signal);
    let found = of_it.max_by_key(|record| {
        let finding = &record.finding;
        (finding.hard_limit_crossed, finding.severe, finding.budget)
    });
    found.map(|record| &record.finding)
}

fn row(measured: &Measured, finding: Option<&Finding>) -> SignalRow {
    let measure = &measured.measure;
    let change = measure.change;
    let mut row = SignalRow {
        signal: measured.signal.to_string(),
        kind: measure.kind,
        direction: measure.direction,
        unit: measure.unit.clone(),
        of_dependency: measured.of_dependency,
        comparison: measured.comparison,
        before: measure.before,
        after: measure.after,
        change: change.map(|change| change.effect),
        interval: change.map(|change| change.interval),
        window_s: change.map(|change| change.window_s),
        tolerated: measure.tolerated,
        smallest_visible: measure.smallest_visible,
        quantile: (measure.kind == SignalKind::Histogram).then_some(measure.limits.quantile),
        p95: measure.p95,
        warn_limit: measure.limits.warn,
        hard_limit: measure.limits.hard,
        verdict: verdict(measure),
        nearness: measure.nearness,
        no_data: measure.no_data.clone(),
        past: measure.past.clone(),
        course: measure.course.clone(),
    };
    if let Some(finding) = finding {
        row.before = Some(finding.baseline);
        row.after = Some(finding.current);
        row.change = Some(finding.effect);
        row.interval = Some(finding.interval);
        row.window_s = Some(finding.window_s);
        row.comparison = finding.comparison;
        row.verdict = if finding.hard_limit_crossed {
            SignalVerdict::OverLimit
        } else {
            SignalVerdict::Degraded
        };
    }
    row
}

/// What is said of a signal that nothing was found of.
fn verdict(measure: &Measure) -> SignalVerdict {
    if measure.before.is_none() || measure.after.is_none() {
        return SignalVerdict::Unmeasured;
    }
    match (
        measure.smallest_visible,
        measure.tolerated,
        &measure.no_data,
    ) {
        (_, _, Some(NoData::QueryFailed)) => SignalVerdict::Unmeasured,
        (Some(visible), Some(tolerated), _)
            if visible <= VISIBLE_TOLERANCES * tolerated + 1e-12 =>
        {
            SignalVerdict::Healthy
        }
        _ => SignalVerdict::Inconclusive,
    }
}

/// All findings, in the order in which they were said.
pub(super) fn findings(state: &State, records: &[Recorded]) -> Vec<FindingRow> {
    let mut found: Vec<&FindingRecord> = state.findings().collect();
    found.sort_by_key(|record| (record.opened_at, record.finding.onset_at));
    found
        .into_iter()
        .map(|record| finding(state, records, record))
        .collect()
}

fn finding(state: &State, records: &[Recorded], record: &FindingRecord) -> FindingRow {
    let finding = &record.finding;
    let (end, ended_at) = end(state, records, record);
    FindingRow {
        signal: finding.signal.to_string(),
        scope: match &finding.scope {
            Scope::Group => "group".to_owned(),
            Scope::Instance(instance) => instance.to_string(),
        },
        onset_at: At(finding.onset_at),
        opened_at: At(record.opened_at),
        ended_at,
        end,
        before: finding.baseline,
        after: finding.current,
        change: finding.effect,
        interval: finding.interval,
        unit: finding.unit.clone(),
        confidence: finding.confidence,
        window_s: finding.window_s,
        hard_limit_crossed: finding.hard_limit_crossed,
        severe: finding.severe,
        comparison: finding.comparison,
        attribution: finding.attribution,
        query: finding.query.clone(),
        evidence_id: finding.evidence.as_ref().map(ToString::to_string),
    }
}

fn end(state: &State, records: &[Recorded], record: &FindingRecord) -> (FindingEnd, Option<At>) {
    if let Some(at) = record.ended_at {
        return (FindingEnd::Recovered, Some(At(at)));
    }
    match state.cure() {
        Cure::Confirmed { at, .. } => return (FindingEnd::Cured, Some(At(*at))),
        Cure::Failed { .. } => return (FindingEnd::NotCured, None),
        Cure::NotNeeded | Cure::Awaited { .. } => {}
    }
    if record.accepted {
        let at = accepted_at(records, &record.finding.key());
        return (FindingEnd::Accepted, at);
    }
    let end = if state.watch_over() {
        FindingEnd::Unwatched
    } else {
        FindingEnd::Stands
    };
    (end, None)
}

fn accepted_at(records: &[Recorded], key: &FindingKey) -> Option<At> {
    let accepts = |record: &&Recorded| match &record.event {
        Event::Resumed { accepted, .. } => accepted.contains(key),
        _ => false,
    };
    records.iter().rfind(accepts).map(|record| At(record.at))
}
