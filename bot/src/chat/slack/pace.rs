//! When a call may go out: not faster than Slack takes them, and not while it asked for peace.

use leaky_bucket::RateLimiter;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Slack takes about one message a second in a channel, and a few at once.
const EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 4;
/// How long a call waits for its turn here; longer waits belong to the outbox, where others need the room.
const PATIENCE: Duration = Duration::from_secs(2);

/// Turns, by channel; and pauses, by method.
pub(super) struct Pace {
    every: Duration,
    buckets: Mutex<HashMap<String, Arc<RateLimiter>>>,
    closed: Mutex<HashMap<String, Instant>>,
}

impl Default for Pace {
    fn default() -> Self {
        Self::of(EVERY)
    }
}

impl Pace {
    /// One call in a channel each time that so much has passed.
    pub(super) fn of(every: Duration) -> Self {
        Self {
            every,
            buckets: Mutex::default(),
            closed: Mutex::default(),
        }
    }

    /// Waits for the turn of one call.
    ///
    /// # Errors
    /// How much longer it would take than anybody waits here.
    pub(super) async fn turn(&self, method: &str, channel: &str) -> Result<(), Duration> {
        self.open(method).await?;
        let bucket = self.bucket(channel);
        let turn = timeout(PATIENCE, bucket.acquire_one()).await;
        turn.map_err(|_| PATIENCE)
    }

    /// Waits until Slack takes calls of this method again.
    ///
    /// # Errors
    /// As for a turn.
    pub(super) async fn open(&self, method: &str) -> Result<(), Duration> {
        match self.closed_for(method) {
            Some(wait) if wait > PATIENCE => Err(wait),
            Some(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Slack wants no call of this method for a while.
    pub(super) fn close(&self, method: &str, pause: Duration) {
        let until = Instant::now() + pause;
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = closed.entry(method.to_owned()).or_insert(until);
        *known = until.max(*known);
    }

    fn closed_for(&self, method: &str) -> Option<Duration> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let left = closed
            .get(method)?
            .saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    fn bucket(&self, channel: &str) -> Arc<RateLimiter> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(channel.to_owned()).or_insert_with(|| {
            let bucket = RateLimiter::builder()
                .initial(AT_ONCE)
                .max(AT_ONCE)
                .refill(1)
                .interval(self.every)
                .build();
            Arc::new(bucket)
        });
        Arc::clone(bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_few_calls_go_at_once_and_then_one_a_second_and_another_channel_waits_for_nobody() {
        let pace = Pace::default();
        let begun = Instant::now();
        for _ in 0..AT_ONCE + 2 {
            pace.turn("chat.update", "C1").await.unwrap();
        }
        let took = begun.elapsed();
        assert!(
            (Duration::from_millis(1500)..Duration::from_millis(2500)).contains(&took),
            "{took:?}"
        );
        let begun = Instant::now();
        pace.turn("chat.update", "C2").await.unwrap();
        assert!(begun.elapsed() < Duration::from_millis(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_slack_asked_for_is_kept_to_the_end() {
        let pace = Pace::default();
        pace.close("chat.update", Duration::from_secs(30));
        pace.close("chat.update", Duration::from_secs(2));
        let left = pace.turn("chat.update", "C1").await.unwrap_err();
        assert_eq!(left, Duration::from_secs(30));
        assert_eq!(pace.open("chat.update").await, Err(left), "whatever for");
        assert_eq!(pace.turn("chat.postMessage", "C1").await, Ok(()));
        tokio::time::sleep(Duration::from_secs(29)).await;
        let begun = Instant::now();
        pace.turn("chat.update", "C1").await.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(1));
    }
}
