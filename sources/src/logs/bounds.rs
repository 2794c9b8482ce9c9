//! How much is read at most, and what came.

use jiff::Timestamp;
use std::time::Duration;

/// From when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// How much is read at most, of one source at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Lines.
    pub lines: u64,
    /// Bytes.
    pub bytes: u64,
    /// Time for all of it.
    pub time: Duration,
}

impl Default for Bounds {
    /// 200,000 lines of 32 MB in ten seconds.
    fn default() -> Self {
        Self {
            lines: 200_000,
            bytes: 32 << 20,
            time: Duration::from_secs(10),
        }
    }
}

/// What a reader came upon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Came {
    /// Lines that were read.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The time of the oldest record, where there was more than the bounds allow: before it, nothing is known.
    pub cut: Option<Timestamp>,
}

impl Came {
    /// What two readings came upon.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            lines: self.lines + other.lines,
            bytes: self.bytes + other.bytes,
            cut: self.cut.max(other.cut),
        }
    }
}
