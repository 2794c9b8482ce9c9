//! Inputs and effects as operators see them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;

use crate::clock::from_micros;
use crate::table::{Status, effect, inbox};
use crate::{JournalError, Reader, StreamId, json};

/// An input, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct InputShown {
    /// Its place in the inbox.
    pub id: i64,
    /// Who delivered it.
    pub source: String,
    /// The source's key of the delivery.
    pub delivery_key: String,
    /// The stream it is for.
    pub stream_key: String,
    /// `pending`, `claimed`, `quarantined`, `done` or `discarded`.
    pub status: String,
    /// Tries begun.
    pub attempts: u32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was delivered.
    pub payload: Value,
    /// What it came to, where that was kept.
    pub outcome: Option<Value>,
}

/// An effect, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectShown {
    /// Its id.
    pub id: String,
    /// The key it is ordered in.
    pub key: String,
    /// Which handler does it.
    pub kind: String,
    /// `pending`, `claimed`, `quarantined`, `done`, `stale` or `discarded`.
    pub status: String,
    /// Tries begun.
    pub attempts: u32,
    /// Whether an earlier try may have done it.
    pub uncertain: bool,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// What the handler needs.
    pub payload: Value,
    /// How it ended.
    pub outcome: Option<Value>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Reader {
    /// One input.
    ///
    /// # Errors
    /// What the database refused, or a payload that does not parse.
    pub async fn input(&self, id: i64) -> Result<Option<InputShown>, JournalError> {
        inbox::Entity::find_by_id(id)
            .one(&self.db)
            .await?
            .map(input_shown)
            .transpose()
    }

    /// What a source delivered under this key, if that is still remembered.
    ///
    /// # Errors
    /// As [`Reader::input`].
    pub async fn input_of(
        &self,
        source: &str,
        key: &str,
    ) -> Result<Option<InputShown>, JournalError> {
        inbox::Entity::find()
            .filter(inbox::Column::Source.eq(source))
            .filter(inbox::Column::DeliveryKey.eq(key))
            .one(&self.db)
            .await?
            .map(input_shown)
            .transpose()
    }

    /// What these sources delivered, the newest first; before this id, if one is given.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn inputs_of(
        &self,
        sources: &[String],
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<InputShown>, JournalError> {
        let mut found = inbox::Entity::find()
            .filter(inbox::Column::Source.is_in(sources))
            .order_by_desc(inbox::Column::Id)
            .limit(limit);
        if let Some(before) = before {
            found = found.filter(inbox::Column::Id.lt(before));
        }
        let rows = found.all(&self.db).await?;
        rows.into_iter().map(input_shown).collect()
    }

    /// Which of these keys a source delivered that are still remembered.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn delivered(
        &self,
        source: &str,
        keys: &[String],
    ) -> Result<BTreeSet<String>, JournalError> {
        let found: Vec<String> = inbox::Entity::find()
            .select_only()
            .column(inbox::Column::DeliveryKey)
            .filter(inbox::Column::Source.eq(source))
            .filter(inbox::Column::DeliveryKey.is_in(keys))
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(found.into_iter().collect())
    }

    /// How many inputs wait to be handled.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn waiting_inputs(&self) -> Result<u64, JournalError> {
        let waiting = inbox::Entity::find().filter(inbox::Column::Status.eq(Status::Pending));
        Ok(waiting.count(&self.db).await?)
    }

    /// Inputs in quarantine, the oldest first.
    ///
    /// # Errors
    /// What the database refused, or a payload that does not parse.
    pub async fn quarantined_inputs(&self, limit: u64) -> Result<Vec<InputShown>, JournalError> {
        let rows = inbox::Entity::find()
            .filter(inbox::Column::Status.eq(Status::Quarantined))
            .order_by_asc(inbox::Column::Id)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(input_shown).collect()
    }

    /// The effects of a stream, in the order they were demanded.
    ///
    /// # Errors
    /// What the database refused, or a payload that does not parse.
    pub async fn effects(&self, stream: &StreamId) -> Result<Vec<EffectShown>, JournalError> {
        let rows = effect::Entity::find()
            .filter(effect::Column::Stream.eq(stream.to_string()))
            .order_by_asc(effect::Column::Ordinal)
            .all(&self.db)
            .await?;
        rows.into_iter().map(effect_shown).collect()
    }

    /// Effects in quarantine, the oldest first.
    ///
    /// # Errors
    /// What the database refused, or a payload that does not parse.
    pub async fn quarantined_effects(&self, limit: u64) -> Result<Vec<EffectShown>, JournalError> {
        let rows = effect::Entity::find()
            .filter(effect::Column::Status.eq(Status::Quarantined))
            .order_by_asc(effect::Column::Ordinal)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.into_iter().map(effect_shown).collect()
    }
}

/// What is damaged is shown as the text that it is: an operator has to see it.
fn shown(payload: String) -> Value {
    serde_json::from_str(&payload).unwrap_or(Value::String(payload))
}

fn input_shown(row: inbox::Model) -> Result<InputShown, JournalError> {
    Ok(InputShown {
        payload: shown(row.payload),
        id: row.id,
        source: row.source,
        delivery_key: row.delivery_key,
        stream_key: row.stream_key,
        status: row.status.to_value(),
        attempts: row.attempts.unsigned_abs(),
        last_error: row.last_error,
        received_at: from_micros(row.received_at),
        outcome: row.outcome.map(shown),
    })
}

fn effect_shown(row: effect::Model) -> Result<EffectShown, JournalError> {
    let what = || format!("effect {}", row.id);
    Ok(EffectShown {
        payload: shown(row.payload.clone()),
        outcome: json::parse_option(row.outcome.as_deref(), what)?,
        id: row.id,
        key: row.key,
        kind: row.kind,
        status: row.status.to_value(),
        attempts: row.attempts.unsigned_abs(),
        uncertain: row.uncertain,
        last_error: row.last_error,
        ended_at: row.ended_at.map(from_micros),
    })
}
