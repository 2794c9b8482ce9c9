//! The entries of `signals`, as they are written.

use super::{Dimension, Direction, KindWord, OnFailure, PresetName, Tolerance, Unit};
use crate::settings::Probe;
use crate::text::{Amount, Matchers, MetricName, Name, Query, SeriesSelector};
use crate::value::settings;
use guard::ids::SignalKey;
use std::collections::BTreeMap;

settings! {
    /// A ready-made set of signals.
    pub(crate) struct PresetEntry {
        /// Which set.
        preset: PresetName,
        /// Whose metric names, such as `micrometer` or `istio`: docs/presets.md has them. Without it, the source is asked which of them it has.
        flavour: Option<String>,
        /// The metric source in which it is read; the service's own when not said.
        source: Option<Name>,
        /// Matchers that pick the series of this set, instead of the service's own: of its pods, its machine, its database.
        selector: Option<Matchers>,
        /// The label that tells instances apart in these series, where it is not `metrics.instance_label`.
        instance_label: Option<String>,
        /// Signals of the set that are not taken by themselves, such as `latency-p999`.
        include: Vec<SignalKey> = "[]",
        /// Signals of the set to leave out.
        omit: Vec<SignalKey> = "[]",
        /// Changes to single signals of the set, by key.
        adjust: BTreeMap<SignalKey, Adjustment> = "{}",
    }

    /// Changes to one signal of a set.
    pub(crate) struct Adjustment {
        /// The smallest effect that matters.
        tolerance: Option<ToleranceEntry>,
        /// Beyond it the signal is worth a warning.
        warn_limit: Option<Amount>,
        /// Beyond it the service is broken whatever it was before.
        hard_limit: Option<Amount>,
        /// What a finding of this signal leads to.
        action_on_failure: Option<OnFailure>,
    }

    /// A signal of the service's own.
    pub(crate) struct SignalEntry {
        /// Its name within the service.
        key: SignalKey,
        /// What it reads, and how that is judged.
        kind: KindWord,
        /// Which part of the house it speaks for.
        dimension: Dimension = "application",
        /// The metric source in which it is read; the service's own when not said.
        source: Option<Name>,
        /// `ratio`: counts the bad events.
        bad: Option<SeriesSelector>,
        /// `ratio`: counts all events, the bad ones included.
        total: Option<SeriesSelector>,
        /// `histogram`: the metric, without `_bucket`.
        metric: Option<MetricName>,
        /// `histogram`: matchers beyond the service's own.
        matchers: Option<Matchers>,
        /// `histogram`: the quantile that limits apply to; 0.99 when not said.
        quantile: Option<f64>,
        /// `gauge`, `rate`, `throughput`, `availability`: the metric with its matchers.
        selector: Option<SeriesSelector>,
        /// `ratio`, `histogram`, `rate`, `throughput` of something else, such as a service that this one calls: the
        /// selector of its series. They are taken together and held against the time before.
        of: Option<Matchers>,
        /// `promql`: the expression, sent as it stands. Keep the instance label in its result to have instances compared.
        query: Option<Query>,
        /// `probe`: what Tawny asks itself, beside what metrics say.
        probe: Option<Probe>,
        /// In which direction it gets worse. Without it, `down` for throughput and availability, else `up`.
        direction: Option<Direction>,
        /// The unit of its values. Without it, what the kind suggests.
        unit: Option<Unit>,
        /// The smallest effect that matters. Without it, the detector's default for the kind.
        tolerance: Option<ToleranceEntry>,
        /// Beyond it the signal is worth a warning.
        warn_limit: Option<Amount>,
        /// Beyond it the service is broken whatever it was before.
        hard_limit: Option<Amount>,
        /// What a finding of this signal leads to.
        action_on_failure: Option<OnFailure>,
        /// Whether a leak fills it up (memory, connections), so that its slope is judged too.
        accumulates: bool = "false",
        /// By what its values are multiplied to come out in its unit, such as 0.001 where the metric is in milliseconds. Limits and tolerance are in the unit.
        scale: f64 = "1",
    }

    /// The smallest effect that matters: both parts must be exceeded.
    pub(crate) struct ToleranceEntry {
        /// In the unit of the signal, such as `0.5%` of all requests or `50ms`.
        absolute: Amount = "0",
        /// As a share of what is normal, such as `25%`.
        relative: Amount = "0",
    }
}

impl ToleranceEntry {
    pub(crate) fn read_as(&self) -> Tolerance {
        Tolerance {
            absolute: self.absolute.value,
            relative: self.relative.value,
        }
    }
}
