//! Who leads. One of the processes that share a journal watches and acts; all of them answer people.
//!
//! The lease is kept by a task of its own, so that work that takes long never lets it lapse.

use crate::engine::Engine;
use crate::error::EngineError;
use journal::{Fence, JournalError, LeaseHold};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// The name of the engine's lease: one process leads.
pub const LEASE: &str = "engine";

/// The shortest time between two looks at a lease.
const SHORTEST_LOOK: Duration = Duration::from_millis(50);

/// Who leads, as far as this process knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leadership {
    /// Whether it is this process.
    pub leading: bool,
    /// The owner of the lease in force; none when nobody leads.
    pub leader: Option<String>,
    /// How often the lease was acquired, by anybody.
    pub epoch: i64,
    /// Why the journal did not answer when it was asked last.
    pub unreachable: Option<String>,
}

impl Engine {
    /// Who leads, as last seen; not older than the time between two looks at the lease.
    #[must_use]
    pub fn leadership(&self) -> Leadership {
        let seen = self.seen_leader.read();
        let mut seen = seen.unwrap_or_else(PoisonError::into_inner).clone();
        seen.leading = self.leading();
        seen
    }

    /// Whether this process leads: only then is anything done.
    #[must_use]
    pub fn leading(&self) -> bool {
        self.fence().is_ok()
    }

    /// The proof of the lease, as long as this process' own clock says that it holds: one that was
    /// stopped for a while must not act before it has asked again.
    pub(crate) fn fence(&self) -> Result<Fence, EngineError> {
        self.hold()
            .filter(|hold| hold.still_mine(Instant::now()))
            .map(|hold| hold.fence().clone())
            .ok_or(EngineError::NotLeading)
    }

    /// Fails unless the lease is held, and since that time without a break.
    pub(crate) fn still_under(&self, begun: &Fence) -> Result<(), EngineError> {
        if self.fence()? == *begun {
            return Ok(());
        }
        Err(EngineError::NotLeading)
    }

    pub(crate) fn hold(&self) -> Option<LeaseHold> {
        let hold = self.hold.read();
        hold.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_hold(&self, hold: Option<LeaseHold>) {
        *self.hold.write().unwrap_or_else(PoisonError::into_inner) = hold;
        self.lease_moved.send_modify(|count| *count += 1);
    }

    /// Gives up the lease that this fence is of, as something was lost under it: an answer of the journal, or
    /// the lease itself. What was claimed under it comes back as uncertain under the next one.
    pub(crate) fn begin_anew(&self, under: &Fence) {
        if self.hold().is_some_and(|hold| hold.fence() == under) {
            tracing::warn!(
                epoch = under.epoch(),
                "work under this lease stops; it begins again under another"
            );
            self.meters().lost_the_lease();
            self.set_hold(None);
        }
    }

    /// Acquires and renews the lease, for ever.
    pub(crate) async fn keep_lease(&self) {
        let mut moved = self.lease_moved.subscribe();
        loop {
            moved.mark_unchanged();
            let look = match self.hold() {
                Some(hold) => self.renew(hold).await,
                None => self.try_to_lead().await,
            };
            tokio::select! {
                () = tokio::time::sleep(look.max(SHORTEST_LOOK)) => {}
                _ = moved.changed() => {}
            }
        }
    }

    /// Renews the lease if it is time to, and says when to look again.
    async fn renew(&self, mut hold: LeaseHold) -> Duration {
        let now = Instant::now();
        let often = self.options.lease() / 12;
        if !hold.renewal_due(now) {
            return often;
        }
        match self.writer.renew(&mut hold, now).await {
            // Unless somebody here gave it up meanwhile.
            Ok(()) if self.hold().is_some_and(|held| held.fence() == hold.fence()) => {
                *self.hold.write().unwrap_or_else(PoisonError::into_inner) = Some(hold.clone());
                self.see(hold.fence().epoch(), Some(&self.options.owner), None);
            }
            Ok(()) => {}
            Err(JournalError::Fenced { .. }) => {
                self.begin_anew(hold.fence());
                return Duration::ZERO;
            }
            Err(error) => {
                tracing::warn!(%error, "the lease cannot be renewed now");
                self.see(hold.fence().epoch(), None, Some(&error));
            }
        }
        often
    }

    /// Acquires the lease if it is to be had, and says when to look again.
    async fn try_to_lead(&self) -> Duration {
        // A look costs no write; acquiring does, and keeps other writers waiting.
        match self.reader.lease(LEASE).await {
            Ok(Some(lease)) if lease.held && lease.owner != self.options.owner => {
                self.see(lease.epoch, Some(&lease.owner), None);
                return lease.left.min(self.options.poll);
            }
            Ok(_) => {}
            Err(error) => return self.no_lease(&error),
        }
        let (ttl, now) = (self.options.lease(), Instant::now());
        let acquired = self
            .writer
            .acquire(LEASE, &self.options.owner, ttl, now)
            .await;
        match acquired {
            Ok(hold) => self.lead(hold).await,
            Err(JournalError::LeaseHeld { owner, until, .. }) => {
                tracing::debug!(owner, %until, "another process was faster");
                self.options.poll
            }
            Err(error) => self.no_lease(&error),
        }
    }

    /// Begins to lead, once it is known what others wrote before.
    async fn lead(&self, hold: LeaseHold) -> Duration {
        if let Err(error) = self.catch_up().await {
            tracing::warn!(%error, "what others wrote cannot be read; this process does not lead yet");
            return self.options.poll;
        }
        let epoch = hold.fence().epoch();
        tracing::info!(epoch, "this process leads");
        self.meters().led();
        self.see(epoch, Some(&self.options.owner), None);
        self.set_hold(Some(hold));
        Duration::ZERO
    }

    fn no_lease(&self, error: &JournalError) -> Duration {
        tracing::warn!(%error, "the engine's lease cannot be acquired");
        self.see(0, None, Some(error));
        self.options.poll
    }

    fn see(&self, epoch: i64, leader: Option<&str>, error: Option<&JournalError>) {
        let mut seen = self
            .seen_leader
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if seen.leader.as_deref() != leader && leader != Some(&self.options.owner) {
            tracing::info!(leader, "who leads has changed");
        }
        *seen = Leadership {
            leading: false,
            leader: leader.map(str::to_owned),
            epoch,
            unreachable: error.map(ToString::to_string),
        };
    }
}
