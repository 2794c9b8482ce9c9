//! Writing a transaction.

use std::time::Instant;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::committer::Done;
use crate::table::{Status, effect, event, stream, timer};
use crate::transaction::{NewEffect, StreamPart, TimerPart, Transaction};
use crate::{JournalError, StreamId, Writer, chain, inbox, lease, outbox};

/// What an append led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The new revision of each stream, in the order given.
    pub revisions: Vec<(StreamId, i64)>,
    /// The global sequence of the last event, 0 if there was none.
    pub last_seq: i64,
    /// The ids of the effects, in the order of their events.
    pub effects: Vec<String>,
}

impl Writer {
    /// Writes a transaction: durably, wholly, or not at all. An empty one writes nothing.
    ///
    /// # Errors
    /// [`JournalError::Conflict`], [`JournalError::Fenced`], [`JournalError::ClaimLost`]: nothing
    /// was written. [`JournalError::CommitUnknown`]: read the streams before trying again.
    pub async fn append(&self, transaction: Transaction) -> Result<Appended, JournalError> {
        let clock = self.options.clock.clone();
        let begun = Instant::now();
        let result = self
            .committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    let appended = write(tx, &transaction, now).await?;
                    Ok(if transaction.is_empty() {
                        Done::Unchanged(appended)
                    } else {
                        Done::Wrote(appended)
                    })
                })
            })
            .await;
        self.options.meters.appended(begun.elapsed(), &result);
        result
    }
}

async fn write(
    tx: &DatabaseTransaction,
    transaction: &Transaction,
    now: i64,
) -> Result<Appended, JournalError> {
    if let Some(fence) = &transaction.fence {
        lease::check(tx, fence, now).await?;
    }
    let mut appended = Appended {
        revisions: Vec::new(),
        last_seq: 0,
        effects: Vec::new(),
    };
    for part in &transaction.streams {
        append_stream(tx, part, transaction.at.as_microsecond(), &mut appended).await?;
    }
    for (stream, over) in &transaction.over {
        note_over(tx, stream, *over, now).await?;
    }
    for part in &transaction.timers {
        write_timer(tx, part).await?;
    }
    for (input, outcome) in &transaction.consumed {
        inbox::consume(tx, input, outcome.as_ref(), now).await?;
    }
    for (effect, outcome) in &transaction.completed {
        outbox::end(tx, effect, Status::Done, outcome, now).await?;
    }
    Ok(appended)
}

async fn append_stream(
    tx: &DatabaseTransaction,
    part: &StreamPart,
    at: i64,
    appended: &mut Appended,
) -> Result<(), JournalError> {
    let name = part.stream.to_string();
    let head = stream::Entity::find_by_id(name.as_str()).one(tx).await?;
    let (actual, mut hash) = match head {
        Some(head) => (head.revision, head.hash),
        None => (0, chain::ROOT.to_owned()),
    };
    if actual != part.expected {
        return Err(JournalError::Conflict {
            stream: part.stream.clone(),
            expected: part.expected,
            actual,
        });
    }
    let mut revision = actual;
    for new in &part.events {
        revision += 1;
        let payload = new.payload.to_string();
        let mut row = event::Model {
            seq: next_seq(tx).await?,
            stream: name.clone(),
            revision,
            name: new.name.clone(),
            version: i32::try_from(new.version).unwrap_or(i32::MAX),
            at,
            payload_hash: chain::payload_hash(&payload),
            payload: Some(payload),
            prev_hash: hash,
            hash: String::new(),
        };
        row.hash = chain::link(&row);
        hash = row.hash.clone();
        appended.last_seq = row.seq;
        event::Entity::insert(event::ActiveModel::from(row))
            .exec_without_returning(tx)
            .await?;
        for (index, effect) in new.effects.iter().enumerate() {
            let id = format!("{name}@{revision}#{index}");
            insert_effect(tx, &id, &name, revision, effect).await?;
            appended.effects.push(id);
        }
    }
    if revision > actual {
        move_head(tx, &part.stream, revision, hash, at).await?;
    }
    appended.revisions.push((part.stream.clone(), revision));
    Ok(())
}

/// The next number of the one sequence. Writers exclude each other until they commit, so the order
/// of numbers is the order of commits and there are no gaps.
async fn next_seq(tx: &DatabaseTransaction) -> Result<i64, JournalError> {
    let last: Option<i64> = event::Entity::find()
        .select_only()
        .column(event::Column::Seq)
        .order_by_desc(event::Column::Seq)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(last.unwrap_or(0) + 1)
}

async fn move_head(
    tx: &DatabaseTransaction,
    id: &StreamId,
    revision: i64,
    hash: String,
    at: i64,
) -> Result<(), JournalError> {
    let head = stream::ActiveModel {
        name: Set(id.to_string()),
        kind: Set(id.kind().to_owned()),
        revision: Set(revision),
        hash: Set(hash),
        updated_at: Set(at),
        closed_at: Set(None),
    };
    // What is known of its end is left as it is.
    stream::Entity::insert(head)
        .on_conflict(
            OnConflict::column(stream::Column::Name)
                .update_columns([
                    stream::Column::Revision,
                    stream::Column::Hash,
                    stream::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn note_over(
    tx: &DatabaseTransaction,
    id: &StreamId,
    over: bool,
    now: i64,
) -> Result<(), JournalError> {
    stream::Entity::update_many()
        .set(stream::ActiveModel {
            closed_at: Set(over.then_some(now)),
            ..stream::ActiveModel::default()
        })
        .filter(stream::Column::Name.eq(id.to_string()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn insert_effect(
    tx: &DatabaseTransaction,
    id: &str,
    stream: &str,
    revision: i64,
    new: &NewEffect,
) -> Result<(), JournalError> {
    let row = effect::ActiveModel {
        ordinal: NotSet,
        id: Set(id.to_owned()),
        stream: Set(stream.to_owned()),
        revision: Set(revision),
        key: Set(new.key.clone()),
        kind: Set(new.kind.clone()),
        payload: Set(new.payload.to_string()),
        precondition: Set(new.precondition.as_ref().map(ToString::to_string)),
        not_before: Set(new.not_before.map_or(0, jiff::Timestamp::as_microsecond)),
        not_after: Set(new.not_after.map(jiff::Timestamp::as_microsecond)),
        status: Set(Status::Pending),
        attempts: Set(0),
        uncertain: Set(false),
        last_error: Set(None),
        claim_lease: Set(None),
        claim_epoch: Set(None),
        claimed_at: Set(None),
        outcome: Set(None),
        ended_at: Set(None),
    };
    effect::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn write_timer(tx: &DatabaseTransaction, part: &TimerPart) -> Result<(), JournalError> {
    let (TimerPart::Set { stream, name, .. } | TimerPart::Cancel { stream, name }) = part;
    timer::Entity::delete_many()
        .filter(timer::Column::Stream.eq(stream.to_string()))
        .filter(timer::Column::Name.eq(name.as_str()))
        .exec(tx)
        .await?;
    if let TimerPart::Set {
        stream,
        name,
        due,
        payload,
    } = part
    {
        // A new id, never used before: firing it is a new delivery.
        let row = timer::ActiveModel {
            id: NotSet,
            stream: Set(stream.to_string()),
            name: Set(name.clone()),
            due_at: Set(due.as_microsecond()),
            payload: Set(payload.to_string()),
        };
        timer::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
