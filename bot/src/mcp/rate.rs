//! How often a client may call: as many at once as in a minute, and then evenly.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Clients that are remembered; what has not called for a minute is forgotten then.
const MOST: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);

/// What each client has left.
#[derive(Debug, Default)]
pub(super) struct Limits {
    left: Mutex<HashMap<String, (f64, Instant)>>,
}

impl Limits {
    /// Takes one call of so many a minute; or how long until there is one.
    pub(super) fn take(&self, client: &str, rate: u32, now: Instant) -> Result<(), Duration> {
        let most = f64::from(rate);
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.len() >= MOST {
            left.retain(|_, (_, at)| now.saturating_duration_since(*at) < MINUTE);
        }
        let (calls, at) = left.entry(client.to_owned()).or_insert((most, now));
        let passed = now.saturating_duration_since(*at).as_secs_f64();
        *calls = (*calls + passed * most / MINUTE.as_secs_f64()).min(most);
        *at = now;
        if *calls >= 1.0 {
            *calls -= 1.0;
            return Ok(());
        }
        let missing = (1.0 - *calls) * MINUTE.as_secs_f64() / most;
        Err(Duration::from_secs_f64(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_its_calls_of_a_minute_and_then_waits_for_the_next_one() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..30 {
            assert_eq!(limits.take("ide", 30, now), Ok(()));
        }
        let wait = limits.take("ide", 30, now).unwrap_err();
        assert!((1.9..=2.1).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(limits.take("other", 30, now), Ok(()));
        assert_eq!(
            limits.take("ide", 30, now + Duration::from_millis(2_100)),
            Ok(())
        );
        assert!(
            limits
                .take("ide", 30, now + Duration::from_millis(2_200))
                .is_err()
        );
    }
}
