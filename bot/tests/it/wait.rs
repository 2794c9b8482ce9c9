//! Waiting with a deadline. Nothing is asserted about how long things take.

use std::time::Duration;
use tokio::time::{Instant, sleep};

/// When waiting is given up: far beyond what a busy machine needs.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(150);

/// Looks until there is something.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {} s in vain until {what}",
            DEADLINE.as_secs()
        );
        sleep(LOOK_EVERY).await;
    }
}
