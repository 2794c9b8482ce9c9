//! Rows on their way into the tables, many at a time.

use std::mem::take;

use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};

use super::Line;
use crate::table::{
    chat_message, effect, event, evidence, inbox, lease, meta, model_call, session, share, stream,
    timer, tool_call, watch_state,
};
use crate::timers::TIMER_SOURCE;
use crate::{JournalError, dialect};

/// Rows in one statement: with the most columns, well below what both engines take.
const AT_ONCE: usize = 200;

#[derive(Default)]
pub(super) struct Rows {
    waiting: usize,
    streams: Vec<stream::Model>,
    events: Vec<event::Model>,
    inputs: Vec<inbox::Model>,
    effects: Vec<effect::Model>,
    timers: Vec<timer::Model>,
    leases: Vec<lease::Model>,
    evidence: Vec<evidence::Model>,
    watch_states: Vec<watch_state::Model>,
    chat_messages: Vec<chat_message::Model>,
    sessions: Vec<session::Model>,
    shares: Vec<share::Model>,
    tool_calls: Vec<tool_call::Model>,
    model_calls: Vec<model_call::Model>,
    meta: Vec<meta::Model>,
    last: LastIds,
}

/// The highest id that was given out, as far as anybody can still see it.
#[derive(Default)]
struct LastIds {
    input: i64,
    effect: i64,
    timer: i64,
}

impl LastIds {
    fn see(&mut self, line: &Line) {
        match line {
            Line::Inbox(row) => {
                self.input = self.input.max(row.id);
                // A fired timer lives on as its delivery's key: used again, the id would be taken
                // for a repeated delivery and the timer lost.
                if row.source == TIMER_SOURCE {
                    let fired = row.delivery_key.parse().unwrap_or(0);
                    self.timer = self.timer.max(fired);
                }
            }
            Line::Effect(row) => self.effect = self.effect.max(row.ordinal),
            Line::Timer(row) => self.timer = self.timer.max(row.id),
            _ => {}
        }
    }
}

impl Rows {
    pub(super) async fn push(
        &mut self,
        tx: &DatabaseTransaction,
        line: Line,
    ) -> Result<(), JournalError> {
        self.last.see(&line);
        match line {
            Line::Stream(row) => self.streams.push(row),
            Line::Event(row) => self.events.push(row),
            Line::Inbox(row) => self.inputs.push(row),
            Line::Effect(row) => self.effects.push(row),
            Line::Timer(row) => self.timers.push(row),
            Line::Lease(row) => self.leases.push(row),
            Line::Evidence(row) => self.evidence.push(row),
            Line::WatchState(row) => self.watch_states.push(row),
            Line::ChatMessage(row) => self.chat_messages.push(row),
            Line::Session(row) => self.sessions.push(row),
            Line::Share(row) => self.shares.push(row),
            Line::ToolCall(row) => self.tool_calls.push(row),
            Line::ModelCall(row) => self.model_calls.push(row),
            Line::Meta(row) => self.meta.push(row),
            Line::Head(_) | Line::End(_) => return Ok(()),
        }
        self.waiting += 1;
        if self.waiting == AT_ONCE {
            self.flush(tx).await?;
        }
        Ok(())
    }

    pub(super) async fn finish(mut self, tx: &DatabaseTransaction) -> Result<(), JournalError> {
        self.flush(tx).await?;
        for (table, column, last) in [
            ("inbox", "id", self.last.input),
            ("effect", "ordinal", self.last.effect),
            ("timer", "id", self.last.timer),
        ] {
            dialect::ids_go_on_after(tx, table, column, last).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, tx: &DatabaseTransaction) -> Result<(), JournalError> {
        self.waiting = 0;
        insert::<stream::Entity>(tx, take(&mut self.streams)).await?;
        insert::<event::Entity>(tx, take(&mut self.events)).await?;
        insert::<inbox::Entity>(tx, take(&mut self.inputs)).await?;
        insert::<effect::Entity>(tx, take(&mut self.effects)).await?;
        insert::<timer::Entity>(tx, take(&mut self.timers)).await?;
        insert::<lease::Entity>(tx, take(&mut self.leases)).await?;
        insert::<evidence::Entity>(tx, take(&mut self.evidence)).await?;
        insert::<watch_state::Entity>(tx, take(&mut self.watch_states)).await?;
        insert::<chat_message::Entity>(tx, take(&mut self.chat_messages)).await?;
        insert::<session::Entity>(tx, take(&mut self.sessions)).await?;
        insert::<share::Entity>(tx, take(&mut self.shares)).await?;
        insert::<tool_call::Entity>(tx, take(&mut self.tool_calls)).await?;
        insert::<model_call::Entity>(tx, take(&mut self.model_calls)).await?;
        insert::<meta::Entity>(tx, take(&mut self.meta)).await
    }
}

async fn insert<E: EntityTrait>(
    tx: &DatabaseTransaction,
    rows: Vec<E::Model>,
) -> Result<(), JournalError>
where
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    E::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
