//! The fault switch: what is broken now.

mod api;
mod cpu;
mod crash_loop;
mod disk;
mod kind;
mod life;
mod log_noise;
mod memory;
mod order;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Route;

pub(crate) use api::router;
pub(crate) use crash_loop::recall as recall_crash_loop;
pub use kind::Kind;
pub(crate) use life::{resume_crash_loop, start};
pub(crate) use order::Order;

/// A fault that was started, as the API tells it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// What to delete it by.
    pub id: String,
    /// What is broken.
    pub kind: Kind,
    /// How much, in the unit of the kind.
    pub intensity: f64,
    /// How long, as ordered.
    pub seconds: f64,
    /// Where; everywhere but on the probes if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<Vec<Route>>,
    /// Share of packets lost (`network`).
    #[serde(skip_serializing_if = "is_zero")]
    pub loss: f64,
    /// Share of requests whose connection is reset (`network`).
    #[serde(skip_serializing_if = "is_zero")]
    pub reset: f64,
    /// RFC 3339, UTC, milliseconds.
    #[serde(serialize_with = "millis")]
    pub started_at: Timestamp,
    /// When it ends by itself.
    #[serde(serialize_with = "millis")]
    pub ends_at: Timestamp,
}

fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

fn millis<S: serde::Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{time:.3}"))
}

/// Delays, losses and resets of all network faults together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Weather {
    pub(crate) delay: f64,
    pub(crate) loss: f64,
    pub(crate) reset: f64,
}

/// The faults that run now, oldest first.
#[derive(Default)]
pub(crate) struct Faults {
    running: Mutex<Vec<Running>>,
}

struct Running {
    fault: Fault,
    /// Cancelled when the fault is over, by order or by time.
    over: CancellationToken,
    /// Ends when its traces are cleared.
    task: JoinHandle<()>,
}

impl Faults {
    fn running(&self) -> MutexGuard<'_, Vec<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.running().iter().map(|r| r.fault.clone()).collect()
    }

    /// Ends one fault and waits until its traces are cleared; false if there is none such.
    pub(crate) async fn stop(&self, id: &str) -> bool {
        let found = {
            let mut running = self.running();
            let place = running.iter().position(|r| r.fault.id == id);
            place.map(|place| running.remove(place))
        };
        match found {
            None => false,
            Some(fault) => {
                end(fault).await;
                true
            }
        }
    }

    /// Ends them all and waits until their traces are cleared.
    pub(crate) async fn stop_all(&self) {
        let all = std::mem::take(&mut *self.running());
        for fault in all {
            end(fault).await;
        }
    }

    /// Forgets them all with the process, uncleared: a crash loop is to go on after it.
    pub(crate) async fn abandon(&self) {
        let all = std::mem::take(&mut *self.running());
        for fault in all {
            fault.task.abort();
            fault.task.await.ok();
        }
    }

    /// Waits as long as a fault makes the shop hang.
    pub(crate) async fn wait_while_hanging(&self) {
        while let Some(over) = self.hang() {
            over.cancelled().await;
        }
    }

    fn hang(&self) -> Option<CancellationToken> {
        let is_hang = |r: &&Running| {
            r.fault.kind == Kind::Crash && r.fault.intensity == 2.0 && !r.over.is_cancelled()
        };
        self.running().iter().find(is_hang).map(|r| r.over.clone())
    }

    /// Share of requests that fail: several faults fail independently.
    pub(crate) fn error_share(&self, route: Route) -> f64 {
        self.share(Kind::Errors, route)
    }

    pub(crate) fn dependency_share(&self, route: Route) -> f64 {
        self.share(Kind::Dependency, route)
    }

    fn share(&self, kind: Kind, route: Route) -> f64 {
        let spared: f64 = self
            .on(kind, route, |f| 1.0 - f.intensity)
            .into_iter()
            .product();
        1.0 - spared
    }

    /// Seconds added at the median, one for each fault.
    pub(crate) fn latency_medians(&self, route: Route) -> Vec<f64> {
        self.on(Kind::Latency, route, |f| f.intensity)
    }

    /// Which fault loses a connection, and in which share of requests.
    pub(crate) fn pool_leaks(&self, route: Route) -> Vec<(String, f64)> {
        self.on(Kind::Pool, route, |f| (f.id.clone(), f.intensity / 100.0))
    }

    pub(crate) fn weather(&self) -> Option<Weather> {
        let running = self.running();
        let mut storms = running
            .iter()
            .map(|r| &r.fault)
            .filter(|f| f.kind == Kind::Network)
            .peekable();
        storms.peek()?;
        let calm = Weather {
            delay: 0.0,
            loss: 0.0,
            reset: 0.0,
        };
        Some(storms.fold(calm, |all, one| Weather {
            delay: all.delay + one.intensity,
            loss: 1.0 - (1.0 - all.loss) * (1.0 - one.loss),
            reset: 1.0 - (1.0 - all.reset) * (1.0 - one.reset),
        }))
    }

    /// The sum of all intensities of a kind.
    pub(crate) fn total(&self, kind: Kind) -> f64 {
        let running = self.running();
        let same = running.iter().filter(|r| r.fault.kind == kind);
        same.map(|r| r.fault.intensity).sum()
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        let running = self.running();
        running.iter().filter(|r| r.fault.kind == kind).count()
    }

    fn on<T>(&self, kind: Kind, route: Route, read: impl Fn(&Fault) -> T) -> Vec<T> {
        let hits = |fault: &Fault| match &fault.routes {
            Some(routes) => routes.contains(&route),
            None => !route.is_probe(),
        };
        self.running()
            .iter()
            .map(|r| &r.fault)
            .filter(|f| f.kind == kind && hits(f))
            .map(read)
            .collect()
    }

    fn add(&self, running: Running) {
        self.running().push(running);
    }

    fn forget(&self, id: &str) {
        self.running().retain(|r| r.fault.id != id);
    }
}

async fn end(running: Running) {
    running.over.cancel();
    if let Err(error) = running.task.await {
        tracing::error!(fault = running.fault.id, %error, "fault ended badly");
    }
}
