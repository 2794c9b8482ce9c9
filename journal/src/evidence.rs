//! Query results that reports cite. The id is the content's, so a citation cannot drift.

use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock::from_micros;
use crate::committer::{Committer, Done};
use crate::table::evidence;
use crate::{Inbox, JournalError, Reader, Writer, json as stored};

/// A stored query result that a report can cite and anyone can run again.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Which source answered, as named in the configuration.
    pub source: String,
    /// The query as it was sent.
    pub query: String,
    /// The start of the window asked for.
    pub window_start: Timestamp,
    /// The end of the window asked for; equal to the start for an instant query.
    pub window_end: Timestamp,
    /// The answer.
    pub result: Value,
    /// When it was asked. Not part of the id: the same answer twice is one evidence.
    pub taken_at: Timestamp,
}

impl Evidence {
    /// `ev_` and the first 16 hex digits of the content's SHA-256.
    #[must_use]
    pub fn id(&self) -> String {
        let content = json!([
            self.source,
            self.query,
            self.window_start.as_microsecond(),
            self.window_end.as_microsecond(),
            self.result,
        ]);
        let hash = Sha256::digest(stored::canonical(&content).as_bytes());
        format!("ev_{}", hex::encode(&hash[..8]))
    }
}

impl Inbox {
    /// Stores evidence and answers its id. The same content again writes nothing.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_evidence(&self, evidence: &Evidence) -> Result<String, JournalError> {
        put(&self.committer, evidence).await
    }
}

impl Writer {
    /// Stores evidence and answers its id. The same content again writes nothing.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_evidence(&self, evidence: &Evidence) -> Result<String, JournalError> {
        put(&self.committer, evidence).await
    }
}

impl Reader {
    /// Evidence by id, or `None` if it never was or retention has removed it.
    ///
    /// # Errors
    /// What the database refused, or a result that does not parse.
    pub async fn evidence(&self, id: &str) -> Result<Option<Evidence>, JournalError> {
        let Some(row) = evidence::Entity::find_by_id(id).one(&self.db).await? else {
            return Ok(None);
        };
        Ok(Some(Evidence {
            result: stored::parse(&row.result, || format!("evidence {}", row.id))?,
            source: row.source,
            query: row.query,
            window_start: from_micros(row.window_start),
            window_end: from_micros(row.window_end),
            taken_at: from_micros(row.taken_at),
        }))
    }
}

async fn put(committer: &Committer, evidence: &Evidence) -> Result<String, JournalError> {
    let id = evidence.id();
    let row = evidence::ActiveModel {
        id: Set(id.clone()),
        source: Set(evidence.source.clone()),
        query: Set(evidence.query.clone()),
        window_start: Set(evidence.window_start.as_microsecond()),
        window_end: Set(evidence.window_end.as_microsecond()),
        result: Set(evidence.result.to_string()),
        taken_at: Set(evidence.taken_at.as_microsecond()),
    };
    committer
        .write(move |tx| {
            Box::pin(async move {
                let inserted = evidence::Entity::insert(row)
                    .on_conflict(
                        OnConflict::column(evidence::Column::Id)
                            .do_nothing()
                            .to_owned(),
                    )
                    .exec_without_returning(tx)
                    .await?;
                Ok(if inserted == 0 {
                    Done::Unchanged(())
                } else {
                    Done::Wrote(())
                })
            })
        })
        .await?;
    Ok(id)
}
