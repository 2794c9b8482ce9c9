//! Speaking: the detector's statements as the domain's assessment.

use crate::services::{Signal, Watch};
use guard::detect::{self, Evidence, NoData, SignalKind, Statement, Summary};
use guard::finding::{Assessment, Budget, Finding, Need, Scope};
use guard::ids::{InstanceId, SignalKey};
use guard::verdict::{Attribution, Comparison, Verdict};
use jiff::Timestamp;

/// What takes longer than this to see is not in sight: a week, in seconds.
const IN_SIGHT_S: f64 = 7.0 * 86_400.0;

/// What the domain is told.
pub(super) fn assessment<'a>(
    watch: &Watch,
    summary: &Summary,
    standing: impl Iterator<Item = &'a Statement>,
    comparison: Comparison,
    history_s: f64,
) -> Assessment {
    let findings: Vec<Finding> = standing
        .filter_map(|statement| finding(watch, statement, comparison))
        .collect();
    let verdict = match verdict(summary.verdict) {
        // The detector remembers what has ended; what does not stand is no finding, but no proof either.
        Verdict::Degraded if findings.is_empty() => Verdict::Inconclusive,
        // What cannot be asked any more may have moved.
        Verdict::Healthy if unanswered(watch, summary) => Verdict::Inconclusive,
        said => said,
    };
    Assessment {
        verdict,
        findings,
        needs: if matches!(verdict, Verdict::Inconclusive | Verdict::Unmeasured)
            && summary.verdict != detect::Verdict::Degraded
        {
            needs(watch, summary)
        } else {
            Vec::new()
        },
        blind: blind(watch, summary),
        history_s,
    }
}

/// Two looks at different signals of the same deployment, as one.
pub(super) fn together(one: Assessment, other: Assessment) -> Assessment {
    let verdict = match (one.verdict, other.verdict) {
        (a, b) if a == b => a,
        (Verdict::Degraded, _) | (_, Verdict::Degraded) => Verdict::Degraded,
        // What one of them could not see, the other did not look at.
        _ => Verdict::Inconclusive,
    };
    // Each finding must be backed by as much history as it is weighed with.
    let history_s = match (one.findings.is_empty(), other.findings.is_empty()) {
        (false, true) => one.history_s,
        (true, false) => other.history_s,
        _ => one.history_s.min(other.history_s),
    };
    Assessment {
        verdict,
        findings: [one.findings, other.findings].concat(),
        needs: [one.needs, other.needs].concat(),
        blind: [one.blind, other.blind].concat(),
        history_s,
    }
}

/// Whether the queries of a signal fail that users would feel; of any signal, where there is none such.
fn unanswered(watch: &Watch, summary: &Summary) -> bool {
    let felt = |key: &str| {
        signal(watch, key).is_some_and(|signal| {
            matches!(
                signal.spec.kind,
                SignalKind::Ratio | SignalKind::Histogram | SignalKind::Availability
            )
        })
    };
    let any_felt = watch.signals.iter().any(|signal| felt(signal.key.as_str()));
    summary
        .signals
        .iter()
        .filter(|state| !any_felt || felt(&state.key))
        .any(|state| matches!(state.no_data, Some(NoData::QueryFailed)))
}

fn verdict(verdict: detect::Verdict) -> Verdict {
    match verdict {
        detect::Verdict::Healthy => Verdict::Healthy,
        detect::Verdict::Degraded => Verdict::Degraded,
        detect::Verdict::Inconclusive => Verdict::Inconclusive,
        detect::Verdict::Unmeasured => Verdict::Unmeasured,
    }
}

fn finding(watch: &Watch, statement: &Statement, comparison: Comparison) -> Option<Finding> {
    let signal = signal(watch, &statement.signal)?;
    let scope = match &statement.scope {
        detect::Scope::Group => Scope::Group,
        detect::Scope::Instance(name) => Scope::Instance(InstanceId::new(name.clone()).ok()?),
    };
    Some(Finding {
        signal: signal.key.clone(),
        scope,
        onset_at: at(statement.onset_t),
        baseline: statement.baseline,
        current: statement.current,
        effect: statement.effect,
        interval: statement.interval,
        unit: statement.unit.clone(),
        window_s: statement.window_s,
        confidence: statement.confidence,
        budget: match statement.evidence {
            Evidence::Warn => Budget::Warn,
            Evidence::Pause => Budget::Pause,
            Evidence::Rollback => Budget::RollBack,
        },
        hard_limit_crossed: statement.hard_limit_crossed,
        severe: statement.severe,
        on_failure: signal.on_failure,
        comparison,
        attribution: Attribution::Change,
        query: signal.query.clone(),
        evidence: None,
        traffic: None,
        of_requests: signal.spec.kind == SignalKind::Ratio && !signal.of_dependency,
        circumstances: Vec::new(),
    })
}

fn needs(watch: &Watch, summary: &Summary) -> Vec<Need> {
    let open = |state: &&detect::SignalState| {
        state.no_data.is_some() || state.time_to_see_tolerance_s != Some(0.0)
    };
    summary
        .signals
        .iter()
        .filter(open)
        .filter_map(|state| {
            let signal = signal(watch, &state.key)?;
            let tolerance = signal.spec.tolerance.at(state.baseline.unwrap_or(0.0));
            Some(Need {
                signal: signal.key.clone(),
                smallest_visible: state.smallest_visible,
                tolerance,
                unit: signal.spec.unit.clone(),
                seconds: state
                    .time_to_see_tolerance_s
                    .filter(|seconds| *seconds <= IN_SIGHT_S),
                requests: None,
            })
        })
        .collect()
}

fn blind(watch: &Watch, summary: &Summary) -> Vec<(SignalKey, String)> {
    summary
        .signals
        .iter()
        .filter_map(|state| {
            Some((
                signal(watch, &state.key)?.key.clone(),
                why(state.no_data.as_ref()?),
            ))
        })
        .collect()
}

/// Stable words: they are journalled, and put into sentences where people read them.
pub(super) fn why(no_data: &NoData) -> String {
    match no_data {
        NoData::NoSeries => "no_series".to_owned(),
        NoData::NotStarted => "not_started".to_owned(),
        NoData::NoBaseline => "no_baseline".to_owned(),
        NoData::Silent(instance) => format!("silent: {instance}"),
        NoData::NotANumber => "not_a_number".to_owned(),
        NoData::QueryFailed => "query_failed".to_owned(),
    }
}

pub(super) fn signal<'a>(watch: &'a Watch, key: &str) -> Option<&'a Signal> {
    watch
        .signals
        .iter()
        .find(|signal| signal.key.as_str() == key)
}

pub(super) fn at(seconds: f64) -> Timestamp {
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}
