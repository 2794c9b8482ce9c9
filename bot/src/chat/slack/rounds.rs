//! What no event causes: what waited for the end of quiet hours, and digests.
//!
//! Whoever leads goes its rounds; what was said is in the journal, so the next leader goes on where this one ended.

use super::channel::SlackChannel;
use engine::Engine;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The time between two rounds.
const EVERY: Duration = Duration::from_secs(20);

/// The rounds of a workspace's channels.
pub struct SlackRounds {
    channel: Arc<SlackChannel>,
    engine: Engine,
}

impl SlackRounds {
    /// The rounds in which this channel speaks.
    #[must_use]
    pub fn new(channel: Arc<SlackChannel>, engine: Engine) -> Self {
        Self { channel, engine }
    }

    /// Goes round until it is told to stop, whenever this server leads.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if self.engine.leading() {
                self.once().await;
            }
        }
    }

    /// One round. What cannot be said now is said in a later one.
    pub async fn once(&self) {
        if let Err(error) = self.channel.catch_up().await {
            tracing::warn!(%error, "what waited for the end of quiet hours goes on waiting");
        }
        self.channel.digests(&self.engine).await;
    }
}
