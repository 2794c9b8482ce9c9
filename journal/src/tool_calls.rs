//! What models and IDE assistants call. Rows with retention and no events: they change nothing.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::clock::{duration_micros, from_micros};
use crate::committer::Done;
use crate::table::tool_call;
use crate::{Inbox, JournalError, Reader, claim};

/// One call of a tool. Its texts hold no secrets: whoever hands them in has taken them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Its id: later ones sort behind.
    pub id: String,
    /// When it began.
    pub called_at: Timestamp,
    /// The client, as configured.
    pub client: String,
    /// On whose behalf.
    pub person: Option<String>,
    /// The tool.
    pub tool: String,
    /// Its arguments, as JSON.
    pub arguments: String,
    /// `answered refused failed cancelled`.
    pub outcome: String,
    /// How long it took.
    pub took: Duration,
}

/// Which calls are looked for.
#[derive(Debug, Clone, Default)]
pub struct CallsWanted {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Only of this client, or on behalf of this person.
    pub who: Option<String>,
    /// Only before the call of this id.
    pub before: Option<String>,
    /// At most so many.
    pub limit: u64,
}

impl Inbox {
    /// Keeps a call.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn record_call(&self, call: &ToolCall) -> Result<(), JournalError> {
        let row = tool_call::ActiveModel {
            id: Set(call.id.clone()),
            called_at: Set(call.called_at.as_microsecond()),
            client: Set(claim::storable(&call.client)),
            person: Set(call.person.as_deref().map(claim::storable)),
            tool: Set(claim::storable(&call.tool)),
            arguments: Set(claim::storable(&call.arguments)),
            outcome: Set(call.outcome.clone()),
            took: Set(duration_micros(call.took)),
        };
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    tool_call::Entity::insert(row)
                        .exec_without_returning(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

impl Reader {
    /// Calls, the newest first.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn calls(&self, wanted: &CallsWanted) -> Result<Vec<ToolCall>, JournalError> {
        let mut found = tool_call::Entity::find()
            .order_by_desc(tool_call::Column::Id)
            .limit(wanted.limit);
        if let Some(since) = wanted.since {
            found = found.filter(tool_call::Column::CalledAt.gte(since.as_microsecond()));
        }
        if let Some(before) = &wanted.before {
            found = found.filter(tool_call::Column::Id.lt(before.as_str()));
        }
        if let Some(who) = &wanted.who {
            let either = Condition::any()
                .add(tool_call::Column::Client.eq(who.as_str()))
                .add(tool_call::Column::Person.eq(who.as_str()));
            found = found.filter(either);
        }
        let rows = found.all(&self.db).await?;
        Ok(rows.into_iter().map(call).collect())
    }
}

fn call(row: tool_call::Model) -> ToolCall {
    ToolCall {
        id: row.id,
        called_at: from_micros(row.called_at),
        client: row.client,
        person: row.person,
        tool: row.tool,
        arguments: row.arguments,
        outcome: row.outcome,
        took: Duration::from_micros(row.took.unsigned_abs()),
    }
}
