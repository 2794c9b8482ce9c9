//! How much there is and how much waits: for `/metrics` and the page.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::clock::from_micros;
use crate::database::Db;
use crate::table::{Status, effect, event, evidence, inbox, stream, timer};
use crate::{JournalError, Reader, StreamId};

/// How much the journal holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Streams.
    pub streams: u64,
    /// Events of all streams.
    pub events: u64,
    /// Inputs that are not yet handled.
    pub inputs: WorkCounts,
    /// Effects that are not yet executed.
    pub effects: WorkCounts,
    /// Timers that are set.
    pub timers: u64,
    /// Evidence.
    pub evidence: u64,
}

/// Work that is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCounts {
    /// Waiting, due or not.
    pub pending: u64,
    /// Claimed, by living or dead.
    pub claimed: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// Of those pending or claimed, how many an earlier try may have done. Always 0 for inputs.
    pub uncertain: u64,
    /// When the oldest one that is pending or claimed arrived, or was demanded. `None` if there is none.
    pub oldest: Option<Timestamp>,
}

impl Reader {
    /// Counts everything. A few index scans: fit for every scrape.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn counts(&self) -> Result<Counts, JournalError> {
        Ok(Counts {
            streams: stream::Entity::find().count(&self.db).await?,
            events: self.event_count().await?,
            inputs: inputs(&self.db).await?,
            effects: effects(&self.db).await?,
            timers: timer::Entity::find().count(&self.db).await?,
            evidence: evidence::Entity::find().count(&self.db).await?,
        })
    }

    /// How many events a stream has, by name. A watch that writes too much shows here.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn events_by_name(
        &self,
        stream: &StreamId,
    ) -> Result<Vec<(String, u64)>, JournalError> {
        let rows: Vec<(String, i64)> = event::Entity::find()
            .select_only()
            .column(event::Column::Name)
            .column_as(event::Column::Seq.count(), "events")
            .filter(event::Column::Stream.eq(stream.to_string()))
            .group_by(event::Column::Name)
            .order_by_asc(event::Column::Name)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(name, events)| (name, events.unsigned_abs()))
            .collect())
    }
}

async fn inputs(db: &Db) -> Result<WorkCounts, JournalError> {
    let rows: Vec<(Status, i64)> = inbox::Entity::find()
        .select_only()
        .column(inbox::Column::Status)
        .column_as(inbox::Column::Id.count(), "inputs")
        .filter(inbox::Column::Status.is_in(Status::OPEN))
        .group_by(inbox::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let oldest = inbox::Entity::find()
        .filter(inbox::Column::Status.is_in([Status::Pending, Status::Claimed]))
        .order_by_asc(inbox::Column::Id)
        .one(db)
        .await?;
    let oldest = oldest.map(|row| from_micros(row.received_at));
    Ok(WorkCounts {
        oldest,
        ..by_status(&rows)
    })
}

async fn effects(db: &Db) -> Result<WorkCounts, JournalError> {
    let rows: Vec<(Status, i64)> = effect::Entity::find()
        .select_only()
        .column(effect::Column::Status)
        .column_as(effect::Column::Ordinal.count(), "effects")
        .filter(effect::Column::Status.is_in(Status::OPEN))
        .group_by(effect::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let uncertain = effect::Entity::find()
        .filter(effect::Column::Status.is_in([Status::Pending, Status::Claimed]))
        .filter(effect::Column::Uncertain.eq(true))
        .count(db)
        .await?;
    Ok(WorkCounts {
        uncertain,
        oldest: oldest_effect(db).await?,
        ..by_status(&rows)
    })
}

/// When the event happened that demands the oldest effect not yet executed.
async fn oldest_effect(db: &Db) -> Result<Option<Timestamp>, JournalError> {
    let oldest: Option<(String, i64)> = effect::Entity::find()
        .select_only()
        .column(effect::Column::Stream)
        .column(effect::Column::Revision)
        .filter(effect::Column::Status.is_in([Status::Pending, Status::Claimed]))
        .order_by_asc(effect::Column::Ordinal)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    let Some((stream, revision)) = oldest else {
        return Ok(None);
    };
    let at: Option<i64> = event::Entity::find()
        .select_only()
        .column(event::Column::At)
        .filter(event::Column::Stream.eq(stream))
        .filter(event::Column::Revision.eq(revision))
        .into_tuple()
        .one(db)
        .await?;
    Ok(at.map(from_micros))
}

fn by_status(rows: &[(Status, i64)]) -> WorkCounts {
    let of = |wanted| {
        rows.iter()
            .find(|(status, _)| *status == wanted)
            .map_or(0, |(_, n)| n.unsigned_abs())
    };
    WorkCounts {
        pending: of(Status::Pending),
        claimed: of(Status::Claimed),
        quarantined: of(Status::Quarantined),
        ..WorkCounts::default()
    }
}
