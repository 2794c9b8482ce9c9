//! Which token opens which link to a deployment. As of sessions, only a hash of the token is kept: who reads the journal can
//! open nothing, and comparing takes a time that says nothing of the token. Whether a link stands is not kept here: the
//! deployment's stream says so, to every replica at once.

use jiff::{SignedDuration, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::clock::from_micros;
use crate::committer::Done;
use crate::sessions::hash;
use crate::table::share;
use crate::{JournalError, Reader, Writer};

/// That a link was used is written once in this time.
const USED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A link as its token knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareToken {
    /// The link's name in the deployment's stream.
    pub share: String,
    /// The deployment.
    pub deployment: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it opens; some time after that the token is forgotten.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

impl ShareToken {
    /// Whether it is to be written that it is used now.
    #[must_use]
    pub fn is_news(&self, now: Timestamp) -> bool {
        self.used_at
            .is_none_or(|used| now.duration_since(used) >= USED_EVERY)
    }
}

impl Writer {
    /// Stores the token (by its hash) of a link. It must be random, 128 bits or more.
    ///
    /// # Errors
    /// What the database refused; a token that was stored before is refused too.
    pub async fn put_share(&self, token: &str, share: ShareToken) -> Result<(), JournalError> {
        let row = share::ActiveModel {
            token_hash: Set(hash(token)),
            share: Set(share.share),
            deployment: Set(share.deployment),
            created_at: Set(share.created_at.as_microsecond()),
            expires_at: Set(share.expires_at.as_microsecond()),
            used_at: Set(share.used_at.map(Timestamp::as_microsecond)),
        };
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    share::Entity::insert(row)
                        .exec_without_returning(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    /// Keeps that a link is used.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn share_used(&self, token: &str, now: Timestamp) -> Result<(), JournalError> {
        let hash = hash(token);
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    share::Entity::update_many()
                        .col_expr(share::Column::UsedAt, Expr::value(now.as_microsecond()))
                        .filter(share::Column::TokenHash.eq(hash))
                        .exec(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

impl Reader {
    /// The link that a token opens, or opened.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn share(&self, token: &str) -> Result<Option<ShareToken>, JournalError> {
        let row = share::Entity::find_by_id(hash(token)).one(&self.db).await?;
        Ok(row.map(shown))
    }

    /// The links of a deployment.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn shares_of(&self, deployment: &str) -> Result<Vec<ShareToken>, JournalError> {
        let rows = share::Entity::find()
            .filter(share::Column::Deployment.eq(deployment))
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(shown).collect())
    }
}

fn shown(row: share::Model) -> ShareToken {
    ShareToken {
        share: row.share,
        deployment: row.deployment,
        created_at: from_micros(row.created_at),
        expires_at: from_micros(row.expires_at),
        used_at: row.used_at.map(from_micros),
    }
}
