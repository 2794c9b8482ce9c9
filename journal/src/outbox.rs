//! What is to be done outside, written with the events that demand it. Effects of one key run one
//! after another. The promise is: an effect whose time has passed is never begun, and one that
//! may have been begun by a dead owner is handed on as uncertain, so that its handler looks for
//! its own marker first.

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::from_micros;
use crate::committer::Done;
use crate::inbox::{self, Delivery, Fate};
use crate::journal::JournalOptions;
use crate::lease::{self, Fence};
use crate::table::{Status, effect};
use crate::{JournalError, Writer, claim, json as stored};

/// The source of inputs that say how an effect ended.
pub const OUTBOX_SOURCE: &str = "outbox";

/// An effect that the holder of the claim, and nobody else, executes now.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedEffect {
    /// `<stream>@<revision>#<index>`: fit as the marker that the handler leaves outside.
    pub id: String,
    /// The stream whose event demanded it.
    pub stream: String,
    /// That event's revision.
    pub revision: i64,
    /// The key it is ordered in.
    pub key: String,
    /// Which handler does it.
    pub kind: String,
    /// What the handler needs.
    pub payload: Value,
    /// What must still be so outside.
    pub precondition: Option<Value>,
    /// The latest time to begin it.
    pub not_after: Option<Timestamp>,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// An earlier try may have done it: look for the marker before repeating. A notice is not
    /// repeated at all.
    pub uncertain: bool,
    /// Its time has passed and an earlier try may have done it: look for the marker, but do not
    /// repeat. Effects that were surely never begun end as stale without being claimed.
    pub expired: bool,
    pub(crate) fence: Fence,
}

impl ClaimedEffect {
    /// Whether it is too late to begin at `now`. To be asked right before acting: time passes
    /// between claim and execution.
    #[must_use]
    pub fn too_late(&self, now: Timestamp) -> bool {
        self.not_after.is_some_and(|limit| now > limit)
    }
}

/// Whether a failed try may have reached the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// Surely not: refused before anything was sent.
    No,
    /// Unknown: sent, but the answer was lost.
    Perhaps,
}

/// How an effect ended, as its stream is told through the inbox (source [`OUTBOX_SOURCE`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectEnded {
    /// The effect's id.
    pub effect: String,
    /// Its kind.
    pub kind: String,
    /// The end.
    pub end: EffectEnd,
    /// The handler's outcome, or what kept it from being done.
    pub outcome: Value,
}

/// The ways an effect ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectEnd {
    /// Executed; the outcome is the handler's.
    Done,
    /// Its time or its precondition had passed: not executed. Ask again if it is still wanted.
    Stale,
    /// Failed too often; it waits for an operator, and what is behind it in its key waits too.
    Quarantined,
    /// An operator took it out.
    Discarded,
}

impl Writer {
    /// Claims effects of the given kinds that are first in their key and due, oldest first; at
    /// most one of each key. Those whose time has passed end here as stale.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if the lease is gone.
    pub async fn claim_effects(
        &self,
        fence: &Fence,
        kinds: &[&str],
        limit: u64,
    ) -> Result<Vec<ClaimedEffect>, JournalError> {
        let options = self.options.clone();
        let fence = fence.clone();
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = options.clock.now(tx).await?;
                    lease::check(tx, &fence, now).await?;
                    claim_in(tx, &options, &fence, &kinds, limit, now).await
                })
            })
            .await
    }

    /// Ends an effect as executed and tells its stream.
    ///
    /// # Errors
    /// [`JournalError::ClaimLost`] or [`JournalError::Fenced`] if it is no longer the caller's:
    /// whoever has it now sees it as uncertain.
    pub async fn complete(
        &self,
        effect: &ClaimedEffect,
        outcome: &Value,
    ) -> Result<(), JournalError> {
        self.end_and_tell(effect, EffectEnd::Done, outcome.clone())
            .await
    }

    /// Ends an effect as not executed, because its time or its precondition has passed, and tells
    /// its stream.
    ///
    /// # Errors
    /// As [`Writer::complete`].
    pub async fn stale(&self, effect: &ClaimedEffect, why: &Value) -> Result<(), JournalError> {
        self.end_and_tell(effect, EffectEnd::Stale, why.clone())
            .await
    }

    /// Gives an effect back that failed: it comes again at `at`, or is quarantined with the error if
    /// this was its last try (then its stream is told).
    ///
    /// # Errors
    /// As [`Writer::complete`].
    pub async fn retry(
        &self,
        effect: &ClaimedEffect,
        at: Timestamp,
        error: &str,
        happened: Happened,
    ) -> Result<Fate, JournalError> {
        let options = self.options.clone();
        let (effect, error) = (effect.clone(), error.to_owned());
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = options.clock.now(tx).await?;
                    lease::check(tx, &effect.fence, now).await?;
                    let last = effect.attempt >= options.effect_tries;
                    let change = effect::ActiveModel {
                        status: Set(if last {
                            Status::Quarantined
                        } else {
                            Status::Pending
                        }),
                        uncertain: Set(effect.uncertain || happened == Happened::Perhaps),
                        last_error: Set(Some(error.clone())),
                        not_before: Set(at.as_microsecond()),
                        claim_lease: Set(None),
                        claim_epoch: Set(None),
                        ..effect::ActiveModel::default()
                    };
                    change_claimed(tx, &effect, change).await?;
                    if !last {
                        return Ok(Done::Wrote(Fate::Retried));
                    }
                    let told = ended(
                        &effect.id,
                        &effect.kind,
                        EffectEnd::Quarantined,
                        json!({"error": error}),
                    );
                    tell(tx, &effect.stream, told, effect.attempt, now).await?;
                    Ok(Done::Wrote(Fate::Quarantined))
                })
            })
            .await
    }

    /// An operator's second chance for a quarantined effect: its tries start over.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if no such effect is in quarantine.
    pub async fn requeue_effect(&self, id: &str) -> Result<(), JournalError> {
        let id = id.to_owned();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let change = effect::ActiveModel {
                        status: Set(Status::Pending),
                        attempts: Set(0),
                        not_before: Set(0),
                        ..effect::ActiveModel::default()
                    };
                    change_quarantined(tx, &id, change).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    /// An operator's end of a quarantined effect; its stream is told.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if no such effect is in quarantine.
    pub async fn discard_effect(&self, id: &str, why: &str) -> Result<(), JournalError> {
        let clock = self.options.clock.clone();
        let (id, why) = (id.to_owned(), json!({"why": why}));
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    let change = effect::ActiveModel {
                        status: Set(Status::Discarded),
                        outcome: Set(Some(why.to_string())),
                        ended_at: Set(Some(now)),
                        ..effect::ActiveModel::default()
                    };
                    let row = change_quarantined(tx, &id, change).await?;
                    let told = ended(&id, &row.kind, EffectEnd::Discarded, why);
                    tell(tx, &row.stream, told, 0, now).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    async fn end_and_tell(
        &self,
        effect: &ClaimedEffect,
        end: EffectEnd,
        outcome: Value,
    ) -> Result<(), JournalError> {
        let clock = self.options.clock.clone();
        let effect = effect.clone();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    let status = if end == EffectEnd::Stale {
                        Status::Stale
                    } else {
                        Status::Done
                    };
                    self::end(tx, &effect, status, &outcome, now).await?;
                    let told = ended(&effect.id, &effect.kind, end, outcome);
                    tell(tx, &effect.stream, told, 0, now).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

/// Ends a claimed effect without telling its stream.
pub(crate) async fn end(
    tx: &DatabaseTransaction,
    effect: &ClaimedEffect,
    status: Status,
    outcome: &Value,
    now: i64,
) -> Result<(), JournalError> {
    lease::check(tx, &effect.fence, now).await?;
    let change = effect::ActiveModel {
        status: Set(status),
        outcome: Set(Some(outcome.to_string())),
        ended_at: Set(Some(now)),
        claim_lease: Set(None),
        claim_epoch: Set(None),
        ..effect::ActiveModel::default()
    };
    change_claimed(tx, effect, change).await
}

async fn claim_in(
    tx: &DatabaseTransaction,
    options: &JournalOptions,
    fence: &Fence,
    kinds: &[String],
    limit: u64,
    now: i64,
) -> Result<Done<Vec<ClaimedEffect>>, JournalError> {
    let mut claimed: Vec<ClaimedEffect> = Vec::new();
    let mut wrote = false;
    // Ending a stale one brings the next of its key to the front: look again until all are live.
    loop {
        let room = limit.saturating_sub(claimed.len() as u64);
        let rows = claimable(tx, kinds, now, room).await?;
        wrote |= !rows.is_empty();
        let mut ended_any = false;
        for row in rows {
            let uncertain = row.uncertain || row.status == Status::Claimed;
            let expired = row.not_after.is_some_and(|limit| now > limit);
            if expired && !uncertain {
                end_unclaimed_stale(tx, row, now).await?;
                ended_any = true;
            } else if row.attempts.unsigned_abs() >= options.effect_tries {
                quarantine_unfinished(tx, row, now).await?;
            } else {
                claimed.push(take(tx, row, fence, uncertain, expired, now).await?);
            }
        }
        if !ended_any || claimed.len() as u64 >= limit {
            break;
        }
    }
    Ok(if wrote {
        Done::Wrote(claimed)
    } else {
        Done::Unchanged(claimed)
    })
}

async fn claimable(
    tx: &DatabaseTransaction,
    kinds: &[String],
    now: i64,
    limit: u64,
) -> Result<Vec<effect::Model>, JournalError> {
    let first = claim::first_in_line(
        effect::Entity,
        effect::Column::Ordinal,
        effect::Column::Key,
        effect::Column::Status,
    );
    Ok(effect::Entity::find()
        .filter(effect::Column::Ordinal.in_subquery(first))
        .filter(effect::Column::Kind.is_in(kinds))
        .filter(claim::claimable(
            effect::Column::Status,
            effect::Column::NotBefore,
            (effect::Entity, effect::Column::ClaimLease),
            (effect::Entity, effect::Column::ClaimEpoch),
            now,
        ))
        .order_by_asc(effect::Column::Ordinal)
        .limit(limit)
        .all(tx)
        .await?)
}

async fn take(
    tx: &DatabaseTransaction,
    row: effect::Model,
    fence: &Fence,
    uncertain: bool,
    expired: bool,
    now: i64,
) -> Result<ClaimedEffect, JournalError> {
    effect::Entity::update_many()
        .col_expr(
            effect::Column::Attempts,
            Expr::col(effect::Column::Attempts).add(1),
        )
        .set(effect::ActiveModel {
            status: Set(Status::Claimed),
            uncertain: Set(uncertain),
            claim_lease: Set(Some(fence.lease.clone())),
            claim_epoch: Set(Some(fence.epoch)),
            claimed_at: Set(Some(now)),
            ..effect::ActiveModel::default()
        })
        .filter(effect::Column::Ordinal.eq(row.ordinal))
        .exec(tx)
        .await?;
    let what = || format!("effect {}", row.id);
    Ok(ClaimedEffect {
        payload: stored::parse(&row.payload, what)?,
        precondition: stored::parse_option(row.precondition.as_deref(), what)?,
        id: row.id,
        stream: row.stream,
        revision: row.revision,
        key: row.key,
        kind: row.kind,
        not_after: row.not_after.map(from_micros),
        attempt: row.attempts.unsigned_abs() + 1,
        uncertain,
        expired,
        fence: fence.clone(),
    })
}

async fn end_unclaimed_stale(
    tx: &DatabaseTransaction,
    row: effect::Model,
    now: i64,
) -> Result<(), JournalError> {
    let outcome = json!({
        "why": "not executed in time",
        "not_after": row.not_after.map(from_micros),
        "last_error": row.last_error,
    });
    let change = effect::ActiveModel {
        status: Set(Status::Stale),
        outcome: Set(Some(outcome.to_string())),
        ended_at: Set(Some(now)),
        ..effect::ActiveModel::default()
    };
    change_row(tx, row.ordinal, change).await?;
    tell(
        tx,
        &row.stream,
        ended(&row.id, &row.kind, EffectEnd::Stale, outcome),
        0,
        now,
    )
    .await
}

async fn quarantine_unfinished(
    tx: &DatabaseTransaction,
    row: effect::Model,
    now: i64,
) -> Result<(), JournalError> {
    let error = row
        .last_error
        .unwrap_or_else(|| format!("{} tries were begun and none was finished", row.attempts));
    let change = effect::ActiveModel {
        status: Set(Status::Quarantined),
        uncertain: Set(true),
        last_error: Set(Some(error.clone())),
        claim_lease: Set(None),
        claim_epoch: Set(None),
        ..effect::ActiveModel::default()
    };
    change_row(tx, row.ordinal, change).await?;
    let told = ended(
        &row.id,
        &row.kind,
        EffectEnd::Quarantined,
        json!({"error": error}),
    );
    tell(tx, &row.stream, told, row.attempts.unsigned_abs(), now).await
}

fn ended(id: &str, kind: &str, end: EffectEnd, outcome: Value) -> EffectEnded {
    EffectEnded {
        effect: id.to_owned(),
        kind: kind.to_owned(),
        end,
        outcome,
    }
}

/// Tells the stream once per end; an effect can be quarantined again after an operator's requeue,
/// so that end counts its time too.
async fn tell(
    tx: &DatabaseTransaction,
    stream: &str,
    told: EffectEnded,
    attempt: u32,
    now: i64,
) -> Result<(), JournalError> {
    let delivery_key = match told.end {
        EffectEnd::Quarantined => format!("{}!{attempt}@{now}", told.effect),
        EffectEnd::Done | EffectEnd::Stale | EffectEnd::Discarded => told.effect.clone(),
    };
    let payload = serde_json::to_string(&told).map_err(|error| JournalError::Corrupt {
        what: format!("outcome of effect {}", told.effect),
        problem: error.to_string(),
    })?;
    inbox::put(
        tx,
        Delivery {
            source: OUTBOX_SOURCE.to_owned(),
            delivery_key,
            stream_key: stream.to_owned(),
            payload,
            received_at: now,
        },
    )
    .await?;
    Ok(())
}

async fn change_row(
    tx: &DatabaseTransaction,
    ordinal: i64,
    change: effect::ActiveModel,
) -> Result<(), JournalError> {
    effect::Entity::update_many()
        .set(change)
        .filter(effect::Column::Ordinal.eq(ordinal))
        .exec(tx)
        .await?;
    Ok(())
}

async fn change_quarantined(
    tx: &DatabaseTransaction,
    id: &str,
    change: effect::ActiveModel,
) -> Result<effect::Model, JournalError> {
    let row = effect::Entity::find()
        .filter(effect::Column::Id.eq(id))
        .filter(effect::Column::Status.eq(Status::Quarantined))
        .one(tx)
        .await?
        .ok_or_else(|| JournalError::NotFound(format!("quarantined effect {id}")))?;
    change_row(tx, row.ordinal, change).await?;
    Ok(row)
}

async fn change_claimed(
    tx: &DatabaseTransaction,
    effect: &ClaimedEffect,
    change: effect::ActiveModel,
) -> Result<(), JournalError> {
    let changed = effect::Entity::update_many()
        .set(change)
        .filter(effect::Column::Id.eq(effect.id.as_str()))
        .filter(effect::Column::Status.eq(Status::Claimed))
        .filter(effect::Column::ClaimLease.eq(effect.fence.lease.as_str()))
        .filter(effect::Column::ClaimEpoch.eq(effect.fence.epoch))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(JournalError::ClaimLost {
            what: format!("effect {}", effect.id),
            lease: effect.fence.lease.clone(),
            epoch: effect.fence.epoch,
        });
    }
    Ok(())
}
