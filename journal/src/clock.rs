//! Where the journal's time comes from. Leases, timers and claims are judged by one clock that
//! all writers share: the database's. Stored times are whole microseconds since 1970 (i64), which
//! both engines keep exactly.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::Duration;

use jiff::Timestamp;
use sea_orm::ConnectionTrait;

use crate::{JournalError, dialect};

/// The clock of a journal.
#[derive(Debug, Clone, Default)]
pub enum DbClock {
    /// The database server's time. For the product.
    #[default]
    Database,
    /// A clock moved by hand. For tests and replays under virtual time.
    Manual(ManualClock),
}

/// A clock that stands still until it is moved. Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock standing at `now` (whole microseconds).
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_microsecond())))
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        from_micros(self.0.load(Ordering::SeqCst))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(duration_micros(by), Ordering::SeqCst);
    }

    /// Sets the clock, backwards too: machines do that.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_microsecond(), Ordering::SeqCst);
    }
}

impl DbClock {
    /// Now, in microseconds since 1970.
    pub(crate) async fn now<C: ConnectionTrait>(&self, db: &C) -> Result<i64, JournalError> {
        match self {
            Self::Database => dialect::database_time(db).await,
            Self::Manual(clock) => Ok(clock.0.load(Ordering::SeqCst)),
        }
    }
}

pub(crate) fn duration_micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

/// Out-of-range values (only possible by tampering) become the end of time.
pub(crate) fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
