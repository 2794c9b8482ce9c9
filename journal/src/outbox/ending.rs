//! How effects end, and how their streams hear of it.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{ClaimedEffect, EffectEnd, EffectEnded, Happened, OUTBOX_SOURCE};
use crate::committer::Done;
use crate::inbox::{self, Delivery, Fate};
use crate::table::{Status, effect};
use crate::{JournalError, Writer, claim, lease};

impl Writer {
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
        let (effect, error) = (effect.clone(), claim::storable(error));
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

    /// Gives an effect back whose handler answered that it cannot be done now: it comes again at `at`, and
    /// its tries start over. They count what ends without an answer; whoever answers decides by itself when
    /// to give up.
    ///
    /// # Errors
    /// As [`Writer::complete`].
    pub async fn postpone(
        &self,
        effect: &ClaimedEffect,
        at: Timestamp,
        error: &str,
        happened: Happened,
    ) -> Result<(), JournalError> {
        let clock = self.options.clock.clone();
        let (effect, error) = (effect.clone(), claim::storable(error));
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    lease::check(tx, &effect.fence, now).await?;
                    let change = effect::ActiveModel {
                        status: Set(Status::Pending),
                        attempts: Set(0),
                        uncertain: Set(effect.uncertain || happened == Happened::Perhaps),
                        last_error: Set(Some(error)),
                        not_before: Set(at.as_microsecond()),
                        claim_lease: Set(None),
                        claim_epoch: Set(None),
                        ..effect::ActiveModel::default()
                    };
                    change_claimed(tx, &effect, change).await?;
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

pub(crate) fn ended(id: &str, kind: &str, end: EffectEnd, outcome: Value) -> EffectEnded {
    EffectEnded {
        effect: id.to_owned(),
        kind: kind.to_owned(),
        end,
        outcome,
    }
}

/// Tells the stream once per end; an effect can be quarantined again after an operator's requeue,
/// so that end counts its time too.
pub(crate) async fn tell(
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

pub(crate) async fn change_row(
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
