//! The loop.

use crate::engine::Engine;
use crate::error::EngineError;
use journal::{JournalError, LeaseHold};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The name of the engine's lease: one process leads.
const LEASE: &str = "engine";

/// How often the journal is tidied.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

impl Engine {
    /// Works until told to stop: holds the lease, fires timers, handles inputs and effects, keeps a
    /// watch on every deployment that is not over. What a dead predecessor left half done is found
    /// here: its claims come back as uncertain, its watches are rebuilt from journal and metrics.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), EngineError> {
        let mut commits = self.reader.commits();
        let mut effects = JoinSet::new();
        let mut watches = crate::watch::Watches::default();
        let mut probes = crate::probes::Probes::default();
        let mut hold: Option<LeaseHold> = None;
        let mut tidied = Instant::now();
        while !stop.is_cancelled() {
            hold = self.hold_lease(hold).await;
            let busy = match &hold {
                Some(_) => {
                    probes.keep(self);
                    self.turn(&mut effects, &mut watches).await
                }
                None => Ok(false),
            };
            if hold.is_some() && tidied.elapsed() >= TIDY_EVERY {
                tidied = Instant::now();
                self.tidy().await;
            }
            match busy {
                Ok(true) => continue,
                Ok(false) => {}
                Err(
                    EngineError::Journal(JournalError::Fenced { .. }) | EngineError::NotLeading,
                ) => {
                    tracing::warn!("the lease is gone; work stops until it is held again");
                    hold = None;
                    self.set_hold(None);
                }
                Err(error) => tracing::error!(%error, "a turn of the engine failed"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.options.poll) => {}
                _ = commits.changed() => {}
                Some(_) = effects.join_next(), if !effects.is_empty() => {}
            }
        }
        watches.stop().await;
        // What is under way is given a moment; what does not finish is found again as uncertain.
        let finish = async { while effects.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(5), finish).await;
        effects.abort_all();
        if let Some(hold) = hold {
            let _ = self.writer.release(hold).await;
        }
        self.set_hold(None);
        Ok(())
    }

    /// Lets go of what has been kept long enough.
    async fn tidy(&self) {
        match self
            .writer
            .retain(&self.options.retention, self.clock.now())
            .await
        {
            Ok(retained) => tracing::debug!(?retained, "tidied"),
            Err(error) => {
                tracing::warn!(%error, "what has been kept long enough could not be let go");
            }
        }
    }

    async fn turn(
        &self,
        effects: &mut JoinSet<()>,
        watches: &mut crate::watch::Watches,
    ) -> Result<bool, EngineError> {
        while effects.try_join_next().is_some() {}
        let inputs = self.work_inbox().await?;
        let begun = self.work_outbox(effects).await?;
        watches.keep(self).await?;
        Ok(inputs || begun)
    }

    /// The lease, renewed or acquired; none when it is not to be had now.
    async fn hold_lease(&self, hold: Option<LeaseHold>) -> Option<LeaseHold> {
        let now = Instant::now();
        if let Some(mut hold) = hold {
            if !hold.renewal_due(now) {
                return Some(hold);
            }
            if hold.still_mine(now) && self.writer.renew(&mut hold, now).await.is_ok() {
                self.renewed(Some(hold.clone()));
                return Some(hold);
            }
            // Asleep for too long, or somebody else has it: nothing may be finished under the old one.
            tracing::warn!(
                epoch = hold.fence().epoch(),
                "the lease is lost; work under it stops"
            );
            self.set_hold(None);
        }
        match self
            .writer
            .acquire(LEASE, &self.options.owner, self.options.lease, now)
            .await
        {
            Ok(hold) => {
                tracing::info!(epoch = hold.fence().epoch(), "this process leads");
                self.set_hold(Some(hold.clone()));
                Some(hold)
            }
            Err(JournalError::LeaseHeld { owner, until, .. }) => {
                tracing::debug!(owner, %until, "another process leads");
                None
            }
            Err(error) => {
                tracing::error!(%error, "the engine's lease cannot be acquired");
                None
            }
        }
    }
}
