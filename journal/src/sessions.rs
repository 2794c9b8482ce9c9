//! Sessions of people in the browser, and the one-time links that begin them. Tokens are stored as
//! hashes only: who reads the journal cannot log in.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock::from_micros;
use crate::committer::Done;
use crate::table::session;
use crate::{JournalError, Reader, Writer, json};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A link that begins a session, once.
    Link,
    /// A session.
    Session,
}

impl TokenKind {
    fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Session => "session",
        }
    }
}

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The person.
    pub person: String,
    /// What the page keeps with it.
    pub data: Value,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Writer {
    /// Stores a token (by its hash) for a person. The token must be random, 128 bits or more.
    ///
    /// # Errors
    /// What the database refused; a token that was stored before is refused too.
    pub async fn put_token(
        &self,
        kind: TokenKind,
        token: &str,
        session: Session,
    ) -> Result<(), JournalError> {
        let row = session::ActiveModel {
            token_hash: Set(hash(token)),
            kind: Set(kind.name().to_owned()),
            person: Set(session.person),
            data: Set(session.data.to_string()),
            created_at: Set(session.created_at.as_microsecond()),
            expires_at: Set(session.expires_at.as_microsecond()),
        };
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    session::Entity::insert(row)
                        .exec_without_returning(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    /// Redeems a link: answers whose it is and forgets it, so that it works once. `None` if it is
    /// unknown, used or expired.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn redeem_link(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, JournalError> {
        let hash = hash(token);
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let Some(found) = live(tx, TokenKind::Link, &hash, now).await? else {
                        return Ok(Done::Unchanged(None));
                    };
                    session::Entity::delete_by_id(hash).exec(tx).await?;
                    Ok(Done::Wrote(Some(found)))
                })
            })
            .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn end_session(&self, token: &str) -> Result<(), JournalError> {
        let hash = hash(token);
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    session::Entity::delete_by_id(hash).exec(tx).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

impl Reader {
    /// The session of a token, unless it is unknown or over at `now`. A link is no session.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn session(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, JournalError> {
        live(&self.db, TokenKind::Session, &hash(token), now).await
    }
}

async fn live<C: ConnectionTrait>(
    db: &C,
    kind: TokenKind,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Session>, JournalError> {
    let row = session::Entity::find_by_id(hash)
        .filter(session::Column::Kind.eq(kind.name()))
        .filter(session::Column::ExpiresAt.gt(now.as_microsecond()))
        .one(db)
        .await?;
    row.map(|row| {
        Ok(Session {
            data: json::parse(&row.data, || format!("session of {}", row.person))?,
            person: row.person,
            created_at: from_micros(row.created_at),
            expires_at: from_micros(row.expires_at),
        })
    })
    .transpose()
}

/// What is kept of a token: nothing leads back from it to 256 random bits.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
