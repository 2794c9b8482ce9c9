//! One word for each word of a report.

use crate::context::Context;
use crate::text::Text;
use guard::incident::Standing;
use guard::report::{FindingEnd, Outcome, RiskLevel, SignalVerdict};

/// `rolled back`.
pub(crate) fn outcome(outcome: Outcome, context: &Context) -> Text {
    let key = match outcome {
        Outcome::UnderWay => "outcome-under-way",
        Outcome::Waiting => "outcome-waiting",
        Outcome::Held => "outcome-held",
        Outcome::Expired => "outcome-expired",
        Outcome::Promoted => "outcome-promoted",
        Outcome::RolledBack => "outcome-rolled-back",
        Outcome::Failed => "outcome-failed",
        Outcome::Abandoned => "outcome-abandoned",
        Outcome::Superseded => "outcome-superseded",
    };
    context.words().text(key, Vec::new())
}

/// `over its limit`.
pub(super) fn signal_verdict(verdict: SignalVerdict, context: &Context) -> Text {
    let key = match verdict {
        SignalVerdict::Healthy => "signal-healthy",
        SignalVerdict::Degraded => "signal-degraded",
        SignalVerdict::OverLimit => "signal-over-limit",
        SignalVerdict::Inconclusive => "signal-inconclusive",
        SignalVerdict::Unmeasured => "signal-unmeasured",
    };
    context.words().text(key, Vec::new())
}

/// `came back by itself`.
pub(super) fn finding_end(end: FindingEnd, context: &Context) -> Text {
    let key = match end {
        FindingEnd::Stands => "ended-stands",
        FindingEnd::Recovered => "ended-recovered",
        FindingEnd::Cured => "ended-cured",
        FindingEnd::Accepted => "ended-accepted",
        FindingEnd::NotCured => "ended-not-cured",
        FindingEnd::Unwatched => "ended-unwatched",
    };
    context.words().text(key, Vec::new())
}

/// `cured`.
pub(super) fn standing(standing: Standing, context: &Context) -> Text {
    let key = match standing {
        Standing::Open => "incident-open",
        Standing::Mitigated => "incident-mitigated",
        Standing::Cured => "incident-cured",
        Standing::Recovered => "incident-recovered",
        Standing::Accepted => "incident-accepted",
        Standing::Unresolved => "incident-unresolved",
    };
    context.words().text(key, Vec::new())
}

/// `low`.
pub(super) fn level(level: RiskLevel, context: &Context) -> Text {
    let key = match level {
        RiskLevel::Low => "risk-low",
        RiskLevel::Medium => "risk-medium",
        RiskLevel::High => "risk-high",
    };
    context.words().text(key, Vec::new())
}

/// Why a signal has no data, in the words that a watch journals; anything else is shown as it is.
pub(crate) fn no_data(why: &str, context: &Context) -> Text {
    let key = match why {
        "no_series" => "no-data-no-series",
        "not_started" => "no-data-not-started",
        "no_baseline" => "no-data-no-baseline",
        "not_a_number" => "no-data-not-a-number",
        "query_failed" => "no-data-query-failed",
        "not_exported" => "no-data-not-exported",
        other => return Text::foreign(other),
    };
    context.words().text(key, Vec::new())
}
