//! Claiming inputs: who handles which, and how that ends.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};

use serde_json::Value;

use super::ClaimedInput;
use crate::clock::from_micros;
use crate::lease::Fence;
use crate::table::{Status, inbox};
use crate::{JournalError, claim, json};

pub(super) fn payload(row: &inbox::Model) -> Result<Value, JournalError> {
    json::parse(&row.payload, || format!("inbox {}", row.id))
}

/// Which keys.
pub(super) enum Wanted {
    All,
    Key(String),
    /// Those that begin like this, or all others.
    Beginning(String, bool),
}

pub(super) async fn claimable(
    tx: &DatabaseTransaction,
    now: i64,
    limit: u64,
    wanted: Wanted,
) -> Result<Vec<inbox::Model>, JournalError> {
    let mut first = claim::first_in_line(
        inbox::Entity,
        inbox::Column::Id,
        inbox::Column::StreamKey,
        inbox::Column::Status,
    );
    if let Wanted::Beginning(beginning, like_this) = &wanted {
        let like = inbox::Column::StreamKey.starts_with(beginning);
        first.and_where(if *like_this { like } else { like.not() });
    }
    let mut found = inbox::Entity::find()
        .filter(inbox::Column::Id.in_subquery(first))
        .filter(claim::claimable(
            inbox::Column::Status,
            inbox::Column::NotBefore,
            (inbox::Entity, inbox::Column::ClaimLease),
            (inbox::Entity, inbox::Column::ClaimEpoch),
            now,
        ))
        .order_by_asc(inbox::Column::Id)
        .limit(limit);
    if let Wanted::Key(key) = wanted {
        found = found.filter(inbox::Column::StreamKey.eq(key));
    }
    Ok(found.all(tx).await?)
}

pub(super) async fn take(
    tx: &DatabaseTransaction,
    row: inbox::Model,
    payload: Value,
    fence: &Fence,
) -> Result<ClaimedInput, JournalError> {
    inbox::Entity::update_many()
        .col_expr(
            inbox::Column::Attempts,
            Expr::col(inbox::Column::Attempts).add(1),
        )
        .set(inbox::ActiveModel {
            status: Set(Status::Claimed),
            claim_lease: Set(Some(fence.lease.clone())),
            claim_epoch: Set(Some(fence.epoch)),
            ..inbox::ActiveModel::default()
        })
        .filter(inbox::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(ClaimedInput {
        payload,
        id: row.id,
        source: row.source,
        delivery_key: row.delivery_key,
        stream_key: row.stream_key,
        received_at: from_micros(row.received_at),
        attempt: row.attempts.unsigned_abs() + 1,
        fence: fence.clone(),
    })
}

pub(super) async fn quarantine_unfinished(
    tx: &DatabaseTransaction,
    row: &inbox::Model,
    damaged: Option<String>,
) -> Result<(), JournalError> {
    let error = damaged
        .or_else(|| row.last_error.clone())
        .unwrap_or_else(|| format!("{} tries were begun and none was finished", row.attempts));
    tracing::error!(
        input = row.id,
        key = row.stream_key,
        error,
        "an input is in quarantine and holds back its key"
    );
    inbox::Entity::update_many()
        .set(inbox::ActiveModel {
            status: Set(Status::Quarantined),
            last_error: Set(Some(error)),
            claim_lease: Set(None),
            claim_epoch: Set(None),
            ..inbox::ActiveModel::default()
        })
        .filter(inbox::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn change_claimed(
    tx: &DatabaseTransaction,
    input: &ClaimedInput,
    change: inbox::ActiveModel,
) -> Result<(), JournalError> {
    let changed = inbox::Entity::update_many()
        .set(change)
        .filter(inbox::Column::Id.eq(input.id))
        .filter(inbox::Column::Status.eq(Status::Claimed))
        .filter(inbox::Column::ClaimLease.eq(input.fence.lease.as_str()))
        .filter(inbox::Column::ClaimEpoch.eq(input.fence.epoch))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(JournalError::ClaimLost {
            what: format!("input {}", input.id),
            lease: input.fence.lease.clone(),
            epoch: input.fence.epoch,
        });
    }
    Ok(())
}
