//! The detector: did this deployment make a signal worse?
//!
//! Pure and streaming. `docs/detection.md` has the method, its sources and what it was measured to
//! do. Samples are summed per time cell ([`Detector::push`]); at each [`Detector::tick`] trailing
//! windows of many lengths are compared with what the control and the history allow, in standard
//! deviations that were learned from the service's own past at the same window lengths.

mod cells;
mod cure;
mod detector;
mod ingest;
mod judge;
mod measure;
mod model;
mod past;
mod recording;
mod shape;
mod spec;
mod statement;
mod stats;
mod tier;
mod track;
mod trend;
mod windows;
mod words;

#[cfg(test)]
mod sim;
#[cfg(test)]
mod tests;

pub use cure::Cure;
pub use detector::{CODE_VERSION, Detector, ENOUGH_HISTORY_S, VISIBLE_TOLERANCES};
pub use measure::{Change, Counted, Course, Measure};
pub use recording::{Head, RECORDING, Step};
pub use spec::{
    Budgets, Comparison, Direction, Limits, Reference, Role, Sample, Sensitivity, SeriesId,
    SeriesSpec, SignalKind, SignalSpec, Tolerance, Use, WatchSpec,
};
pub use statement::{Evidence, NoData, Pattern, Scope, SignalState, Statement, Summary, Verdict};
pub use tier::tier_of;
pub use words::amount;
