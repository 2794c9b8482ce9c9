//! Forgetting. Events stay for ever, as links of their chain; their payloads and everything that
//! is no event go when their time is over.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};

use crate::clock::duration_micros;
use crate::committer::Done;
use crate::table::{
    Status, chat_message, effect, event, evidence, inbox, model_call, session, share, stream,
    summary, timer, tool_call, watch_state,
};
use crate::{JournalError, Writer};

/// How long the token of a link is known after its time is over: whoever comes late is told why it does not open.
const SHARES_KNOWN: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long things are kept after they are over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// For each kind of stream, how long after its last event its payloads are kept. Kinds that are
    /// not named are kept for ever. An erased stream cannot be folded any more.
    pub payloads: Vec<(String, Duration)>,
    /// Inputs that are done: also how long a repeated delivery is recognised.
    pub inputs: Duration,
    /// Effects that have ended.
    pub effects: Duration,
    /// Evidence. Reports older than this cite what can no longer be shown.
    pub evidence: Duration,
    /// The detector's state of watches that nobody has touched.
    pub watch_state: Duration,
    /// Which chat message shows what. Older messages are not edited any more.
    pub chat_messages: Duration,
    /// Calls of models and IDE assistants.
    pub tool_calls: Duration,
    /// Requests to the analyst's models.
    pub model_calls: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |n: u64| Duration::from_secs(n * 24 * 3600);
        Self {
            payloads: vec![("deployment".to_owned(), days(400))],
            inputs: days(30),
            effects: days(30),
            evidence: days(90),
            watch_state: days(7),
            chat_messages: days(90),
            tool_calls: days(90),
            model_calls: days(400),
        }
    }
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// Payloads of events erased.
    pub payloads: u64,
    /// Inputs removed.
    pub inputs: u64,
    /// Effects removed.
    pub effects: u64,
    /// Evidence removed.
    pub evidence: u64,
    /// Detector states removed.
    pub watch_states: u64,
    /// Chat messages forgotten.
    pub chat_messages: u64,
    /// Calls of models forgotten.
    pub tool_calls: u64,
    /// Requests to the analyst's models forgotten.
    pub model_calls: u64,
    /// Expired sessions and links removed.
    pub sessions: u64,
    /// Tokens of links to deployments forgotten, long after they expired.
    pub shares: u64,
}

impl Writer {
    /// Forgets what is over for long enough at `now`. Nothing that is still open is touched: no
    /// stream with open inputs, effects or timers, however old.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn retain(
        &self,
        policy: &Retention,
        now: Timestamp,
    ) -> Result<Retained, JournalError> {
        let policy = policy.clone();
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    let retained = Retained {
                        payloads: erase_payloads(tx, &policy.payloads, now).await?,
                        ..remove_rows(tx, &policy, now).await?
                    };
                    Ok(if retained == Retained::default() {
                        Done::Unchanged(retained)
                    } else {
                        Done::Wrote(retained)
                    })
                })
            })
            .await
    }
}

fn before(now: Timestamp, keep: Duration) -> i64 {
    now.as_microsecond().saturating_sub(duration_micros(keep))
}

async fn erase_payloads(
    tx: &DatabaseTransaction,
    kinds: &[(String, Duration)],
    now: Timestamp,
) -> Result<u64, JournalError> {
    let mut erased = 0;
    for (kind, keep) in kinds {
        let over = over(kind, before(now, *keep));
        // What they came to says whose they were.
        summary::Entity::delete_many()
            .filter(summary::Column::Stream.in_subquery(over.clone()))
            .exec(tx)
            .await?;
        let changed = event::Entity::update_many()
            .col_expr(event::Column::Payload, Expr::value(None::<String>))
            .filter(event::Column::Payload.is_not_null())
            .filter(event::Column::Stream.in_subquery(over))
            .exec(tx)
            .await?;
        erased += changed.rows_affected;
    }
    Ok(erased)
}

/// Streams of a kind that nothing has happened in since, and nothing is open of.
fn over(kind: &str, since: i64) -> SelectStatement {
    stream::Entity::find()
        .select_only()
        .column(stream::Column::Name)
        .filter(stream::Column::Kind.eq(kind))
        .filter(stream::Column::UpdatedAt.lt(since))
        .filter(stream::Column::Name.not_in_subquery(open_inputs()))
        .filter(stream::Column::Name.not_in_subquery(open_effects()))
        .filter(stream::Column::Name.not_in_subquery(timers()))
        .into_query()
}

fn open_inputs() -> SelectStatement {
    Query::select()
        .column(inbox::Column::StreamKey)
        .from(inbox::Entity)
        .and_where(inbox::Column::Status.is_in(Status::OPEN))
        .to_owned()
}

fn open_effects() -> SelectStatement {
    Query::select()
        .column(effect::Column::Stream)
        .from(effect::Entity)
        .and_where(effect::Column::Status.is_in(Status::OPEN))
        .to_owned()
}

fn timers() -> SelectStatement {
    Query::select()
        .column(timer::Column::Stream)
        .from(timer::Entity)
        .to_owned()
}

async fn remove_rows(
    tx: &DatabaseTransaction,
    policy: &Retention,
    now: Timestamp,
) -> Result<Retained, JournalError> {
    let inputs = inbox::Entity::delete_many()
        .filter(inbox::Column::Status.is_not_in(Status::OPEN))
        .filter(inbox::Column::EndedAt.lt(before(now, policy.inputs)));
    let effects = effect::Entity::delete_many()
        .filter(effect::Column::Status.is_not_in(Status::OPEN))
        .filter(effect::Column::EndedAt.lt(before(now, policy.effects)));
    let evidence = evidence::Entity::delete_many()
        .filter(evidence::Column::TakenAt.lt(before(now, policy.evidence)));
    let watch_states = watch_state::Entity::delete_many()
        .filter(watch_state::Column::UpdatedAt.lt(before(now, policy.watch_state)));
    let chat_messages = chat_message::Entity::delete_many()
        .filter(chat_message::Column::PostedAt.lt(before(now, policy.chat_messages)));
    let tool_calls = tool_call::Entity::delete_many()
        .filter(tool_call::Column::CalledAt.lt(before(now, policy.tool_calls)));
    let model_calls = model_call::Entity::delete_many()
        .filter(model_call::Column::CalledAt.lt(before(now, policy.model_calls)));
    let sessions =
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now.as_microsecond()));
    let shares =
        share::Entity::delete_many().filter(share::Column::ExpiresAt.lt(before(now, SHARES_KNOWN)));
    Ok(Retained {
        payloads: 0,
        inputs: inputs.exec(tx).await?.rows_affected,
        effects: effects.exec(tx).await?.rows_affected,
        evidence: evidence.exec(tx).await?.rows_affected,
        watch_states: watch_states.exec(tx).await?.rows_affected,
        chat_messages: chat_messages.exec(tx).await?.rows_affected,
        tool_calls: tool_calls.exec(tx).await?.rows_affected,
        model_calls: model_calls.exec(tx).await?.rows_affected,
        sessions: sessions.exec(tx).await?.rows_affected,
        shares: shares.exec(tx).await?.rows_affected,
    })
}
