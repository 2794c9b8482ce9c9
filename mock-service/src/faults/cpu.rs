//! Burns processor time in short bursts, so that the neighbours hardly feel it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::Kind;
use crate::shop::Shop;

const PERIOD: Duration = Duration::from_millis(50);
/// However many cpu faults run.
const MOST_CORES: f64 = 0.3;

/// Several faults share one budget: each burns its part of the capped sum.
pub(super) async fn burn(shop: &Arc<Shop>) -> Infallible {
    let mut tick = interval(PERIOD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let count = shop.faults.count(Kind::Cpu).max(1);
        let cores = shop.faults.total(Kind::Cpu).min(MOST_CORES) / count as f64;
        let busy = PERIOD.mul_f64(cores);
        if !busy.is_zero() && spawn_blocking(move || spin(busy)).await.is_err() {
            tracing::error!("cpu burst ended badly");
        }
    }
}

fn spin(busy: Duration) {
    let since = Instant::now();
    while since.elapsed() < busy {
        std::hint::spin_loop();
    }
}
