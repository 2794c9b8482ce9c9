//! Ready-made sets of signals, as data: one file a set. A set says what is measured (`Template`); its
//! dialects say under which names (`Dialect`).

mod business;
mod cache;
mod container;
mod database;
mod document;
mod grpc;
mod host;
mod http;
mod present;
mod process;
mod queue;
mod reads;
mod resolve;
mod up;

pub use document::presets_markdown;
pub use present::Present;
pub use resolve::Given;
pub(crate) use resolve::{given, serves};

pub(crate) use reads::{Form, Reads, Row};

use crate::signal::{Dimension, Direction, PresetName, Unit};

/// Every preset, in the order in which `init` tries and the documentation shows them.
pub const ALL: [PresetName; 10] = [
    PresetName::Http,
    PresetName::Grpc,
    PresetName::Process,
    PresetName::Container,
    PresetName::Host,
    PresetName::Queue,
    PresetName::Database,
    PresetName::Cache,
    PresetName::Business,
    PresetName::Up,
];

/// A ready-made set.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) signals: &'static [Template],
    /// The first is taken when neither the configuration nor the source says which.
    pub(crate) dialects: &'static [Dialect],
}

/// A signal of a preset, whatever its series are called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Template {
    pub(crate) key: &'static str,
    /// The row of a dialect that it reads; several quantiles read one histogram.
    pub(crate) row: &'static str,
    pub(crate) about: &'static str,
    pub(crate) dimension: Dimension,
    pub(crate) direction: Direction,
    pub(crate) unit: Unit,
    pub(crate) warn: Option<f64>,
    pub(crate) hard: Option<f64>,
    /// Absolute and relative; the detector's default for the kind without it.
    pub(crate) tolerance: Option<(f64, f64)>,
    /// The quantile that limits apply to, of histograms.
    pub(crate) quantile: f64,
    pub(crate) accumulates: bool,
    /// Taken only when `include` names it.
    pub(crate) on_request: bool,
}

/// One way to name the metrics of a preset. Several rows of one key are alternatives in their order.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) rows: &'static [Row],
}

/// What all templates begin with.
pub(crate) const PLAIN: Template = Template {
    key: "",
    row: "",
    about: "",
    dimension: Dimension::Application,
    direction: Direction::Up,
    unit: Unit::Count,
    warn: None,
    hard: None,
    tolerance: None,
    quantile: 0.99,
    accumulates: false,
    on_request: false,
};

/// Whether every scrape of an instance was answered. Part of every preset of a scraped service.
pub(crate) const AVAILABILITY: Template = Template {
    key: "availability",
    row: "availability",
    about: "share of scrapes that were answered",
    direction: Direction::Down,
    unit: Unit::Ratio,
    warn: Some(0.99),
    hard: Some(0.95),
    ..PLAIN
};

/// The data of a preset.
pub(crate) fn preset(name: PresetName) -> &'static Preset {
    match name {
        PresetName::Http => &http::PRESET,
        PresetName::Grpc => &grpc::PRESET,
        PresetName::Process => &process::PRESET,
        PresetName::Container => &container::PRESET,
        PresetName::Host => &host::PRESET,
        PresetName::Queue => &queue::PRESET,
        PresetName::Database => &database::PRESET,
        PresetName::Cache => &cache::PRESET,
        PresetName::Business => &business::PRESET,
        PresetName::Up => &up::PRESET,
    }
}

#[cfg(test)]
mod tests;
