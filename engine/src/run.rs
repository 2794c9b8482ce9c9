//! The loop.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::outbox::UnderWay;
use crate::probes::Probes;
use crate::queue::Turns;
use crate::watch::Watches;
use journal::{Fence, JournalError};
use std::time::{Duration, Instant};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How often the journal is tidied.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

impl Engine {
    /// Works until told to stop. Keeps up with the journal and with its lease; while it leads, fires timers,
    /// handles inputs and effects, and keeps a watch on every deployment that is not over. What a dead
    /// predecessor left half done is found here: its claims come back as uncertain, its watches are rebuilt
    /// from journal and metrics.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), EngineError> {
        // Tasks of their own: neither waits for work that takes long.
        let mut beside = JoinSet::new();
        let (keeper, follower) = (self.clone(), self.clone());
        beside.spawn(async move { keeper.keep_lease().await });
        beside.spawn(async move { follower.follow().await });
        let mut effects = UnderWay::default();
        let mut watches = Watches::default();
        let worked = tokio::select! {
            worked = self.work(&stop, &mut effects, &mut watches) => worked,
            Some(ended) = beside.join_next() => Err(EngineError::Broken(match ended {
                Ok(()) => "the task that keeps the lease or follows the journal".to_owned(),
                Err(error) => format!("the task that keeps the lease or follows the journal: {error}"),
            })),
        };
        watches.stop().await;
        self.pulse.engine(None);
        self.meters().watching(0);
        // What is under way is given a moment, under a lease that is still kept; what does not finish is
        // found again as uncertain.
        let finish = async { while effects.next().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(5), finish).await;
        effects.shutdown().await;
        beside.shutdown().await;
        if let Some(hold) = self.hold() {
            self.set_hold(None);
            let _ = self.writer.release(hold).await;
        }
        worked
    }

    async fn work(
        &self,
        stop: &CancellationToken,
        effects: &mut UnderWay,
        watches: &mut Watches,
    ) -> Result<(), EngineError> {
        let mut commits = self.reader.commits();
        let mut lease_moved = self.lease_moved.subscribe();
        let mut probes = Probes::default();
        let mut turns = Turns::default();
        let mut tidied = Instant::now();
        while !stop.is_cancelled() {
            self.pulse.engine(Some(Instant::now()));
            commits.mark_unchanged();
            lease_moved.mark_unchanged();
            if self.hold().is_none() {
                // Somebody else may watch from here on.
                watches.stop().await;
                self.meters().watching(0);
                probes = Probes::default();
                turns = Turns::default();
            }
            if let Ok(fence) = self.fence() {
                probes.keep(self);
                if tidied.elapsed() >= TIDY_EVERY {
                    tidied = Instant::now();
                    self.tidy().await;
                }
                let busy = self.turn(&fence, effects, watches).await?;
                turns.keep(self, &fence);
                if busy {
                    continue;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.options.poll) => {}
                _ = commits.changed() => {}
                _ = lease_moved.changed() => {}
                Some(ended) = effects.next(), if !effects.is_empty() => self.mourn(ended),
            }
        }
        Ok(())
    }

    /// An effect whose task panicked stays claimed as long as the lease lasts.
    fn mourn(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended
            && error.is_panic()
        {
            tracing::error!(%error, "an effect ended in a panic");
            if let Ok(fence) = self.fence() {
                self.begin_anew(&fence);
            }
        }
    }

    /// Lets go of what has been kept long enough.
    async fn tidy(&self) {
        match self
            .writer
            .retain(&self.options.retention, self.clock.now())
            .await
        {
            Ok(retained) => {
                tracing::debug!(?retained, "tidied");
                if let Err(error) = self.forget_erased().await {
                    tracing::debug!(%error, "what was erased is listed until the next start");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what has been kept long enough could not be let go");
            }
        }
    }

    /// One look at everything; whether there was anything, so that more may wait.
    async fn turn(
        &self,
        fence: &Fence,
        effects: &mut UnderWay,
        watches: &mut Watches,
    ) -> Result<bool, EngineError> {
        while let Some(ended) = effects.ended() {
            self.mourn(ended);
        }
        match self.look(fence, effects, watches).await {
            Ok(busy) => Ok(busy),
            Err(EngineError::NotLeading) => Ok(false),
            Err(EngineError::Journal(JournalError::Closed)) => {
                Err(EngineError::Broken("the journal's writing task".to_owned()))
            }
            Err(error) => {
                self.meters().turn_failed();
                tracing::error!(%error, "a turn of the engine failed");
                self.doubt(fence, &error);
                Ok(false)
            }
        }
    }

    async fn look(
        &self,
        fence: &Fence,
        effects: &mut UnderWay,
        watches: &mut Watches,
    ) -> Result<bool, EngineError> {
        // Before what waits for its first look is taken up.
        watches.under(self, fence).await;
        let inputs = self.work_inbox(fence).await?;
        let begun = self.work_outbox(fence, effects).await?;
        watches.keep(self, fence).await?;
        Ok(inputs || begun)
    }

    /// An answer of the journal that was lost may have been a claim, and a claim ends only with its lease.
    pub(crate) fn doubt(&self, fence: &Fence, error: &EngineError) {
        if matches!(error, EngineError::Journal(_)) && !error.is_damage() {
            self.begin_anew(fence);
        }
    }
}
