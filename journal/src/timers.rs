//! Timers: rows set with the events that want them, fired into the inbox exactly once.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::from_micros;
use crate::committer::Done;
use crate::inbox::{self, Delivery};
use crate::lease::{self, Fence};
use crate::table::timer;
use crate::{JournalError, Reader, Writer, json};

/// The source of inputs that come from timers.
pub const TIMER_SOURCE: &str = "timer";

/// A timer that is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Timer {
    /// The stream it belongs to.
    pub stream: String,
    /// Its name, unique in the stream.
    pub name: String,
    /// When it fires.
    pub due: Timestamp,
    /// What it says when it fires.
    pub payload: Value,
}

/// A timer that has fired, as its stream is told through the inbox (source [`TIMER_SOURCE`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerFired {
    /// The timer's name.
    pub timer: String,
    /// When it was due. It may be handled much later.
    pub due: Timestamp,
    /// What it was set with.
    pub payload: Value,
}

impl Writer {
    /// Moves up to `limit` due timers into the inbox, the earliest first, and says how many. Firing
    /// and delivering are one transaction: a timer fires once, however often this is called.
    ///
    /// # Errors
    /// [`JournalError::Fenced`] if the lease is gone.
    pub async fn fire_timers(&self, fence: &Fence, limit: u64) -> Result<u64, JournalError> {
        let clock = self.options.clock.clone();
        let fence = fence.clone();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    lease::check(tx, &fence, now).await?;
                    let due = timer::Entity::find()
                        .filter(timer::Column::DueAt.lte(now))
                        .order_by_asc(timer::Column::DueAt)
                        .order_by_asc(timer::Column::Id)
                        .limit(limit)
                        .all(tx)
                        .await?;
                    let fired = due.len() as u64;
                    for row in due {
                        timer::Entity::delete_by_id(row.id).exec(tx).await?;
                        inbox::put(tx, delivery(row, now)?).await?;
                    }
                    Ok(if fired == 0 {
                        Done::Unchanged(0)
                    } else {
                        Done::Wrote(fired)
                    })
                })
            })
            .await
    }
}

impl Reader {
    /// When the next timer fires, if any is set: how long a loop may sleep.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn next_timer(&self) -> Result<Option<Timestamp>, JournalError> {
        let next = timer::Entity::find()
            .order_by_asc(timer::Column::DueAt)
            .one(&self.db)
            .await?;
        Ok(next.map(|row| from_micros(row.due_at)))
    }

    /// The timers of a stream, the earliest first.
    ///
    /// # Errors
    /// What the database refused, or a payload that does not parse.
    pub async fn timers(&self, stream: &crate::StreamId) -> Result<Vec<Timer>, JournalError> {
        let rows = timer::Entity::find()
            .filter(timer::Column::Stream.eq(stream.to_string()))
            .order_by_asc(timer::Column::DueAt)
            .all(&self.db)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Timer {
                    payload: json::parse(&row.payload, || format!("timer {}", row.id))?,
                    stream: row.stream,
                    name: row.name,
                    due: from_micros(row.due_at),
                })
            })
            .collect()
    }
}

fn delivery(row: timer::Model, now: i64) -> Result<Delivery, JournalError> {
    let what = || format!("timer {}", row.id);
    let fired = TimerFired {
        timer: row.name.clone(),
        due: from_micros(row.due_at),
        // What is damaged is told as the text that it is, and is not understood: it must not keep the other
        // timers from being fired.
        payload: serde_json::from_str(&row.payload).unwrap_or(Value::String(row.payload)),
    };
    let payload = serde_json::to_string(&fired).map_err(|error| JournalError::Corrupt {
        what: what(),
        problem: error.to_string(),
    })?;
    Ok(Delivery {
        source: TIMER_SOURCE.to_owned(),
        // Ids are never used again, so setting a timer anew is a new delivery.
        delivery_key: row.id.to_string(),
        stream_key: row.stream,
        payload,
        received_at: now,
    })
}
