//! The detector's memory, as a cache: it belongs to one version of the code and is rebuilt from
//! metrics when that changes or the row is lost. No decision is read from it.

use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::committer::Done;
use crate::table::watch_state;
use crate::{JournalError, Reader, Writer};

impl Writer {
    /// Keeps the detector's state of a watch, in place of the one before.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn put_watch_state(
        &self,
        watch: &str,
        code_version: &str,
        state: Vec<u8>,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let row = watch_state::ActiveModel {
            watch: Set(watch.to_owned()),
            code_version: Set(code_version.to_owned()),
            state: Set(state),
            updated_at: Set(at.as_microsecond()),
        };
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    watch_state::Entity::insert(row)
                        .on_conflict(
                            OnConflict::column(watch_state::Column::Watch)
                                .update_columns([
                                    watch_state::Column::CodeVersion,
                                    watch_state::Column::State,
                                    watch_state::Column::UpdatedAt,
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

    /// Forgets the detector's state of a watch that is over.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn drop_watch_state(&self, watch: &str) -> Result<(), JournalError> {
        let watch = watch.to_owned();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    watch_state::Entity::delete_by_id(watch).exec(tx).await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

impl Reader {
    /// The detector's state of a watch, unless another version of the code wrote it.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn watch_state(
        &self,
        watch: &str,
        code_version: &str,
    ) -> Result<Option<Vec<u8>>, JournalError> {
        let row = watch_state::Entity::find_by_id(watch)
            .filter(watch_state::Column::CodeVersion.eq(code_version))
            .one(&self.db)
            .await?;
        Ok(row.map(|row| row.state))
    }
}
