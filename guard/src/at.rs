//! A moment as documents for programs write it.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A time that is written as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub Timestamp);

impl At {
    /// Seconds from this moment to another; negative when that was before.
    #[must_use]
    pub fn until(self, other: Self) -> f64 {
        other.0.duration_since(self.0).as_secs_f64()
    }
}

impl From<Timestamp> for At {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:.3}", self.0))
    }
}
