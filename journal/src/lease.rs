//! Leases: who may work on something now. Held by the database's time, numbered by an epoch that
//! grows with every acquisition, so that a holder who slept through the end is recognised by
//! everything it still tries to write.

use std::time::{Duration, Instant};

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::clock::{duration_micros, from_micros};
use crate::committer::Done;
use crate::table::lease;
use crate::{JournalError, Reader, Writer};

/// The proof of a lease that claims and appends carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fence {
    pub(crate) lease: String,
    pub(crate) epoch: i64,
}

impl Fence {
    /// The lease's name.
    #[must_use]
    pub fn lease(&self) -> &str {
        &self.lease
    }

    /// The number of the acquisition.
    #[must_use]
    pub fn epoch(&self) -> i64 {
        self.epoch
    }
}

/// A lease as its holder sees it.
#[derive(Debug, Clone)]
pub struct LeaseHold {
    fence: Fence,
    owner: String,
    ttl: Duration,
    asked_at: Instant,
}

impl LeaseHold {
    /// What appends and claims carry.
    #[must_use]
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// Whether the holder may go on at `now`, by its own monotonic clock: until two thirds of the
    /// lease's time after it was last *asked* for. The rest is the margin for clocks that
    /// run differently and for work under way.
    #[must_use]
    pub fn still_mine(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked_at) < self.ttl * 2 / 3
    }

    /// Whether it is time to renew at `now`: from one third on.
    #[must_use]
    pub fn renewal_due(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.asked_at) >= self.ttl / 3
    }
}

/// A lease as anybody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseShown {
    /// Who acquired it last.
    pub owner: String,
    /// The number of that acquisition.
    pub epoch: i64,
    /// When it expires, or did, by the database's time.
    pub until: jiff::Timestamp,
    /// Whether it is in force now, by the database's time.
    pub held: bool,
    /// How much longer it lasts, if nobody renews it.
    pub left: Duration,
}

impl Reader {
    /// A lease as it stands; none if nobody ever had it.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn lease(&self, name: &str) -> Result<Option<LeaseShown>, JournalError> {
        let Some(row) = lease::Entity::find_by_id(name).one(&self.db).await? else {
            return Ok(None);
        };
        let now = self.clock.now(&self.db).await?;
        Ok(Some(LeaseShown {
            owner: row.owner,
            epoch: row.epoch,
            until: from_micros(row.expires_at),
            held: row.expires_at > now,
            left: Duration::from_micros(row.expires_at.saturating_sub(now).max(0).unsigned_abs()),
        }))
    }
}

impl Writer {
    /// Acquires a lease for `ttl`. `now` is the caller's monotonic clock before the call.
    ///
    /// An owner that still holds it from before a restart gets a new epoch at once: what the old
    /// process left claimed becomes uncertain, as it must. So an owner's name must be one
    /// process's only (as a SQLite journal has one writing process, the host's name will do there;
    /// on PostgreSQL it must also be unique among replicas).
    ///
    /// # Errors
    /// [`JournalError::LeaseHeld`] if another owner holds it.
    pub async fn acquire(
        &self,
        name: &str,
        owner: &str,
        ttl: Duration,
        now: Instant,
    ) -> Result<LeaseHold, JournalError> {
        let clock = self.options.clock.clone();
        let (lease, holder) = (name.to_owned(), owner.to_owned());
        let epoch = self
            .committer
            .write(move |tx| {
                Box::pin(async move {
                    let db_now = clock.now(tx).await?;
                    let before = lease::Entity::find_by_id(lease.as_str()).one(tx).await?;
                    if let Some(other) = before
                        .as_ref()
                        .filter(|held| held.expires_at > db_now && held.owner != holder)
                    {
                        return Err(JournalError::LeaseHeld {
                            lease,
                            owner: other.owner.clone(),
                            until: from_micros(other.expires_at),
                        });
                    }
                    let epoch = before.map_or(0, |lease| lease.epoch) + 1;
                    let row = lease::Model {
                        name: lease,
                        owner: holder,
                        epoch,
                        expires_at: db_now + duration_micros(ttl),
                    };
                    put(tx, row).await?;
                    Ok(Done::Wrote(epoch))
                })
            })
            .await?;
        let fence = Fence {
            lease: name.to_owned(),
            epoch,
        };
        Ok(LeaseHold {
            fence,
            owner: owner.to_owned(),
            ttl,
            asked_at: now,
        })
    }

    /// Renews a lease that is still held.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if it has expired or gone to another: stop all work under it.
    pub async fn renew(&self, hold: &mut LeaseHold, now: Instant) -> Result<(), JournalError> {
        self.move_expiry(hold, hold.ttl).await?;
        hold.asked_at = now;
        Ok(())
    }

    /// Gives a lease back, so that the next owner need not wait.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if it was no longer held.
    pub async fn release(&self, hold: LeaseHold) -> Result<(), JournalError> {
        self.move_expiry(&hold, Duration::ZERO).await
    }

    async fn move_expiry(&self, hold: &LeaseHold, to: Duration) -> Result<(), JournalError> {
        let clock = self.options.clock.clone();
        let (fence, owner) = (hold.fence.clone(), hold.owner.clone());
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    check(tx, &fence, now).await?;
                    let row = lease::Model {
                        name: fence.lease,
                        owner,
                        epoch: fence.epoch,
                        expires_at: now.saturating_add(duration_micros(to)),
                    };
                    put(tx, row).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

/// Fails unless the lease is held in this epoch at `now`.
pub(crate) async fn check<C: ConnectionTrait>(
    db: &C,
    fence: &Fence,
    now: i64,
) -> Result<(), JournalError> {
    let row = lease::Entity::find_by_id(fence.lease.as_str())
        .one(db)
        .await?;
    match row {
        Some(lease) if lease.epoch == fence.epoch && lease.expires_at > now => Ok(()),
        _ => Err(JournalError::Fenced {
            lease: fence.lease.clone(),
            epoch: fence.epoch,
        }),
    }
}

async fn put<C: ConnectionTrait>(db: &C, row: lease::Model) -> Result<(), JournalError> {
    let row = lease::ActiveModel {
        name: Set(row.name),
        owner: Set(row.owner),
        epoch: Set(row.epoch),
        expires_at: Set(row.expires_at),
    };
    lease::Entity::insert(row)
        .on_conflict(
            OnConflict::column(lease::Column::Name)
                .update_columns([
                    lease::Column::Owner,
                    lease::Column::Epoch,
                    lease::Column::ExpiresAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
