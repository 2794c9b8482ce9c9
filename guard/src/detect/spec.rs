//! What a watch is told before it starts: comparison, signals, series.

use serde::{Deserialize, Serialize};

/// How "after" is compared with "before".
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The new version runs beside the old one: a concurrent control.
    CanaryVsStable {
        /// Nominal share of all traffic that the canary instances get together, 0 to 1.
        /// Absent: every instance is expected to get the same share, with a wide prior.
        canary_share: Option<f64>,
    },
    /// The new version replaced the old one: observational, corrected by load and by yesterday.
    BeforeVsAfter,
}

/// What a signal's samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Bad events over all events, both counters. Unit: fraction.
    Ratio,
    /// Cumulative histogram buckets. Unit: that of `le`, seconds for latencies.
    Histogram,
    /// A counter read as amount per second and instance, such as CPU seconds.
    Rate,
    /// A value per instance.
    Gauge,
    /// A counter read as demand: requests per second.
    Throughput,
    /// 1 when the instance answered its scrape, else 0. Unit: fraction of failed scrapes.
    Availability,
}

/// The direction in which a signal gets worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is worse.
    Up,
    /// Less is worse.
    Down,
}

impl Direction {
    /// +1 when more is worse, −1 when less is.
    pub(crate) fn sign(self) -> f64 {
        match self {
            Direction::Up => 1.0,
            Direction::Down => -1.0,
        }
    }
}

/// The smallest effect that matters: both parts must be exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// In the unit of the signal.
    pub absolute: f64,
    /// As a fraction of the baseline.
    pub relative: f64,
}

impl Tolerance {
    /// The default for a kind of signal. `accumulates` narrows a gauge's, since a leak is slow.
    pub fn default_for(kind: SignalKind, direction: Direction, accumulates: bool) -> Self {
        let (absolute, relative) = match (kind, direction) {
            (SignalKind::Ratio, Direction::Up) => (0.002, 0.25),
            (SignalKind::Ratio, Direction::Down) => (0.010, 0.0),
            (SignalKind::Histogram, _) => (0.0, 0.10),
            (SignalKind::Rate, _) => (0.0, 0.15),
            (SignalKind::Gauge, _) if accumulates => (0.0, 0.05),
            (SignalKind::Gauge, _) => (0.0, 0.30),
            (SignalKind::Throughput, _) => (0.0, 0.10),
            (SignalKind::Availability, _) => (0.02, 0.0),
        };
        Self { absolute, relative }
    }

    /// The tolerated distance from `baseline`, in the unit of the signal.
    pub fn at(&self, baseline: f64) -> f64 {
        self.absolute.max(self.relative * baseline.abs())
    }
}

/// The statistic of a histogram that a limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Beyond it the signal is worth a warning. In the unit of the signal.
    pub warn: Option<f64>,
    /// Beyond it the service is broken whatever it was before. In the unit of the signal.
    pub hard: Option<f64>,
    /// The quantile a histogram is read at, 0 to 1. Ignored by other kinds.
    pub quantile: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            warn: None,
            hard: None,
            quantile: 0.99,
        }
    }
}

/// One measured thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalSpec {
    /// Name of the signal, unique within the watch.
    pub key: String,
    /// What its samples are.
    pub kind: SignalKind,
    /// The direction in which it gets worse.
    pub direction: Direction,
    /// Unit as printed: `ratio`, `seconds`, `cores`, `bytes`, `1/s`, …
    pub unit: String,
    /// Smallest effect that matters.
    pub tolerance: Tolerance,
    /// Fixed limits, if any.
    pub limits: Limits,
    /// True for what a leak fills up (memory, connections, disk): its slope is judged too.
    pub accumulates: bool,
    /// True if it is expected to move with the load.
    pub load_related: bool,
    /// Longest time between two of its samples, in seconds, where that is more than the watch's interval.
    #[serde(default)]
    pub every_s: f64,
}

impl SignalSpec {
    /// A signal with the default tolerance of its kind and no limits.
    pub fn new(key: impl Into<String>, kind: SignalKind, direction: Direction) -> Self {
        let unit = match kind {
            SignalKind::Ratio | SignalKind::Availability => "ratio",
            SignalKind::Histogram => "seconds",
            SignalKind::Rate | SignalKind::Throughput => "1/s",
            SignalKind::Gauge => "value",
        };
        Self {
            key: key.into(),
            kind,
            direction,
            unit: unit.to_owned(),
            tolerance: Tolerance::default_for(kind, direction, false),
            limits: Limits::default(),
            accumulates: false,
            every_s: 0.0,
            load_related: matches!(
                kind,
                SignalKind::Histogram | SignalKind::Rate | SignalKind::Gauge
            ),
        }
    }

    /// Marks what a leak fills up, and takes the tolerance of a leak.
    #[must_use]
    pub fn accumulating(mut self) -> Self {
        self.accumulates = true;
        self.load_related = false;
        self.tolerance = Tolerance::default_for(self.kind, self.direction, true);
        self
    }

    /// Sets the fixed limits.
    #[must_use]
    pub fn with_limits(mut self, warn: Option<f64>, hard: Option<f64>, quantile: f64) -> Self {
        self.limits = Limits {
            warn,
            hard,
            quantile,
        };
        self
    }

    /// Sets the unit that is printed.
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }
}

/// How readily the watch speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Fewer false alarms, later findings.
    Careful,
    /// The default.
    #[default]
    Balanced,
    /// Earlier findings, more false alarms.
    Eager,
}

impl Sensitivity {
    pub(crate) fn factor(self) -> f64 {
        match self {
            Sensitivity::Careful => 1.2,
            Sensitivity::Balanced => 1.0,
            Sensitivity::Eager => 0.85,
        }
    }
}

/// False alarms a healthy deployment may cost, per tier, as probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Budgets {
    /// For a warning.
    pub warn: f64,
    /// For a pause.
    pub pause: f64,
    /// For a roll-back.
    pub rollback: f64,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            warn: 0.05,
            pause: 0.01,
            rollback: 0.001,
        }
    }
}

/// Everything the watch is told before it starts. All times are seconds since one epoch,
/// the Unix epoch in live use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchSpec {
    /// How "after" is compared with "before".
    pub comparison: Comparison,
    /// When the deployment began.
    pub deploy_at: f64,
    /// Nominal time between two samples of a series, seconds.
    pub interval_s: f64,
    /// What is measured.
    pub signals: Vec<SignalSpec>,
    /// The signal whose count of events is the load of an instance, if there is one.
    pub load: Option<String>,
    /// How readily the watch speaks.
    pub sensitivity: Sensitivity,
    /// False alarms a healthy deployment may cost.
    pub budgets: Budgets,
    /// How long a starting instance may fail its scrapes, seconds.
    pub start_grace_s: f64,
    /// Samples are judged when the clock is this far past them, seconds. A live source answers
    /// several queries one after the other, and the parts of one scrape must not be judged apart:
    /// 1 or 2 is right there, 0 for recordings.
    pub settle_s: f64,
}

impl WatchSpec {
    /// A watch with default sensitivity and budgets.
    pub fn new(
        comparison: Comparison,
        deploy_at: f64,
        interval_s: f64,
        signals: Vec<SignalSpec>,
    ) -> Self {
        Self {
            comparison,
            deploy_at,
            interval_s,
            signals,
            load: None,
            sensitivity: Sensitivity::default(),
            budgets: Budgets::default(),
            start_grace_s: 10.0,
            settle_s: 0.0,
        }
    }
}

/// What an instance is in this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the old version beside the canary.
    Stable,
    /// Runs the new version beside the stable ones.
    Canary,
    /// Ran the old version and ends with the deployment.
    Old,
    /// Began with the deployment.
    New,
    /// Keeps its name; the version changes under it.
    All,
}

/// What a series contributes to a signal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Events of any outcome, a counter. Several series of an instance add up.
    Total,
    /// Bad events, a counter; counted in the total by another use.
    Bad,
    /// Good events, a counter; what is missing to the total is bad.
    Good,
    /// Events up to and including `le`, a counter; `f64::INFINITY` is all of them.
    Bucket {
        /// Upper bound, in the unit of the signal.
        #[serde(with = "super::recording::bound")]
        le: f64,
    },
    /// An amount, a counter.
    Counter,
    /// A value.
    Gauge,
    /// 1 when the scrape worked, else 0.
    Up,
}

/// One physical series. It may serve several signals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesSpec {
    /// Signal key and what the series contributes to it.
    pub uses: Vec<(String, Use)>,
    /// Name of the instance.
    pub instance: String,
    /// What the instance is in this deployment.
    pub role: Role,
}

/// Handle of a declared series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeriesId(pub(crate) usize);

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    /// A number.
    Value(f64),
    /// The exporter said NaN: seen, but no value.
    Nan,
}

/// What the same service did one day earlier, on its own grid. Totals over all instances.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reference {
    /// Times shifted to this deployment's clock, ascending, seconds.
    pub t: Vec<f64>,
    /// Events per second at each time; empty if unknown.
    pub load: Vec<f64>,
    /// Value of each signal at each time, by signal key.
    pub signals: Vec<(String, Vec<f64>)>,
}
