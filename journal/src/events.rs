//! Reading events.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use std::collections::BTreeSet;

use crate::clock::from_micros;
use crate::table::{event, stream};
use crate::{JournalError, Reader, StreamId, json};

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its number among all events: grows in the order of commits, without gaps.
    pub seq: i64,
    /// Its stream.
    pub stream: StreamId,
    /// Its number in the stream, from 1.
    pub revision: i64,
    /// Its type.
    pub name: String,
    /// The version of its payload's shape.
    pub version: u32,
    /// When it happened, as its writer said.
    pub at: Timestamp,
    /// `None`: erased by retention. The stream can be listed and verified, but not folded.
    pub payload: Option<Value>,
    /// Its link in the stream's hash chain.
    pub hash: String,
}

/// Where a stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream: StreamId,
    /// The revision of its last event.
    pub revision: i64,
    /// The hash of its last event, which vouches for all before it.
    pub hash: String,
    /// When its last event happened.
    pub updated_at: Timestamp,
}

impl Reader {
    /// The events of a stream after a revision (0: all), in order. A stream is read whole: it has
    /// hundreds of events, not millions.
    ///
    /// # Errors
    /// What the database refused, or a payload that does not parse.
    pub async fn events(
        &self,
        stream: &StreamId,
        after: i64,
    ) -> Result<Vec<StoredEvent>, JournalError> {
        let rows = event::Entity::find()
            .filter(event::Column::Stream.eq(stream.to_string()))
            .filter(event::Column::Revision.gt(after))
            .order_by_asc(event::Column::Revision)
            .all(&self.db)
            .await?;
        rows.into_iter().map(stored).collect()
    }

    /// Up to `limit` events of all streams after a sequence number (0: from the start), in the order of their
    /// commits. A reader that goes on from the last `seq` it saw misses none.
    ///
    /// # Errors
    /// As [`Reader::events`].
    pub async fn tail(&self, after: i64, limit: u64) -> Result<Vec<StoredEvent>, JournalError> {
        let rows = event::Entity::find()
            .filter(event::Column::Seq.gt(after))
            .order_by_asc(event::Column::Seq)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(stored).collect()
    }

    /// Up to `limit` events of all streams before a sequence number (none: from the end), the last one first.
    ///
    /// # Errors
    /// As [`Reader::events`].
    pub async fn backwards(
        &self,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, JournalError> {
        let mut found = event::Entity::find()
            .order_by_desc(event::Column::Seq)
            .limit(limit);
        if let Some(before) = before {
            found = found.filter(event::Column::Seq.lt(before));
        }
        let rows = found.all(&self.db).await?;
        rows.into_iter().map(stored).collect()
    }

    /// The number of the last event of all; 0 when there is none.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn last_seq(&self) -> Result<i64, JournalError> {
        let last: Option<i64> = event::Entity::find()
            .select_only()
            .column(event::Column::Seq)
            .order_by_desc(event::Column::Seq)
            .limit(1)
            .into_tuple()
            .one(&self.db)
            .await?;
        Ok(last.unwrap_or(0))
    }

    /// Where a stream stands, or `None` if it has no events.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn head(&self, stream: &StreamId) -> Result<Option<Head>, JournalError> {
        stream::Entity::find_by_id(stream.to_string())
            .one(&self.db)
            .await?
            .map(head)
            .transpose()
    }

    /// Up to `limit` streams of a kind, the last changed first.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn streams(&self, kind: &str, limit: u64) -> Result<Vec<Head>, JournalError> {
        let rows = stream::Entity::find()
            .filter(stream::Column::Kind.eq(kind))
            .order_by_desc(stream::Column::UpdatedAt)
            .order_by_asc(stream::Column::Name)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(head).collect()
    }

    /// All streams in which an event of this name ever happened.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn streams_with(&self, event: &str) -> Result<BTreeSet<StreamId>, JournalError> {
        let names: Vec<String> = event::Entity::find()
            .select_only()
            .column(event::Column::Stream)
            .distinct()
            .filter(event::Column::Name.eq(event))
            .into_tuple()
            .all(&self.db)
            .await?;
        names.iter().map(|name| name.parse()).collect()
    }

    /// All streams of a kind that nobody noted to be over, the last changed first.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn open_streams(&self, kind: &str) -> Result<Vec<Head>, JournalError> {
        let rows = stream::Entity::find()
            .filter(stream::Column::Kind.eq(kind))
            .filter(stream::Column::ClosedAt.is_null())
            .order_by_desc(stream::Column::UpdatedAt)
            .order_by_asc(stream::Column::Name)
            .all(&self.db)
            .await?;
        rows.into_iter().map(head).collect()
    }

    /// How many events the journal holds.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn event_count(&self) -> Result<u64, JournalError> {
        Ok(event::Entity::find().count(&self.db).await?)
    }
}

fn stored(row: event::Model) -> Result<StoredEvent, JournalError> {
    let what = || format!("event {} of {}", row.revision, row.stream);
    Ok(StoredEvent {
        payload: json::parse_option(row.payload.as_deref(), what)?,
        seq: row.seq,
        stream: row.stream.parse()?,
        revision: row.revision,
        name: row.name,
        version: row.version.unsigned_abs(),
        at: from_micros(row.at),
        hash: row.hash,
    })
}

fn head(row: stream::Model) -> Result<Head, JournalError> {
    Ok(Head {
        stream: row.name.parse()?,
        revision: row.revision,
        hash: row.hash,
        updated_at: from_micros(row.updated_at),
    })
}
