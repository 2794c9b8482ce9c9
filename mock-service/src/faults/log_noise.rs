//! Writes log lines that say nothing.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::metrics::LevelLabels;
use crate::shop::Shop;

const PERIOD: Duration = Duration::from_millis(100);
/// One line in this many is a warning.
const WARN_EVERY: u64 = 20;

/// Writes `rate` lines per second.
pub(super) async fn chatter(shop: &Arc<Shop>, rate: f64) -> Infallible {
    let since = Instant::now();
    let mut written = 0_u64;
    let mut tick = interval(PERIOD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let due = (since.elapsed().as_secs_f64() * rate) as u64;
        while written < due {
            line(shop, written);
            written += 1;
        }
    }
}

fn line(shop: &Shop, number: u64) {
    let cache = shop.dice.below(64);
    let level = if number.is_multiple_of(WARN_EVERY) {
        tracing::warn!(number, cache, "cache entry refreshed late, retrying");
        "warn"
    } else {
        tracing::info!(number, cache, "cache entry refreshed");
        "info"
    };
    let labels = LevelLabels { level };
    shop.metrics.log_lines.get_or_create(&labels).inc();
}
