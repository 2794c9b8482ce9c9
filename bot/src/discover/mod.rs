//! Finding out what a metric source has, and what could be seen with it: for `tawny init` and
//! `tawny check-config`. Asks and says; writes nothing.

mod ask;
mod candidates;
mod connect;
mod examine;
mod intervals;
mod prefixed;
mod versions;
mod write;

pub(crate) use ask::Asker;
pub(crate) use candidates::{Candidate, candidates};
pub(crate) use connect::{NoSource, Server, connect};
pub(crate) use examine::{Examined, SignalReport, State, examine};
pub(crate) use intervals::intervals;
pub(crate) use write::{Access, SourceText, configuration, in_unit, span};

/// The spans for which it is said what could be seen, in seconds.
pub(crate) const SPANS_S: [f64; 3] = [90.0, 300.0, 1800.0];
