//! Where the time in inputs comes from.

use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The system's clock, or one that a test sets.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's.
    #[default]
    System,
    /// Set by hand: milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Now, to the millisecond: what is written is what is read back.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Self::System => Timestamp::now().as_millisecond(),
            Self::Manual(millis) => millis.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// 128 random bits as hex.
#[must_use]
pub fn nonce() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}
