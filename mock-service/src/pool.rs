//! The database connections of the shop: a real bounded pool that a fault can leak.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::metrics::{Metrics, StateLabels};

/// How long a request waits for a connection before it gives up.
const WAIT: Duration = Duration::from_secs(2);

pub(crate) struct Pool {
    size: usize,
    free: Arc<Semaphore>,
    /// Connections lost, by the fault that lost them. A fault that has ended
    /// has no entry, so that a late request cannot lose one for good.
    lost: Mutex<HashMap<String, usize>>,
    metrics: Arc<Metrics>,
}

/// Nobody got a connection in time.
#[derive(Debug)]
pub(crate) struct Exhausted;

pub(crate) struct Connection {
    permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(size: usize, metrics: Arc<Metrics>) -> Self {
        let pool = Self {
            size,
            free: Arc::new(Semaphore::new(size)),
            lost: Mutex::default(),
            metrics,
        };
        pool.report();
        pool
    }

    pub(crate) async fn acquire(&self) -> Result<Connection, Exhausted> {
        let since = Instant::now();
        let answer = timeout(WAIT, Arc::clone(&self.free).acquire_owned()).await;
        self.metrics
            .pool_wait
            .observe(since.elapsed().as_secs_f64());
        match answer {
            Ok(Ok(permit)) => Ok(Connection { permit }),
            // The semaphore is never closed; either way there is no connection.
            Ok(Err(_)) | Err(_) => Err(Exhausted),
        }
    }

    /// Loses a connection for as long as the fault lasts.
    pub(crate) fn leak(&self, connection: Connection, fault: &str) {
        if let Some(count) = self.ledger().get_mut(fault) {
            *count += 1;
            connection.permit.forget();
        }
    }

    pub(crate) fn begin_leak(&self, fault: &str) {
        self.ledger().insert(fault.to_owned(), 0);
    }

    pub(crate) fn end_leak(&self, fault: &str) {
        let returned = self.ledger().remove(fault).unwrap_or(0);
        self.free.add_permits(returned);
    }

    /// A lost connection counts as active, as in any pool: it does not know.
    pub(crate) fn report(&self) {
        let idle = self.free.available_permits();
        let states = [
            ("active", self.size.saturating_sub(idle)),
            ("idle", idle),
            ("max", self.size),
        ];
        for (state, count) in states {
            let gauge = self
                .metrics
                .pool_connections
                .get_or_create_owned(&StateLabels { state });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    fn ledger(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
