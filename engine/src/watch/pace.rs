//! When a watch ticks: at its own place within the interval, which it shares with a few others.
//!
//! Two hundred watches that tick at one moment make a source and this process breathe in gasps; each
//! at a moment of its own makes two hundred times the queries. So the interval has some slots; who
//! shares one asks together.

use sources::metrics::phase;
use std::time::Duration;
use tokio::time::Instant;

/// Slots are not shorter than this.
const SLOT: Duration = Duration::from_millis(250);
/// Most slots of an interval.
const MOST_SLOTS: u32 = 20;

/// The moments at which one watch ticks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    first: Instant,
    interval: Duration,
}

impl Pace {
    /// The pace of `key`, counted from an `epoch` that all watches share.
    pub(super) fn new(key: &str, interval: Duration, epoch: Instant) -> Self {
        let interval = interval.max(Duration::from_millis(1));
        let slots = (interval.as_millis() / SLOT.as_millis()).clamp(1, MOST_SLOTS.into()) as u32;
        let slot = interval / slots;
        let place = phase(key, interval).as_nanos() / slot.as_nanos().max(1);
        Self {
            first: epoch + slot * (place as u32).min(slots - 1),
            interval,
        }
    }

    /// The first moment after `now`.
    pub(super) fn next(&self, now: Instant) -> Instant {
        let Some(since) = now.checked_duration_since(self.first) else {
            return self.first;
        };
        let passed = since.as_nanos() / self.interval.as_nanos() + 1;
        self.first + self.interval * u32::try_from(passed).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const FIVE: Duration = Duration::from_secs(5);

    #[test]
    fn a_watch_ticks_once_per_interval_at_the_same_place() {
        let epoch = Instant::now();
        let pace = Pace::new("shop", FIVE, epoch);
        let first = pace.next(epoch + FIVE);
        assert!(first > epoch + FIVE && first <= epoch + 2 * FIVE);
        assert_eq!(pace.next(first), first + FIVE);
        assert_eq!(pace.next(first - Duration::from_millis(1)), first);
        // Who took too long goes on at the next place, and does not make up for what was missed.
        assert_eq!(pace.next(first + FIVE * 7 / 2), first + FIVE * 4);
        assert!(pace.next(epoch - FIVE) >= epoch);
    }

    #[test]
    fn watches_share_slots_and_fill_the_interval() {
        let epoch = Instant::now();
        let mut slots: BTreeMap<Instant, u32> = BTreeMap::new();
        for n in 0..200 {
            let pace = Pace::new(&format!("service-{n}"), FIVE, epoch);
            *slots.entry(pace.next(epoch + FIVE)).or_default() += 1;
        }
        assert_eq!(slots.len(), 20);
        assert!(slots.values().all(|n| (2..30).contains(n)), "{slots:?}");
    }

    #[test]
    fn a_short_interval_has_few_slots_and_an_odd_one_works() {
        let epoch = Instant::now();
        for ms in [1, 100, 333, 1000] {
            let interval = Duration::from_millis(ms);
            let all: std::collections::BTreeSet<Instant> = (0..100)
                .map(|n| Pace::new(&n.to_string(), interval, epoch).next(epoch))
                .collect();
            assert!(all.len() as u64 <= (ms / 250).max(1), "{ms}: {}", all.len());
            assert!(all.iter().all(|at| *at > epoch && *at <= epoch + interval));
        }
    }
}
