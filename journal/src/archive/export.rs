//! Writing an archive.

use std::io::Write;

use futures_util::TryStreamExt;
use sea_orm::{
    AccessMode, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel, Iterable, QueryOrder,
    TransactionOptions, TransactionTrait,
};

use super::{Archived, End, FORMAT, Head, Line};
use crate::table::{
    chat_message, effect, event, evidence, inbox, lease, meta, model_call, session, share, stream,
    timer, tool_call, watch_state,
};
use crate::{JournalError, Reader, schema};

impl Reader {
    /// Writes the whole journal as JSON lines, as it is at one moment, while others write on.
    ///
    /// # Errors
    /// [`JournalError::Archive`] if it cannot be written, or what the database refused.
    pub async fn export<W: Write + Send>(&self, out: &mut W) -> Result<Archived, JournalError> {
        let mut archive = Archive {
            out,
            done: Archived::default(),
        };
        let tx = self.at_one_moment().await?;
        archive.line(&Line::Head(Head {
            format: FORMAT,
            schema: schema::known(),
        }))?;
        archive.table::<stream::Entity>(&tx, Line::Stream).await?;
        archive.table::<event::Entity>(&tx, Line::Event).await?;
        archive.table::<inbox::Entity>(&tx, Line::Inbox).await?;
        archive.table::<effect::Entity>(&tx, Line::Effect).await?;
        archive.table::<timer::Entity>(&tx, Line::Timer).await?;
        archive.table::<lease::Entity>(&tx, Line::Lease).await?;
        archive
            .table::<evidence::Entity>(&tx, Line::Evidence)
            .await?;
        archive
            .table::<watch_state::Entity>(&tx, Line::WatchState)
            .await?;
        archive
            .table::<chat_message::Entity>(&tx, Line::ChatMessage)
            .await?;
        archive.table::<session::Entity>(&tx, Line::Session).await?;
        archive.table::<share::Entity>(&tx, Line::Share).await?;
        archive
            .table::<tool_call::Entity>(&tx, Line::ToolCall)
            .await?;
        archive
            .table::<model_call::Entity>(&tx, Line::ModelCall)
            .await?;
        archive.table::<meta::Entity>(&tx, Line::Meta).await?;
        tx.rollback().await?;
        let done = archive.done;
        archive.line(&Line::End(End { rows: done.rows }))?;
        archive
            .out
            .flush()
            .map_err(|error| unwritten(&done, &error))?;
        Ok(done)
    }

    async fn at_one_moment(&self) -> Result<DatabaseTransaction, JournalError> {
        let db = self.db.current();
        let mut options = TransactionOptions::default();
        // SQLite's transactions see one moment anyway, and know no other kind.
        if self.db.backend() == DbBackend::Postgres {
            options.isolation_level = Some(IsolationLevel::RepeatableRead);
            options.access_mode = Some(AccessMode::ReadOnly);
        }
        Ok(db.begin_with_options(options).await?)
    }
}

struct Archive<'a, W> {
    out: &'a mut W,
    done: Archived,
}

impl<W: Write + Send> Archive<'_, W> {
    async fn table<E: EntityTrait>(
        &mut self,
        tx: &DatabaseTransaction,
        line: fn(E::Model) -> Line,
    ) -> Result<(), JournalError> {
        let mut found = E::find();
        for column in E::PrimaryKey::iter() {
            found = found.order_by_asc(sea_orm::PrimaryKeyToColumn::into_column(column));
        }
        let mut rows = found.stream(tx).await?;
        while let Some(row) = rows.try_next().await? {
            let row = line(row);
            self.line(&row)?;
            self.done.count(&row);
        }
        Ok(())
    }

    fn line(&mut self, line: &Line) -> Result<(), JournalError> {
        let written = serde_json::to_string(line)
            .map_err(std::io::Error::from)
            .and_then(|text| writeln!(self.out, "{text}"));
        written.map_err(|error| unwritten(&self.done, &error))
    }
}

fn unwritten(done: &Archived, error: &std::io::Error) -> JournalError {
    JournalError::Archive {
        line: done.rows + 2,
        problem: format!("it cannot be written: {error}"),
    }
}
