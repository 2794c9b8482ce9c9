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
use crate::journal::JournalOptions;
use crate::lease::{self, Fence};
use crate::table::{Status, effect};
use crate::{JournalError, Writer, claim, json as stored};

mod ending;

pub(crate) use ending::{change_row, end, ended, tell};

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
                quarantine_unfinished(tx, row, None, now).await?;
            } else {
                match parsed(&row) {
                    Ok(parsed) => {
                        let live = take(tx, row, parsed, fence, uncertain, expired, now).await?;
                        claimed.push(live);
                    }
                    // It must not keep the others from being claimed.
                    Err(damaged) => {
                        let damaged = damaged.to_string();
                        quarantine_unfinished(tx, row, Some(damaged), now).await?;
                    }
                }
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

/// Payload and precondition.
type Parsed = (Value, Option<Value>);

fn parsed(row: &effect::Model) -> Result<Parsed, JournalError> {
    let what = || format!("effect {}", row.id);
    Ok((
        stored::parse(&row.payload, what)?,
        stored::parse_option(row.precondition.as_deref(), what)?,
    ))
}

async fn take(
    tx: &DatabaseTransaction,
    row: effect::Model,
    (payload, precondition): Parsed,
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
    Ok(ClaimedEffect {
        payload,
        precondition,
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
    damaged: Option<String>,
    now: i64,
) -> Result<(), JournalError> {
    let error = damaged
        .or(row.last_error)
        .unwrap_or_else(|| format!("{} tries were begun and none was finished", row.attempts));
    tracing::error!(
        effect = row.id,
        key = row.key,
        error,
        "an effect is in quarantine and holds back its key"
    );
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
