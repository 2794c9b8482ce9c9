//! Fills the quota folder and makes its syncs slow.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Fault, Kind};
use crate::shop::Shop;

const PERIOD: Duration = Duration::from_millis(500);
/// Kind to the disk that all its neighbours share.
const MOST_BYTES_PER_SECOND: f64 = 20e6;

/// Writes `intensity` MB in the first half of the fault, at most 20 MB/s.
pub(super) async fn fill(shop: &Arc<Shop>, fault: &Fault) -> Infallible {
    shop.disk.set_busy(true);
    let wanted = fault.intensity * 1e6;
    let rate = (wanted / (fault.seconds / 2.0)).min(MOST_BYTES_PER_SECOND);
    let since = Instant::now();
    let mut written = 0.0;
    let mut tick = interval(PERIOD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let due = (rate * since.elapsed().as_secs_f64()).min(wanted);
        let step = (due - written).min(MOST_BYTES_PER_SECOND);
        if step >= 1.0 {
            match shop.disk.fill(step as u64).await {
                Ok(()) => written += step,
                Err(error) => tracing::warn!(%error, "quota folder not filled"),
            }
        }
    }
}

/// The last disk fault empties the folder.
pub(super) fn clear(shop: &Arc<Shop>) {
    if shop.faults.count(Kind::Disk) == 0 {
        shop.disk.set_busy(false);
        if let Err(error) = shop.disk.empty() {
            tracing::error!(%error, "quota folder not emptied");
        }
    }
}
