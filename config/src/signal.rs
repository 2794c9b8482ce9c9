//! Signals: what is measured, and what counts as worse.

mod entry;
mod expand;
mod limits;
mod own;

pub(crate) use entry::{Adjustment, PresetEntry, SignalEntry};

use crate::reader::{At, Reader};
use crate::settings::Probe;
use crate::shape::Shape;
use crate::text::{MetricName, Name, Query, SeriesSelector};
use crate::value::{Value, words};
use crate::yaml::Node;
use guard::ids::SignalKey;

/// One measured thing, complete: from a preset or written out.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Its name within the service.
    pub key: SignalKey,
    /// Which part of the house it speaks for.
    pub dimension: Dimension,
    /// What is read, without the service's matchers; see [`SeriesSelector::with`].
    pub kind: SignalKind,
    /// In which direction it gets worse.
    pub direction: Direction,
    /// The unit of its values, limits and absolute tolerance.
    pub unit: Unit,
    /// The smallest effect that matters; none leaves it to the detector's default for the kind.
    pub tolerance: Option<Tolerance>,
    /// Beyond it the signal is worth a warning, in `unit`.
    pub warn_limit: Option<f64>,
    /// Beyond it the service is broken whatever it was before, in `unit`.
    pub hard_limit: Option<f64>,
    /// The strongest answer this signal may cause by itself; see [`OnFailure`].
    pub action_on_failure: Option<OnFailure>,
    /// Whether a leak fills it up (memory, connections), so that its slope is judged too.
    pub accumulates: bool,
    /// The preset it came from.
    pub preset: Option<PresetName>,
    /// The metric source in which it is read; none for the service's own.
    pub source: Option<Name>,
}

/// What a signal reads.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalKind {
    /// Bad events over all events, both counters.
    Ratio {
        /// Counts the bad ones.
        bad: SeriesSelector,
        /// Counts all, the bad ones included.
        total: SeriesSelector,
    },
    /// A histogram, judged as a whole; limits apply to one quantile.
    Histogram {
        /// The metric without `_bucket`, `_sum`, `_count`.
        metric: MetricName,
        /// Matchers beyond those of the service.
        matchers: crate::text::Matchers,
        /// The quantile that limits apply to, 0 to 1.
        quantile: f64,
    },
    /// A value per instance.
    Gauge {
        /// Where it is.
        selector: SeriesSelector,
    },
    /// A counter, read as amount per second and instance.
    Rate {
        /// Where it is.
        selector: SeriesSelector,
    },
    /// A counter, read as demand: requests per second.
    Throughput {
        /// Where it is.
        selector: SeriesSelector,
    },
    /// 1 when an instance answered its scrape, else 0. Limits say the share that answers (`95%`).
    Availability {
        /// Where it is: `up`.
        selector: SeriesSelector,
    },
    /// An expression of the user, judged as a gauge: weaker and slower.
    Promql {
        /// The expression, sent as it stands.
        query: Query,
    },
    /// What Tawny asks itself: good or bad as 1 or 0, judged as availability; or a number, judged as a gauge.
    Probe {
        /// What it asks.
        probe: Box<Probe>,
    },
}

/// The word for a kind, as the configuration spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KindWord {
    Ratio,
    Histogram,
    Gauge,
    Rate,
    Throughput,
    Availability,
    Promql,
    Probe,
}

/// Which part of the house a signal speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The service itself.
    Application,
    /// What it runs on.
    Infrastructure,
    /// What it is for.
    Business,
    /// What it calls.
    Dependency,
    /// Who may do what.
    Security,
}

/// In which direction a signal gets worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is worse.
    Up,
    /// Less is worse.
    Down,
}

/// The unit of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A fraction, 0 to 1.
    Ratio,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// CPU cores.
    Cores,
    /// Events per second.
    PerSecond,
    /// A plain number.
    Count,
}

/// What a finding of this signal leads to, beside the tier policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Never more than a warning.
    Warn,
    /// Never more than a pause.
    Pause,
    /// May roll back without a hard limit, given the evidence for it.
    Rollback,
}

/// The smallest effect that matters: both parts must be exceeded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// In the unit of the signal.
    pub absolute: f64,
    /// As a fraction of the baseline.
    pub relative: f64,
}

/// A ready-made set of signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetName {
    /// Requests of an HTTP server.
    Http,
    /// What a process says about itself.
    Process,
    /// Whether the scrape is answered.
    Up,
}

impl Unit {
    /// As findings spell it: `ratio`, `seconds`, `bytes`, `cores`, `per_second`, `count`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Cores => "cores",
            Self::PerSecond => "per_second",
            Self::Count => "count",
        }
    }
}

words!(KindWord {
    "ratio" => KindWord::Ratio, "bad events over all events: `bad`, `total`";
    "histogram" => KindWord::Histogram, "a histogram: `metric`, `quantile`";
    "gauge" => KindWord::Gauge, "a value per instance: `selector`";
    "rate" => KindWord::Rate, "a counter, read as amount per second: `selector`";
    "throughput" => KindWord::Throughput, "a counter, read as demand: `selector`";
    "availability" => KindWord::Availability, "the share of instances whose scrape is answered: `selector`";
    "promql" => KindWord::Promql, "an expression, judged as a gauge: `query`";
    "probe" => KindWord::Probe, "what Tawny asks itself: `probe`";
});
words!(Dimension {
    "application" => Dimension::Application, "the service itself";
    "infrastructure" => Dimension::Infrastructure, "what it runs on";
    "business" => Dimension::Business, "what it is for";
    "dependency" => Dimension::Dependency, "what it calls";
    "security" => Dimension::Security, "who may do what";
});
words!(Direction {
    "up" => Direction::Up, "more is worse";
    "down" => Direction::Down, "less is worse";
});
words!(Unit {
    "ratio" => Unit::Ratio, "a fraction";
    "seconds" => Unit::Seconds, "seconds";
    "bytes" => Unit::Bytes, "bytes";
    "cores" => Unit::Cores, "CPU cores";
    "per_second" => Unit::PerSecond, "events per second";
    "count" => Unit::Count, "a plain number";
});
words!(OnFailure {
    "warn" => OnFailure::Warn, "never more than a warning";
    "pause" => OnFailure::Pause, "never more than a pause";
    "rollback" => OnFailure::Rollback, "may roll back without a hard limit, given the evidence for it";
});
words!(PresetName {
    "http" => PresetName::Http, "requests of an HTTP server: errors, latency, throughput, availability";
    "process" => PresetName::Process, "what a process says about itself: CPU, memory, open files";
    "up" => PresetName::Up, "whether the scrape is answered";
});

/// The signals of a service: its entries, presets expanded.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals(pub(crate) Vec<Signal>);

impl Value for Signals {
    fn shape() -> Shape {
        Shape::List(Box::new(Shape::Either(vec![
            PresetEntry::shape(),
            SignalEntry::shape(),
        ])))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        expand::signals(node, reader).map(Self)
    }

    fn compare(&self, other: &Self, at: &mut At, changed: &mut Vec<String>) {
        let keys: std::collections::BTreeSet<&SignalKey> = self
            .0
            .iter()
            .chain(&other.0)
            .map(|signal| &signal.key)
            .collect();
        let find = |signals: &'_ [Signal], key: &SignalKey| {
            signals.iter().find(|signal| signal.key == *key).cloned()
        };
        for key in keys {
            if find(&self.0, key) != find(&other.0, key) {
                changed.push(format!("{at}.{key}"));
            }
        }
    }
}
