//! Small facts about the journal itself, by key.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::committer::Done;
use crate::table::meta;
use crate::{JournalError, Reader, Writer};

impl Writer {
    /// Keeps a value, in place of the one before.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_meta(&self, key: &str, value: &str) -> Result<(), JournalError> {
        let row = meta::ActiveModel {
            key: Set(key.to_owned()),
            value: Set(value.to_owned()),
        };
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    meta::Entity::insert(row)
                        .on_conflict(
                            OnConflict::column(meta::Column::Key)
                                .update_column(meta::Column::Value)
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
    /// The value kept under a key.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, JournalError> {
        Ok(meta::Entity::find_by_id(key)
            .one(&self.db)
            .await?
            .map(|row| row.value))
    }
}
