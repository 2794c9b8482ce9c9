//! What the detector says.

use serde::{Deserialize, Serialize};

use super::spec::SignalKind;

/// The false-alarm budget that the evidence has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Enough for a warning.
    Warn,
    /// Enough for a pause.
    Pause,
    /// Enough for a roll-back.
    Rollback,
}

/// Where it happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All instances of the new version together.
    Group,
    /// One of them.
    Instance(String),
}

impl Scope {
    /// `group`, or the name of the instance.
    pub fn name(&self) -> &str {
        match self {
            Scope::Group => "group",
            Scope::Instance(name) => name,
        }
    }
}

/// What kind of move was found, for a message in any language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// The level is worse than the baseline.
    Level,
    /// Only the slowest requests are worse.
    Tail,
    /// It keeps growing.
    Leak,
    /// It stopped answering.
    Silent,
}

/// A signal that moved, said once for each change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Time of the newest sample used.
    pub t: f64,
    /// The budget the evidence has reached.
    pub evidence: Evidence,
    /// Key of the signal.
    pub signal: String,
    /// Kind of the signal.
    pub kind: SignalKind,
    /// What kind of move it is.
    pub pattern: Pattern,
    /// Estimated begin.
    pub onset_t: f64,
    /// One minus the budget spent, 0 to 1.
    pub confidence: f64,
    /// What was expected, in `unit`.
    pub baseline: f64,
    /// What is measured, in `unit`.
    pub current: f64,
    /// `current − baseline`, in `unit`.
    pub effect: f64,
    /// 95 % interval of `effect`, in `unit`.
    pub interval: (f64, f64),
    /// Unit of the numbers.
    pub unit: String,
    /// Where it happens.
    pub scope: Scope,
    /// Seconds of data the numbers are from.
    pub window_s: f64,
    /// Nominal probability of such evidence in a healthy deployment.
    pub budget_spent: f64,
    /// The hard limit is exceeded by the whole interval.
    pub hard_limit_crossed: bool,
    /// The effect is at least five times the tolerance.
    pub severe: bool,
    /// The baseline had at least ten minutes of history.
    pub history: bool,
    /// One line for a human, in English.
    pub reason: String,
}

/// The overall judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An effect that matters would have been seen, and none was.
    Healthy,
    /// Something moved for the worse.
    Degraded,
    /// Nothing was seen, but an effect that matters could have been missed.
    Inconclusive,
    /// There was nothing to judge.
    Unmeasured,
}

impl Verdict {
    /// The word as it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Healthy => "healthy",
            Verdict::Degraded => "degraded",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Unmeasured => "unmeasured",
        }
    }
}

/// Why a signal has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why", content = "instance")]
pub enum NoData {
    /// No series was declared for it.
    NoSeries,
    /// No sample of the new version has arrived yet.
    NotStarted,
    /// There is neither a baseline nor a control.
    NoBaseline,
    /// Samples stopped arriving from this instance.
    Silent(String),
    /// The exporter says NaN.
    NotANumber,
    /// The source could not be queried.
    QueryFailed,
}

/// What is known of one signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalState {
    /// Key of the signal.
    pub key: String,
    /// Evidence that was reached at any time.
    pub reached: Option<Evidence>,
    /// Evidence at the last tick.
    pub now: Option<Evidence>,
    /// Why it cannot be judged, if so.
    pub no_data: Option<NoData>,
    /// Smallest effect that would have been seen by now, in the signal's unit.
    pub smallest_visible: Option<f64>,
    /// Baseline in the signal's unit.
    pub baseline: Option<f64>,
    /// The newest value in the signal's unit.
    pub current: Option<f64>,
    /// Seconds of such traffic still needed until the tolerance could be seen; 0 when it can.
    pub time_to_see_tolerance_s: Option<f64>,
    /// Strongest evidence at the last tick, in standard deviations beyond what is allowed.
    pub score: f64,
    /// Scope of `score`.
    pub score_scope: Option<Scope>,
    /// Window of `score`, seconds.
    pub score_window_s: f64,
}

/// What the watch knows by now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Time of the newest sample.
    pub t: f64,
    /// The overall judgement.
    pub verdict: Verdict,
    /// Each signal, in the order of the specification.
    pub signals: Vec<SignalState>,
}

impl Summary {
    /// Looks at different signals of the same deployment, as one.
    pub fn together(parts: impl Iterator<Item = Self>) -> Self {
        let nothing = Self {
            t: 0.0,
            verdict: Verdict::Unmeasured,
            signals: Vec::new(),
        };
        let join = |one: Self, other: Self| Self {
            t: one.t.max(other.t),
            verdict: match (one.verdict, other.verdict) {
                (a, b) if a == b => a,
                (Verdict::Degraded, _) | (_, Verdict::Degraded) => Verdict::Degraded,
                // What one of them could not see, the other did not look at.
                _ => Verdict::Inconclusive,
            },
            signals: [one.signals, other.signals].concat(),
        };
        parts.reduce(join).unwrap_or(nothing)
    }
}
