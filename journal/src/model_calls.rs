//! What the analyst asked of which model, and what that cost. Rows with retention and no events: they change nothing, but
//! bound what may be spent in a day, whichever server asks and however often it was started anew.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::clock::{duration_micros, from_micros};
use crate::committer::Done;
use crate::table::model_call;
use crate::{Inbox, JournalError, Reader, claim};

/// One request to a model. Its texts hold no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCall {
    /// Its id: later ones sort behind.
    pub id: String,
    /// When it was sent.
    pub called_at: Timestamp,
    /// What for: `investigate`, `ask`, `write`, `test`.
    pub purpose: String,
    /// What it was about, such as the id of a deployment; may be empty.
    pub subject: String,
    /// In which channel somebody wanted it; empty where nobody asked.
    pub channel: String,
    /// The endpoint, as configured.
    pub endpoint: String,
    /// The model, as configured.
    pub model: String,
    /// `begun` until it is known how it ended: then `answered`, or the word of a failure.
    pub outcome: String,
    /// Tokens that were read: an estimate while it has only begun.
    pub tokens_in: u64,
    /// Those of them that came out of the server's cache.
    pub tokens_cached: u64,
    /// Tokens that were written: the most that could be while it has only begun.
    pub tokens_out: u64,
    /// What it cost, in millionths of the configured currency; none where the model has no price.
    pub cost: Option<u64>,
    /// How long it took.
    pub took: Duration,
}

/// Which requests are looked for.
#[derive(Debug, Clone, Default)]
pub struct ModelCallsWanted {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Only of this channel.
    pub channel: Option<String>,
    /// Only about this.
    pub subject: Option<String>,
}

/// What requests came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// How many there were.
    pub calls: u64,
    /// Tokens read.
    pub tokens_in: u64,
    /// Those of them that came out of a server's cache.
    pub tokens_cached: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// What those with a price cost, in millionths of the configured currency.
    pub cost: u64,
    /// How many had no price.
    pub unpriced: u64,
}

/// What was asked of one model for one purpose about one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelUse {
    /// What for: `investigate`, `ask`, `write`, `test`.
    pub purpose: String,
    /// What it was about, such as the id of a deployment; may be empty.
    pub subject: String,
    /// The model, as configured.
    pub model: String,
}

impl Spent {
    /// Tokens read and written.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens_in.saturating_add(self.tokens_out)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            tokens_in: self.tokens_in.saturating_add(other.tokens_in),
            tokens_cached: self.tokens_cached.saturating_add(other.tokens_cached),
            tokens_out: self.tokens_out.saturating_add(other.tokens_out),
            cost: self.cost.saturating_add(other.cost),
            unpriced: self.unpriced + other.unpriced,
        }
    }

    /// With one more request.
    #[must_use]
    pub fn and(self, call: &ModelCall) -> Self {
        Self {
            calls: self.calls + 1,
            tokens_in: self.tokens_in.saturating_add(call.tokens_in),
            tokens_cached: self.tokens_cached.saturating_add(call.tokens_cached),
            tokens_out: self.tokens_out.saturating_add(call.tokens_out),
            cost: self.cost.saturating_add(call.cost.unwrap_or(0)),
            unpriced: self.unpriced + u64::from(call.cost.is_none()),
        }
    }
}

impl Inbox {
    /// Keeps a request, or what is known of it now: one of the same id is replaced.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn record_model_call(&self, call: &ModelCall) -> Result<(), JournalError> {
        let row = row(call);
        self.committer
            .write(move |tx| {
                Box::pin(async move {
                    model_call::Entity::delete_by_id(row.id.clone())
                        .exec(tx)
                        .await?;
                    let row: model_call::ActiveModel = row.into();
                    model_call::Entity::insert(row.reset_all())
                        .exec_without_returning(tx)
                        .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }
}

impl Reader {
    /// Requests to models, the newest first.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn model_calls(
        &self,
        wanted: &ModelCallsWanted,
        limit: u64,
    ) -> Result<Vec<ModelCall>, JournalError> {
        let found = found(wanted)
            .order_by_desc(model_call::Column::Id)
            .limit(limit);
        let rows = found.all(&self.db).await?;
        Ok(rows.into_iter().map(call).collect())
    }

    /// What such requests came to, all of them.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn spent_on_models(&self, wanted: &ModelCallsWanted) -> Result<Spent, JournalError> {
        let rows = found(wanted).all(&self.db).await?;
        let calls = rows.into_iter().map(call);
        Ok(calls.fold(Spent::default(), |spent, call| spent.and(&call)))
    }
}

impl Reader {
    /// What such requests came to, by purpose, subject and model.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn model_uses(
        &self,
        wanted: &ModelCallsWanted,
    ) -> Result<BTreeMap<ModelUse, Spent>, JournalError> {
        let rows = found(wanted).all(&self.db).await?;
        let mut uses: BTreeMap<ModelUse, Spent> = BTreeMap::new();
        for call in rows.into_iter().map(call) {
            let one = ModelUse {
                purpose: call.purpose.clone(),
                subject: call.subject.clone(),
                model: call.model.clone(),
            };
            let spent = uses.entry(one).or_default();
            *spent = spent.and(&call);
        }
        Ok(uses)
    }
}

fn found(wanted: &ModelCallsWanted) -> Select<model_call::Entity> {
    let mut found = model_call::Entity::find();
    if let Some(since) = wanted.since {
        found = found.filter(model_call::Column::CalledAt.gte(since.as_microsecond()));
    }
    if let Some(channel) = &wanted.channel {
        found = found.filter(model_call::Column::Channel.eq(channel.as_str()));
    }
    if let Some(subject) = &wanted.subject {
        found = found.filter(model_call::Column::Subject.eq(subject.as_str()));
    }
    found
}

fn row(call: &ModelCall) -> model_call::Model {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    model_call::Model {
        id: call.id.clone(),
        called_at: call.called_at.as_microsecond(),
        purpose: call.purpose.clone(),
        subject: claim::storable(&call.subject),
        channel: claim::storable(&call.channel),
        endpoint: claim::storable(&call.endpoint),
        model: claim::storable(&call.model),
        outcome: call.outcome.clone(),
        tokens_in: number(call.tokens_in),
        tokens_cached: number(call.tokens_cached),
        tokens_out: number(call.tokens_out),
        cost: call.cost.map(number),
        took: duration_micros(call.took),
    }
}

fn call(row: model_call::Model) -> ModelCall {
    ModelCall {
        id: row.id,
        called_at: from_micros(row.called_at),
        purpose: row.purpose,
        subject: row.subject,
        channel: row.channel,
        endpoint: row.endpoint,
        model: row.model,
        outcome: row.outcome,
        tokens_in: row.tokens_in.unsigned_abs(),
        tokens_cached: row.tokens_cached.unsigned_abs(),
        tokens_out: row.tokens_out.unsigned_abs(),
        cost: row.cost.map(i64::unsigned_abs),
        took: Duration::from_micros(row.took.unsigned_abs()),
    }
}
