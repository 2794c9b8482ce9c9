//! Ready-made sets of signals, as data: one file a set, one table a flavour of metric names.

mod http;
mod process;
mod up;

use crate::signal::{Dimension, Direction, PresetName, Signal, SignalKind, Unit};
use crate::text::{MetricName, SeriesSelector};
use guard::ids::SignalKey;

/// The flavour taken when none is said: the habit of Prometheus' client libraries.
pub(crate) const DEFAULT_FLAVOUR: &str = "prometheus";

/// One way to name the metrics of a preset.
#[derive(Debug)]
pub(crate) struct Flavour {
    pub(crate) name: &'static str,
    pub(crate) signals: &'static [PresetSignal],
}

/// A signal of a preset.
#[derive(Debug)]
pub(crate) struct PresetSignal {
    pub(crate) key: &'static str,
    pub(crate) dimension: Dimension,
    pub(crate) reads: Reads,
    pub(crate) direction: Direction,
    pub(crate) unit: Unit,
    pub(crate) warn: Option<f64>,
    pub(crate) hard: Option<f64>,
    pub(crate) accumulates: bool,
    /// Taken only when `include` names it.
    pub(crate) on_request: bool,
}

/// What a preset's signal reads, as selectors in text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reads {
    Ratio(&'static str, &'static str),
    Histogram(&'static str, f64),
    Gauge(&'static str),
    Rate(&'static str),
    Throughput(&'static str),
    Availability(&'static str),
}

/// Whether every scrape of an instance was answered. Part of every preset of a scraped service.
pub(crate) const AVAILABILITY: PresetSignal = PresetSignal {
    key: "availability",
    dimension: Dimension::Application,
    reads: Reads::Availability("up"),
    direction: Direction::Down,
    unit: Unit::Ratio,
    warn: Some(0.99),
    hard: Some(0.95),
    accumulates: false,
    on_request: false,
};

/// The flavours of a preset.
pub(crate) fn flavours(preset: PresetName) -> &'static [Flavour] {
    match preset {
        PresetName::Http => http::FLAVOURS,
        PresetName::Process => process::FLAVOURS,
        PresetName::Up => up::FLAVOURS,
    }
}

impl PresetSignal {
    /// The signal; none only if the table holds a selector that does not parse, which a test excludes.
    pub(crate) fn to_signal(&self, preset: PresetName) -> Option<Signal> {
        Some(Signal {
            key: SignalKey::new(self.key).ok()?,
            dimension: self.dimension,
            kind: self.reads.to_kind()?,
            direction: self.direction,
            unit: self.unit,
            tolerance: None,
            warn_limit: self.warn,
            hard_limit: self.hard,
            action_on_failure: None,
            accumulates: self.accumulates,
            preset: Some(preset),
            source: None,
        })
    }
}

impl Reads {
    fn to_kind(self) -> Option<SignalKind> {
        Some(match self {
            Self::Ratio(bad, total) => SignalKind::Ratio {
                bad: SeriesSelector::parse(bad)?,
                total: SeriesSelector::parse(total)?,
            },
            Self::Histogram(text, quantile) => {
                let selector = SeriesSelector::parse(text)?;
                SignalKind::Histogram {
                    metric: MetricName::of(&selector),
                    matchers: selector.matchers().clone(),
                    quantile,
                }
            }
            Self::Gauge(text) => SignalKind::Gauge {
                selector: SeriesSelector::parse(text)?,
            },
            Self::Rate(text) => SignalKind::Rate {
                selector: SeriesSelector::parse(text)?,
            },
            Self::Throughput(text) => SignalKind::Throughput {
                selector: SeriesSelector::parse(text)?,
            },
            Self::Availability(text) => SignalKind::Availability {
                selector: SeriesSelector::parse(text)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALL: [PresetName; 3] = [PresetName::Http, PresetName::Process, PresetName::Up];

    #[test]
    fn every_signal_of_every_preset_can_be_made_and_has_its_own_key() {
        for preset in ALL {
            for flavour in flavours(preset) {
                let mut keys = BTreeSet::new();
                for signal in flavour.signals {
                    assert!(signal.to_signal(preset).is_some(), "{preset:?} {signal:?}");
                    assert!(keys.insert(signal.key), "{preset:?} {} twice", signal.key);
                }
            }
        }
    }

    #[test]
    fn every_preset_has_the_default_flavour() {
        for preset in ALL {
            assert!(
                flavours(preset)
                    .iter()
                    .any(|flavour| flavour.name == DEFAULT_FLAVOUR),
                "{preset:?}"
            );
        }
    }

    #[test]
    fn a_hard_limit_lies_beyond_its_warn_limit() {
        for signal in ALL
            .into_iter()
            .flat_map(flavours)
            .flat_map(|flavour| flavour.signals)
        {
            if let (Some(warn), Some(hard)) = (signal.warn, signal.hard) {
                match signal.direction {
                    Direction::Up => assert!(warn < hard, "{signal:?}"),
                    Direction::Down => assert!(warn > hard, "{signal:?}"),
                }
            }
        }
    }
}
