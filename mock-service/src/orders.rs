//! The packing table behind the checkout: a bounded queue and one worker.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::dice::Dice;
use crate::metrics::Metrics;

const QUEUE: usize = 1000;
/// Median seconds to pack one order.
const PACK_SECONDS: f64 = 0.04;

pub(crate) struct Orders {
    entrance: mpsc::Sender<u64>,
    worker: JoinHandle<()>,
    metrics: Arc<Metrics>,
}

/// The queue takes no more.
#[derive(Debug)]
pub(crate) struct QueueFull;

impl Orders {
    /// Starts the worker; needs a tokio runtime.
    pub(crate) fn open(dice: Arc<Dice>, metrics: Arc<Metrics>) -> Self {
        let (entrance, mut table) = mpsc::channel(QUEUE);
        let packed = Arc::clone(&metrics);
        let worker = tokio::spawn(async move {
            while let Some(_order) = table.recv().await {
                sleep(Duration::from_secs_f64(dice.lognormal(PACK_SECONDS, 0.5))).await;
                packed.queue_depth.dec();
            }
        });
        Self {
            entrance,
            worker,
            metrics,
        }
    }

    pub(crate) fn push(&self, order: u64) -> Result<(), QueueFull> {
        // Before the send, or the worker could count it out before it was counted in.
        self.metrics.queue_depth.inc();
        self.entrance.try_send(order).map_err(|_| {
            self.metrics.queue_depth.dec();
            QueueFull
        })
    }
}

impl Drop for Orders {
    fn drop(&mut self) {
        self.worker.abort();
    }
}
