//! Signals: what is measured, and what counts as worse.

mod entry;
mod expand;
mod limits;
mod own;

pub(crate) use entry::{Adjustment, PresetEntry, SignalEntry};

use crate::reader::{At, Reader};
use crate::settings::Probe;
use crate::shape::Shape;
use crate::text::{Matchers, MetricName, Name, Query, SeriesSelector};
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
    /// By what values are multiplied as they are read, to come out in `unit`: 0.001 for milliseconds.
    pub scale: f64,
    /// Where its series are, if not where those of its service are.
    pub place: Option<Place>,
    /// Whether its series are of something else, taken together, instead of the service's instances.
    pub together: bool,
    /// The preset it came from.
    pub preset: Option<PresetName>,
    /// The metric source in which it is read; none for the service's own.
    pub source: Option<Name>,
    /// The preset's dialect that is read; none until the source was asked which it speaks.
    pub dialect: Option<&'static str>,
}

/// A preset that names no dialect: its source is asked which it speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenPreset {
    /// Which.
    pub preset: PresetName,
    /// Where its series are, if not where those of the service are.
    pub place: Option<Place>,
    /// Who is asked, if not the service's own source.
    pub source: Option<Name>,
}

/// Series that another exporter has: of the pod, of the machine, of the database.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    /// Matchers instead of the service's own; those of the environment are added.
    pub selector: Option<Matchers>,
    /// The label that tells instances apart there.
    pub instance_label: Option<String>,
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
    /// Bad events and good events, both counters.
    Parts {
        /// Counts the bad ones.
        bad: SeriesSelector,
        /// Counts the good ones.
        good: SeriesSelector,
    },
    /// A histogram, judged as a whole; limits apply to one quantile.
    Histogram {
        /// The metric without `_bucket`, `_sum`, `_count`.
        metric: MetricName,
        /// Matchers beyond those of the service.
        matchers: Matchers,
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
    /// The mean of a summary, made by the source and judged as a gauge: weaker and slower.
    Mean {
        /// Counts the amount.
        sum: SeriesSelector,
        /// Counts the events.
        count: SeriesSelector,
    },
    /// A share, made by the source of two metrics and judged as a gauge: weaker and slower.
    Share {
        /// What is used, or what is left of it.
        part: SeriesSelector,
        /// What there is.
        whole: SeriesSelector,
        /// How it is made.
        form: ShareForm,
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

/// How a share is made of two metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareForm {
    /// Two counters: growth of the part over growth of the whole.
    Rates,
    /// Two gauges: the part over the whole.
    Values,
    /// A counter over a gauge: growth of the part over the whole.
    RateOfValue,
    /// Two gauges: what is left, subtracted from one.
    FreeOfValues,
    /// Gauges for each of several things: the one of which least is left.
    Fullest,
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
    /// Calls of a gRPC server.
    Grpc,
    /// What a process says about itself.
    Process,
    /// What Kubernetes says of a pod.
    Container,
    /// A machine.
    Host,
    /// Work that waits.
    Queue,
    /// A database, or the pool of connections to it.
    Database,
    /// A cache.
    Cache,
    /// What the service is for.
    Business,
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
macro_rules! presets {
    ($( $word:literal => $variant:path, $about:literal; )+) => {
        words!(PresetName { $( $word => $variant, $about; )+ });

        impl PresetName {
            /// As the configuration spells it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $( $variant => $word ),+ }
            }

            /// What it is, in a line.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $( $variant => $about ),+ }
            }
        }
    };
}
presets! {
    "http" => PresetName::Http, "requests of an HTTP server: errors, latency, throughput, availability";
    "grpc" => PresetName::Grpc, "calls of a gRPC server: errors, latency, throughput";
    "process" => PresetName::Process, "what a process says about itself: CPU, memory, open files";
    "container" => PresetName::Container, "what Kubernetes says of a pod: CPU, throttling, memory, restarts";
    "host" => PresetName::Host, "a machine: CPU, memory, disk, network, connections";
    "queue" => PresetName::Queue, "work that waits: depth, throughput, failures";
    "database" => PresetName::Database, "a database, or the pool to it: latency, connections, slow queries";
    "cache" => PresetName::Cache, "a cache: misses, evictions";
    "business" => PresetName::Business, "what the service is for: failures, duplicates, conversion, abandonment";
    "up" => PresetName::Up, "whether the scrape is answered";
}

/// The signals of a service: its entries, presets expanded.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals {
    /// In the order of the file. Those of a preset without a named dialect are as its first dialect has them.
    pub(crate) all: Vec<Signal>,
}

impl Signals {
    /// Presets of which a source decides under which names they are read; each once for a place and a source.
    pub(crate) fn open(&self) -> Vec<OpenPreset> {
        let mut open: Vec<OpenPreset> = Vec::new();
        for one in self.all.iter().filter_map(Signal::open) {
            if !open.contains(&one) {
                open.push(one);
            }
        }
        open
    }
}

impl Signal {
    /// The preset whose names its source decides; none where it comes from none, or a dialect is named.
    pub(crate) fn open(&self) -> Option<OpenPreset> {
        let preset = self.preset.filter(|_| self.dialect.is_none())?;
        Some(OpenPreset {
            preset,
            place: self.place.clone(),
            source: self.source.clone(),
        })
    }
}

impl Value for Signals {
    fn shape() -> Shape {
        Shape::List(Box::new(Shape::Either(vec![
            PresetEntry::shape(),
            SignalEntry::shape(),
        ])))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        expand::signals(node, reader).map(|all| Self { all })
    }

    fn compare(&self, other: &Self, at: &mut At, changed: &mut Vec<String>) {
        let keys: std::collections::BTreeSet<&SignalKey> = self
            .all
            .iter()
            .chain(&other.all)
            .map(|signal| &signal.key)
            .collect();
        let find = |signals: &'_ [Signal], key: &SignalKey| {
            signals.iter().find(|signal| signal.key == *key).cloned()
        };
        for key in keys {
            if find(&self.all, key) != find(&other.all, key) {
                changed.push(format!("{at}.{key}"));
            }
        }
    }
}
