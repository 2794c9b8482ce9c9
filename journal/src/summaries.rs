//! Streams in one line each, as a cache beside their events: whoever reads one checks that its version is theirs and
//! its revision the stream's. What is missing, older or lost is made anew from the events.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::committer::Done;
use crate::table::{event, stream, summary};
use crate::{JournalError, Reader, StreamId, Writer};

/// A stream in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSummary {
    /// Of which stream.
    pub stream: StreamId,
    /// The revision up to which it was read.
    pub revision: i64,
    /// What it came to, as whoever made it writes it.
    pub summary: String,
}

impl Writer {
    /// Keeps these, in place of those before. One of a stream that has moved on is of no use to anybody and does no harm.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_summaries(
        &self,
        version: u32,
        summaries: Vec<StreamSummary>,
    ) -> Result<(), JournalError> {
        if summaries.is_empty() {
            return Ok(());
        }
        let version = i32::try_from(version).unwrap_or(i32::MAX);
        let rows = summaries.into_iter().map(|one| summary::Model {
            stream: one.stream.to_string(),
            version,
            revision: one.revision,
            summary: one.summary,
        });
        let rows: Vec<summary::ActiveModel> = rows.map(Into::into).collect();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    summary::Entity::insert_many(rows)
                        .on_conflict(
                            OnConflict::column(summary::Column::Stream)
                                .update_columns([
                                    summary::Column::Version,
                                    summary::Column::Revision,
                                    summary::Column::Summary,
                                ])
                                .to_owned(),
                        )
                        .exec_without_returning(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

impl Reader {
    /// All summaries of this version; whether its stream has moved since, whoever asks has to look.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn summaries(&self, version: u32) -> Result<Vec<StreamSummary>, JournalError> {
        let version = i32::try_from(version).unwrap_or(i32::MAX);
        let rows: Vec<(String, i64, String)> = summary::Entity::find()
            .select_only()
            .column(summary::Column::Stream)
            .column(summary::Column::Revision)
            .column(summary::Column::Summary)
            .filter(summary::Column::Version.eq(version))
            .into_tuple()
            .all(&self.db)
            .await?;
        let found = rows.into_iter().map(|(stream, revision, summary)| {
            Ok(StreamSummary {
                stream: stream.parse()?,
                revision,
                summary,
            })
        });
        found.collect()
    }

    /// The streams of a kind of which retention has erased what happened.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn erased_streams(&self, kind: &str) -> Result<Vec<StreamId>, JournalError> {
        let of_kind = stream::Entity::find()
            .select_only()
            .column(stream::Column::Name)
            .filter(stream::Column::Kind.eq(kind));
        let names: Vec<String> = event::Entity::find()
            .select_only()
            .column(event::Column::Stream)
            .filter(event::Column::Revision.eq(1))
            .filter(event::Column::Payload.is_null())
            .filter(event::Column::Stream.in_subquery(of_kind.into_query()))
            .into_tuple()
            .all(&self.db)
            .await?;
        names.iter().map(|name| name.parse()).collect()
    }
}
