//! `compare_windows`: what the detector measured of each signal before and after, as the record has it.

use super::{Kind, Tool};
use crate::answer::{Answer, Number, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record::{self, Deployment};
use crate::said::{time, word};
use crate::world::World;
use guard::measured::Measured;
use guard::report::{FindingRow, Report, SignalRow};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub struct CompareWindows;

/// Which deployment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
    /// Only this signal, in full.
    signal: Option<String>,
}

/// What was measured.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Compared {
    deployment: String,
    service: String,
    environment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    /// `healthy degraded inconclusive unmeasured`. No data is never healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    /// `canary_vs_stable` (controlled) or `before_vs_after` (weaker).
    comparison: String,
    /// Seconds of history before the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    history_s: Option<Number>,
    /// When the new version began to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<String>,
    /// The gravest first.
    signals: Vec<Signal>,
    /// Why there are no signals.
    #[serde(skip_serializing_if = "Option::is_none")]
    unmeasured: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// One signal.
#[derive(Debug, Serialize, JsonSchema)]
struct Signal {
    name: String,
    unit: String,
    /// `healthy degraded over_limit inconclusive unmeasured`.
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Number>,
    /// `after` less what is normal, with its 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<(Number, Number)>,
    /// Events counted on the changed instances, and the bad ones among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bad: Option<Number>,
    /// Events counted on unchanged instances at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    control_n: Option<Number>,
    /// Seconds of data behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    window_s: Option<Number>,
    /// The smallest effect that matters, and the smallest that would have been seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    tolerance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smallest_visible: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p95: Option<Number>,
    /// Why there was nothing to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_data: Option<String>,
    /// Whether it measures what the service calls.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    of_dependency: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
    /// Over time, where one signal was asked for: before the change, then since.
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<[Course; 2]>,
}

/// Where it moved.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding {
    /// `group`: all changed instances; or the instance.
    scope: String,
    onset_at: String,
    effect: Number,
    interval: (Number, Number),
    confidence: Number,
    /// What it is blamed on: `change dependency load unknown`.
    attribution: String,
    /// What became of it.
    end: String,
    /// The PromQL that shows it.
    query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_id: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Course {
    step_s: Number,
    values: Vec<Option<Number>>,
}

impl Tool for CompareWindows {
    const NAME: &'static str = "compare_windows";
    const TITLE: &'static str = "Compare before and after";
    const DESCRIPTION: &'static str = "Before against after a deployment, signal by signal: n, effect, 95 % interval, verdict, \
        query and evidence id, as the detector judged and recorded them. Use first when asked whether a deployment did \
        harm; do not judge anew from raw metrics.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("signals");
    type Arguments = Arguments;
    type Output = Compared;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Compared>, ToolError> {
        let deployment = record::deployment(world, caller, &arguments.deployment).await?;
        let report = report(&deployment)?;
        let report = report.ok_or_else(|| ToolError::unknown_deployment(&arguments.deployment))?;
        let measured = guard::report::measured(&deployment.records);
        let wanted = |row: &&SignalRow| {
            arguments
                .signal
                .as_ref()
                .is_none_or(|signal| *signal == row.signal)
        };
        let in_full = arguments.signal.is_some();
        let rows = report.signals.iter().filter(wanted);
        let signals: Vec<Signal> = rows
            .map(|row| signal(row, &report.findings, &measured, in_full))
            .collect();
        if let Some(name) = arguments.signal.filter(|_| signals.is_empty()) {
            let known: Vec<&str> = report
                .signals
                .iter()
                .map(|row| row.signal.as_str())
                .collect();
            let problem = format!(
                "nothing was measured of `{name}`; there are: {}",
                known.join(", ")
            );
            return Err(ToolError::argument("signal", problem));
        }
        Ok(Answer::of(Compared {
            unmeasured: signals.is_empty().then_some(
                "nothing is recorded yet: a watch keeps what it measured when something was found, answered or ended",
            ),
            signals,
            verdict: report.verdict.map(word),
            comparison: word(report.comparison),
            history_s: report.history_s.map(Number),
            changed_at: changed_at(&deployment)?.map(time),
            link: record::link(world, &deployment.state),
            deployment: report.deployment,
            service: report.service,
            environment: report.environment,
            from: report.from,
            to: report.to,
        }))
    }
}

/// When the new version began to run somewhere.
pub(super) fn changed_at(deployment: &Deployment) -> Result<Option<Timestamp>, ToolError> {
    let after = report(deployment)?.and_then(|report| report.times.to_first_instance_s);
    let after = after.and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok());
    Ok(after.map(|after| deployment.state.requested_at() + after))
}

/// The report of a deployment.
pub(super) fn report(deployment: &Deployment) -> Result<Option<Report>, ToolError> {
    Report::of(&deployment.records).map_err(|error| {
        tracing::error!(%error, "a deployment cannot be reported");
        ToolError::Failed
    })
}

fn signal(
    row: &SignalRow,
    findings: &[FindingRow],
    measured: &[Measured],
    in_full: bool,
) -> Signal {
    let measured = measured
        .iter()
        .find(|one| one.signal.as_str() == row.signal);
    let counted = measured.and_then(|one| one.measure.counted);
    let control = measured.and_then(|one| one.measure.control);
    let of_it = findings
        .iter()
        .filter(|finding| finding.signal == row.signal);
    let course = |course: &guard::detect::Course| Course {
        step_s: Number(course.step_s),
        values: course
            .values
            .iter()
            .map(|value| value.map(Number))
            .collect(),
    };
    Signal {
        name: row.signal.clone(),
        unit: row.unit.clone(),
        verdict: word(row.verdict),
        before: row.before.map(Number),
        after: row.after.map(Number),
        effect: row.change.map(Number),
        interval: row.interval.map(both),
        n: counted.map(|counted| Number(counted.total)),
        bad: counted.map(|counted| Number(counted.bad)),
        control_n: control.map(|control| Number(control.total)),
        window_s: row.window_s.map(Number),
        tolerance: row.tolerated.map(Number),
        smallest_visible: row.smallest_visible.map(Number),
        p95: row.p95.map(Number),
        no_data: row.no_data.as_ref().map(word),
        of_dependency: row.of_dependency,
        findings: of_it.map(finding).collect(),
        course: in_full.then(|| [course(&row.past), course(&row.course)]),
    }
}

fn finding(row: &FindingRow) -> Finding {
    Finding {
        scope: row.scope.clone(),
        onset_at: word(row.onset_at),
        effect: Number(row.change),
        interval: both(row.interval),
        confidence: Number(row.confidence),
        attribution: word(row.attribution),
        end: word(row.end),
        query: Untrusted::passage(&row.query).as_str().to_owned(),
        evidence_id: row.evidence_id.clone(),
    }
}

fn both((low, high): (f64, f64)) -> (Number, Number) {
    (Number(low), Number(high))
}
