//! Small facts about the journal itself, by key.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};

use crate::committer::Done;
use crate::table::meta;
use crate::{JournalError, Reader, Writer};

impl Writer {
    /// Keeps a value, in place of the one before.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_meta(&self, key: &str, value: &str) -> Result<(), JournalError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    put(tx, &key, &value).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

pub(crate) async fn put(
    tx: &DatabaseTransaction,
    key: &str,
    value: &str,
) -> Result<(), JournalError> {
    let row = meta::ActiveModel {
        key: Set(key.to_owned()),
        value: Set(value.to_owned()),
    };
    meta::Entity::insert(row)
        .on_conflict(
            OnConflict::column(meta::Column::Key)
                .update_column(meta::Column::Value)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
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
