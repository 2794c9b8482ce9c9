//! What operators do with inputs and effects that failed too often.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use crate::committer::Done;
use crate::outbox::{self, EffectEnd};
use crate::table::{Status, effect, inbox};
use crate::{JournalError, Writer};

impl Writer {
    /// An operator's second chance for a quarantined input: its tries start over.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if no such input is in quarantine.
    pub async fn requeue_input(&self, id: i64) -> Result<(), JournalError> {
        let change = inbox::ActiveModel {
            status: Set(Status::Pending),
            attempts: Set(0),
            not_before: Set(0),
            ..inbox::ActiveModel::default()
        };
        self.change_quarantined_input(id, change).await
    }

    /// An operator's end of a quarantined input: what is behind it in its key goes on without it.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if no such input is in quarantine.
    pub async fn discard_input(&self, id: i64, at: Timestamp) -> Result<(), JournalError> {
        let change = inbox::ActiveModel {
            status: Set(Status::Discarded),
            ended_at: Set(Some(at.as_microsecond())),
            ..inbox::ActiveModel::default()
        };
        self.change_quarantined_input(id, change).await
    }

    /// Lets an input that has ended, or is in quarantine, be handled again from the start.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if there is none, or it waits or is being handled.
    pub async fn replay_input(&self, id: i64) -> Result<(), JournalError> {
        let change = inbox::ActiveModel {
            status: Set(Status::Pending),
            attempts: Set(0),
            not_before: Set(0),
            ended_at: Set(None),
            outcome: Set(None),
            ..inbox::ActiveModel::default()
        };
        let ended = [Status::Done, Status::Discarded, Status::Quarantined];
        self.change_input(id, change, &ended).await
    }

    async fn change_quarantined_input(
        &self,
        id: i64,
        change: inbox::ActiveModel,
    ) -> Result<(), JournalError> {
        self.change_input(id, change, &[Status::Quarantined]).await
    }

    async fn change_input(
        &self,
        id: i64,
        change: inbox::ActiveModel,
        standing: &[Status],
    ) -> Result<(), JournalError> {
        let standing = standing.to_vec();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let changed = inbox::Entity::update_many()
                        .set(change)
                        .filter(inbox::Column::Id.eq(id))
                        .filter(inbox::Column::Status.is_in(standing))
                        .exec(tx)
                        .await?;
                    if changed.rows_affected == 0 {
                        return Err(JournalError::NotFound(format!("quarantined input {id}")));
                    }
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    /// An operator's second chance for a quarantined effect: its tries start over.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if no such effect is in quarantine.
    pub async fn requeue_effect(&self, id: &str) -> Result<(), JournalError> {
        let id = id.to_owned();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let change = effect::ActiveModel {
                        status: Set(Status::Pending),
                        attempts: Set(0),
                        not_before: Set(0),
                        ..effect::ActiveModel::default()
                    };
                    change_quarantined_effect(tx, &id, change).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    /// An operator's end of a quarantined effect; its stream is told.
    ///
    /// # Errors
    /// [`JournalError::NotFound`] if no such effect is in quarantine.
    pub async fn discard_effect(&self, id: &str, why: &str) -> Result<(), JournalError> {
        let clock = self.options.clock.clone();
        let (id, why) = (id.to_owned(), json!({"why": why}));
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let now = clock.now(tx).await?;
                    let change = effect::ActiveModel {
                        status: Set(Status::Discarded),
                        outcome: Set(Some(why.to_string())),
                        ended_at: Set(Some(now)),
                        ..effect::ActiveModel::default()
                    };
                    let row = change_quarantined_effect(tx, &id, change).await?;
                    let told = outbox::ended(&id, &row.kind, EffectEnd::Discarded, why);
                    outbox::tell(tx, &row.stream, told, 0, now).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

async fn change_quarantined_effect(
    tx: &DatabaseTransaction,
    id: &str,
    change: effect::ActiveModel,
) -> Result<effect::Model, JournalError> {
    let row = effect::Entity::find()
        .filter(effect::Column::Id.eq(id))
        .filter(effect::Column::Status.eq(Status::Quarantined))
        .one(tx)
        .await?
        .ok_or_else(|| JournalError::NotFound(format!("quarantined effect {id}")))?;
    outbox::change_row(tx, row.ordinal, change).await?;
    Ok(row)
}
