//! What came from outside, each delivery once, first in first out per stream key. It is durable
//! before the sender is answered, and leaves in the transaction that appends what it led to.

use guard::ids::DeploymentId;
use guard::request::Asks;
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DatabaseTransaction, EntityTrait, TryInsertResult,
};
use serde_json::Value;

use crate::committer::Done;
use crate::lease::{self, Fence};
use crate::table::{Status, inbox};
use crate::{Inbox, JournalError, StreamId, Writer, claim};

mod claiming;

use claiming::{Wanted, change_claimed, claimable, payload, quarantine_unfinished, take};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// It is stored under this id.
    New(i64),
    /// This key was delivered before by this source: nothing was written.
    Duplicate,
}

/// An input that the holder of the claim, and nobody else, handles now.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedInput {
    /// Its place in the inbox.
    pub id: i64,
    /// Who delivered it, as in `slack` or `timer`.
    pub source: String,
    /// The source's own key of the delivery.
    pub delivery_key: String,
    /// The stream it is for; first in first out within.
    pub stream_key: String,
    /// What was delivered.
    pub payload: Value,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Which try this is, from 1.
    pub attempt: u32,
    pub(crate) fence: Fence,
}

/// What becomes of work that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It comes again at the time asked for.
    Retried,
    /// It has failed too often and waits for an operator, together with what is behind it in its key.
    Quarantined,
}

/// The source of what clients of models ask people for: [`Inbox::ask`].
pub const REQUEST_SOURCE: &str = "mcp";

impl Inbox {
    /// Stores what a client of models asks people for, under the request's own id: asked again, it is a duplicate.
    ///
    /// # Errors
    /// As [`Inbox::deliver`].
    pub async fn ask(
        &self,
        deployment: &DeploymentId,
        asks: &Asks,
        at: Timestamp,
    ) -> Result<Delivered, JournalError> {
        let key = match asks {
            Asks::For { request } => request.id.to_string(),
            Asks::Fix { suggestion } => suggestion.id.to_string(),
            Asks::No { request, .. } => format!("no-{request}"),
        };
        let stream = StreamId::deployment(deployment.as_str())?;
        let payload = serde_json::to_value(asks).map_err(|error| JournalError::Unstorable {
            name: "request",
            problem: error.to_string(),
        })?;
        self.deliver(REQUEST_SOURCE, &key, &stream.to_string(), &payload, at)
            .await
    }

    /// Stores a delivery, durably before it returns. Safe to repeat.
    ///
    /// # Errors
    /// What the database refused; then answer the sender that it should send again.
    pub async fn deliver(
        &self,
        source: &str,
        delivery_key: &str,
        stream_key: &str,
        payload: &Value,
        received_at: Timestamp,
    ) -> Result<Delivered, JournalError> {
        let delivery = Delivery {
            source: source.to_owned(),
            delivery_key: delivery_key.to_owned(),
            stream_key: stream_key.to_owned(),
            payload: payload.to_string(),
            received_at: received_at.as_microsecond(),
        };
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    Ok(match put(tx, delivery).await? {
                        new @ Delivered::New(_) => Done::Wrote(new),
                        Delivered::Duplicate => Done::Unchanged(Delivered::Duplicate),
                    })
                })
            })
            .await
    }
}

impl Writer {
    /// Claims inputs that are first in their key and due, oldest first; at most one of each key.
    /// The try is counted before it is made: an input that kills the process is quarantined too.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if the lease is gone.
    pub async fn next_inbox(
        &self,
        fence: &Fence,
        limit: u64,
        only_key: Option<&str>,
    ) -> Result<Vec<ClaimedInput>, JournalError> {
        let wanted = only_key.map_or(Wanted::All, |key| Wanted::Key(key.to_owned()));
        self.claim_inputs(fence, limit, wanted).await
    }

    /// As [`Writer::next_inbox`], of keys that begin like this alone, or of all others: a flood of the ones does
    /// not hold up the others.
    ///
    /// # Errors
    /// As [`Writer::next_inbox`].
    pub async fn next_inbox_apart(
        &self,
        fence: &Fence,
        limit: u64,
        beginning: &str,
        like_this: bool,
    ) -> Result<Vec<ClaimedInput>, JournalError> {
        let wanted = Wanted::Beginning(beginning.to_owned(), like_this);
        self.claim_inputs(fence, limit, wanted).await
    }

    async fn claim_inputs(
        &self,
        fence: &Fence,
        limit: u64,
        wanted: Wanted,
    ) -> Result<Vec<ClaimedInput>, JournalError> {
        let options = self.options.clone();
        let fence = fence.clone();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = options.clock.now(tx).await?;
                    lease::check(tx, &fence, now).await?;
                    let rows = claimable(tx, now, limit, wanted).await?;
                    if rows.is_empty() {
                        return Ok(Done::Unchanged(Vec::new()));
                    }
                    let mut claimed = Vec::new();
                    for row in rows {
                        if row.attempts.unsigned_abs() >= options.input_tries {
                            quarantine_unfinished(tx, &row, None).await?;
                            continue;
                        }
                        match payload(&row) {
                            Ok(payload) => claimed.push(take(tx, row, payload, &fence).await?),
                            // It must not keep the others from being claimed.
                            Err(damaged) => {
                                quarantine_unfinished(tx, &row, Some(damaged.to_string())).await?;
                            }
                        }
                    }
                    Ok(Done::Wrote(claimed))
                })
            })
            .await
    }

    /// Gives an input back that could not be handled: it comes again at `retry_at`, or is
    /// quarantined with the error if this was its last try.
    ///
    /// # Errors
    /// [`JournalError::ClaimLost`] if it is no longer the caller's.
    pub async fn input_failed(
        &self,
        input: &ClaimedInput,
        error: &str,
        retry_at: Timestamp,
    ) -> Result<Fate, JournalError> {
        let last = input.attempt >= self.options.input_tries;
        let status = if last {
            Status::Quarantined
        } else {
            Status::Pending
        };
        let change = inbox::ActiveModel {
            not_before: Set(retry_at.as_microsecond()),
            ..given_back(status, error)
        };
        self.give_back(input, change).await?;
        Ok(if last {
            Fate::Quarantined
        } else {
            Fate::Retried
        })
    }

    /// Gives an input back that cannot be handled now for no fault of its own: it comes again at `retry_at`,
    /// and its tries start over.
    ///
    /// # Errors
    /// As [`Writer::input_failed`].
    pub async fn postpone_input(
        &self,
        input: &ClaimedInput,
        error: &str,
        retry_at: Timestamp,
    ) -> Result<(), JournalError> {
        let change = inbox::ActiveModel {
            attempts: Set(0),
            not_before: Set(retry_at.as_microsecond()),
            ..given_back(Status::Pending, error)
        };
        self.give_back(input, change).await
    }

    /// Puts an input into quarantine that no try can handle: what it says is not understood.
    ///
    /// # Errors
    /// As [`Writer::input_failed`].
    pub async fn quarantine_input(
        &self,
        input: &ClaimedInput,
        error: &str,
    ) -> Result<(), JournalError> {
        self.give_back(input, given_back(Status::Quarantined, error))
            .await
    }

    async fn give_back(
        &self,
        input: &ClaimedInput,
        change: inbox::ActiveModel,
    ) -> Result<(), JournalError> {
        let input = input.clone();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    change_claimed(tx, &input, change).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

fn given_back(status: Status, error: &str) -> inbox::ActiveModel {
    inbox::ActiveModel {
        status: Set(status),
        last_error: Set(Some(claim::storable(error))),
        claim_lease: Set(None),
        claim_epoch: Set(None),
        ..inbox::ActiveModel::default()
    }
}

pub(crate) struct Delivery {
    pub(crate) source: String,
    pub(crate) delivery_key: String,
    pub(crate) stream_key: String,
    pub(crate) payload: String,
    pub(crate) received_at: i64,
}

/// Stores a delivery unless its source delivered the key before.
pub(crate) async fn put<C: ConnectionTrait>(
    db: &C,
    delivery: Delivery,
) -> Result<Delivered, JournalError> {
    let row = inbox::ActiveModel {
        id: NotSet,
        source: Set(delivery.source),
        delivery_key: Set(delivery.delivery_key),
        stream_key: Set(delivery.stream_key),
        payload: Set(delivery.payload),
        received_at: Set(delivery.received_at),
        status: Set(Status::Pending),
        attempts: Set(0),
        last_error: Set(None),
        not_before: Set(0),
        claim_lease: Set(None),
        claim_epoch: Set(None),
        ended_at: Set(None),
        outcome: Set(None),
    };
    let inserted = inbox::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([inbox::Column::Source, inbox::Column::DeliveryKey])
                .do_nothing()
                .to_owned(),
        )
        .try_insert()
        .exec(db)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(row) => Delivered::New(row.last_insert_id),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Delivered::Duplicate,
    })
}

/// Ends an input inside the transaction that appends what it led to.
pub(crate) async fn consume(
    tx: &DatabaseTransaction,
    input: &ClaimedInput,
    outcome: Option<&Value>,
    now: i64,
) -> Result<(), JournalError> {
    lease::check(tx, &input.fence, now).await?;
    let change = inbox::ActiveModel {
        status: Set(Status::Done),
        outcome: Set(outcome.map(Value::to_string)),
        last_error: Set(None),
        ended_at: Set(Some(now)),
        claim_lease: Set(None),
        claim_epoch: Set(None),
        ..inbox::ActiveModel::default()
    };
    change_claimed(tx, input, change).await
}
