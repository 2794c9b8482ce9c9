//! Leaks memory by the clock, and gives it back when it ends.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use memmap2::MmapMut;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Kind;
use crate::shop::Shop;

const PERIOD: Duration = Duration::from_millis(250);
const MEGABYTE: f64 = 1_000_000.0;

/// Leaks `rate` MB per minute until the cap. Pages come from the kernel and go
/// back to it: an allocator would keep them.
pub(super) async fn leak(shop: &Arc<Shop>, rate: f64) -> Infallible {
    let mut leaked: Vec<MmapMut> = Vec::new();
    let mut bytes = 0.0;
    let since = Instant::now();
    let mut tick = interval(PERIOD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let share = rate
            / shop
                .faults
                .total(Kind::Memory)
                .max(rate)
                .max(f64::MIN_POSITIVE);
        let cap = shop.options.memory_cap_mb as f64 * MEGABYTE * share;
        let due = (since.elapsed().as_secs_f64() / 60.0 * rate * MEGABYTE).min(cap);
        let more = due - bytes;
        if more >= 4096.0 {
            match MmapMut::map_anon(more as usize) {
                Ok(mut pages) => {
                    // Untouched pages cost nothing and would not show.
                    pages.fill(0xA5);
                    leaked.push(pages);
                    bytes = due;
                }
                Err(error) => tracing::warn!(%error, "no more memory to leak"),
            }
        }
    }
}
