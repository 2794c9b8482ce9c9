//! A signal that moved.

use crate::ids::{DeploymentId, EvidenceId, InstanceId, ServiceName, SignalKey, Version};
use crate::verdict::{Attribution, Comparison, Tier, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of the false-alarm budget a finding's evidence satisfies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// Nominally 5 % per deployment.
    Warn,
    /// Nominally 1 % per deployment.
    Pause,
    /// Nominally 0.1 % per deployment.
    RollBack,
}

/// Where a signal moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// In all changed instances taken together.
    Group,
    /// In one of them.
    Instance(InstanceId),
}

/// A signal that moved in its bad direction, beyond its tolerance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which signal.
    pub signal: SignalKey,
    /// Where.
    pub scope: Scope,
    /// When it began to move, estimated.
    pub onset_at: Timestamp,
    /// What the comparison gives as normal, in `unit`.
    pub baseline: f64,
    /// What is measured now, in `unit`.
    pub current: f64,
    /// `current - baseline`, in `unit`.
    pub effect: f64,
    /// 95 % interval of `effect`, in `unit`.
    pub interval: (f64, f64),
    /// `ratio`, `seconds`, `cores`, `bytes`, `per_second`, `count`.
    pub unit: String,
    /// Seconds of data behind it.
    pub window_s: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// The smallest budget its evidence satisfies.
    pub budget: Budget,
    /// Whether the signal's hard limit is crossed.
    pub hard_limit_crossed: bool,
    /// Whether the effect is at least the policy's multiple (default five) of the tolerance.
    pub severe: bool,
    /// The signal's own `action_on_failure`: `warn` and `pause` are never exceeded, `rollback` needs no hard limit.
    #[serde(default)]
    pub on_failure: Option<Tier>,
    /// Against what it was held.
    pub comparison: Comparison,
    /// What it is blamed on.
    pub attribution: Attribution,
    /// The query that shows it.
    pub query: String,
    /// The stored result of that query.
    pub evidence: Option<EvidenceId>,
    /// Requests per second of the whole service when it was found; none where that is not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<f64>,
    /// Whether it is a share of requests that fail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_requests: bool,
    /// What else was going on when it began, as far as it bears on the blame.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<Circumstance>,
}

/// Something else that was going on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Circumstance {
    /// It was so before the change.
    Older {
        /// Since when, estimated.
        since: Timestamp,
        /// What was measured then, in the signal's unit.
        level: f64,
    },
    /// There was more traffic.
    MoreTraffic {
        /// Requests per second before the change.
        before: f64,
        /// Requests per second when this was found.
        now: f64,
        /// Since when.
        since: Timestamp,
    },
    /// A neighbour was deployed shortly before.
    Neighbour(Neighbour),
}

/// A deployment of a service that this one calls, or that calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The service.
    pub service: ServiceName,
    /// Its deployment.
    pub deployment: DeploymentId,
    /// The version that it brings.
    pub version: Version,
    /// Whether this one calls it; otherwise it calls this one.
    pub called: bool,
    /// When its first instance began to change.
    pub at: Timestamp,
}

impl Finding {
    /// Whether it was so before the change.
    #[must_use]
    pub fn is_older(&self) -> bool {
        let older =
            |circumstance: &Circumstance| matches!(circumstance, Circumstance::Older { .. });
        self.circumstances.iter().any(older)
    }

    /// What makes two findings the same one: the signal and the place.
    #[must_use]
    pub fn key(&self) -> FindingKey {
        FindingKey {
            signal: self.signal.clone(),
            scope: self.scope.clone(),
        }
    }
}

/// The identity of a finding within its deployment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// Which signal.
    pub signal: SignalKey,
    /// Where.
    pub scope: Scope,
}

/// What an inconclusive verdict still needs before it could be `healthy`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// The signal that cannot be judged yet.
    pub signal: SignalKey,
    /// The smallest effect that would have been seen by now, in `unit`; none when nothing is measured.
    pub smallest_visible: Option<f64>,
    /// The smallest effect that matters, in `unit`.
    pub tolerance: f64,
    /// The unit of both.
    pub unit: String,
    /// Seconds at the present traffic until the tolerance could be seen; none when that is not in sight.
    pub seconds: Option<f64>,
    /// Requests still wanted, where the signal counts requests.
    pub requests: Option<f64>,
}

/// One look of the detector at everything, said only when it differs from the last one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Overall.
    pub verdict: Verdict,
    /// What moved and has not come back.
    pub findings: Vec<Finding>,
    /// What is missing for certainty.
    pub needs: Vec<Need>,
    /// Signals without any data, with the reason in the words of the source.
    pub blind: Vec<(SignalKey, String)>,
    /// Seconds of history before the change.
    pub history_s: f64,
}

/// One signal that came back after an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cured {
    /// Which signal.
    pub signal: SignalKey,
    /// What is measured now, in `unit`.
    pub current: f64,
    /// What is left of the effect, in `unit`.
    pub effect: f64,
    /// 95 % interval of what is left.
    pub interval: (f64, f64),
    /// The unit.
    pub unit: String,
    /// The stored result that shows it.
    pub evidence: Option<EvidenceId>,
}
