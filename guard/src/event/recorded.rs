//! An event in its place.

use super::Event;
use jiff::Timestamp;

/// An event as the journal returns it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its place in the stream, from 1.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}
