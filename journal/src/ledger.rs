//! Streams as guard's types, for whoever reads.

use crate::{JournalError, Reader, StreamId, codec};
use guard::apart::{Apart, RecordedApart};
use guard::event::Recorded;
use guard::ids::{DeploymentId, Environment, IncidentId, ServiceName};
use guard::lane::{Lane, LaneEvent};
use guard::people::Links;
use guard::state::{FoldError, State};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Why a stream cannot be read as what it is.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A stored event does not fold.
    #[error("stream {stream}: {source}")]
    Fold {
        /// Which stream.
        stream: String,
        /// Why.
        source: FoldError,
    },
}

impl LedgerError {
    /// Whether retention has erased what was asked for, as it does with old ones.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        matches!(self, Self::Journal(JournalError::Unfoldable { problem, .. }) if problem.contains("erased"))
    }

    /// Whether what is stored is damaged or erased, so that reading it again gives the same.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Fold { .. }
                | Self::Journal(
                    JournalError::Unfoldable { .. }
                        | JournalError::Corrupt { .. }
                        | JournalError::BadStream(_)
                )
        )
    }
}

/// More lanes than anybody has.
const MOST_LANES: u64 = 10_000;

/// The stream of a deployment.
pub fn deployment_stream(id: &DeploymentId) -> Result<StreamId, LedgerError> {
    Ok(StreamId::deployment(id.as_str())?)
}

/// The stream of a lane.
pub fn lane_stream(
    service: &ServiceName,
    environment: &Environment,
) -> Result<StreamId, LedgerError> {
    Ok(StreamId::lane(service.as_str(), environment.as_str())?)
}

/// The stream of people's accounts.
pub fn people_stream() -> Result<StreamId, LedgerError> {
    Ok(StreamId::new("people", "tawny")?)
}

/// The accounts that people have linked: those that are known, with what came since.
pub async fn links(reader: &Reader, mut known: Links) -> Result<Links, LedgerError> {
    let revision = known.revision().cast_signed();
    for stored in reader.events(&people_stream()?, revision).await? {
        let event = codec::decode_people(&stored)?;
        known.push(&event, stored.revision.unsigned_abs());
    }
    Ok(known)
}

/// The events of a deployment, in order.
pub async fn records(reader: &Reader, id: &DeploymentId) -> Result<Vec<Recorded>, LedgerError> {
    let stored = reader.events(&deployment_stream(id)?, 0).await?;
    Ok(stored.iter().map(codec::decode).collect::<Result<_, _>>()?)
}

/// A deployment as it stands; none when there is no such stream.
pub async fn state(reader: &Reader, id: &DeploymentId) -> Result<Option<State>, LedgerError> {
    let records = records(reader, id).await?;
    State::fold(&records).map_err(|source| LedgerError::Fold {
        stream: format!("deployment/{id}"),
        source,
    })
}

/// A deployment as it stands: as it is known, with what came since.
pub async fn newer(reader: &Reader, mut known: State) -> Result<State, LedgerError> {
    let stream = deployment_stream(&known.plan().deployment)?;
    let since = known.revision().cast_signed();
    for stored in reader.events(&stream, since).await? {
        let pushed = known.push(&codec::decode(&stored)?);
        pushed.map_err(|source| LedgerError::Fold {
            stream: stream.to_string(),
            source,
        })?;
    }
    Ok(known)
}

/// The stream of an incident that belongs to no deployment.
pub fn incident_stream(id: &IncidentId) -> Result<StreamId, LedgerError> {
    Ok(StreamId::new("incident", id.as_str())?)
}

/// The events of an incident that belongs to no deployment, in order.
pub async fn incident_records(
    reader: &Reader,
    id: &IncidentId,
) -> Result<Vec<RecordedApart>, LedgerError> {
    let stored = reader.events(&incident_stream(id)?, 0).await?;
    let records = stored.iter().map(codec::decode_apart);
    Ok(records.collect::<Result<_, _>>()?)
}

/// The incidents that belong to no deployment, the last changed first. What retention has erased is not there.
pub async fn incidents(reader: &Reader, most: u64) -> Result<Vec<Apart>, LedgerError> {
    let mut found = Vec::new();
    for head in reader.streams("incident", most).await? {
        let Ok(id) = IncidentId::new(head.stream.id()) else {
            continue;
        };
        match incident_records(reader, &id).await {
            Ok(records) => found.push(Apart::fold(id, &records)),
            Err(error) if error.is_erased() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// A lane as it stands.
pub async fn lane(
    reader: &Reader,
    service: &ServiceName,
    environment: &Environment,
) -> Result<Lane, LedgerError> {
    let mut lane = Lane::empty(service.clone(), environment.clone());
    for stored in reader
        .events(&lane_stream(service, environment)?, 0)
        .await?
    {
        lane.push(
            &codec::decode_lane(&stored)?,
            stored.revision.unsigned_abs(),
            stored.at,
        );
    }
    Ok(lane)
}

/// All lanes that were ever used: a service and where it was deployed.
pub async fn lanes(reader: &Reader) -> Result<Vec<(ServiceName, Environment)>, LedgerError> {
    let heads = reader.streams("lane", MOST_LANES).await?;
    let named = |head: &crate::Head| {
        let (service, environment) = head.stream.id().split_once('/')?;
        Some((
            ServiceName::new(service).ok()?,
            Environment::new(environment).ok()?,
        ))
    };
    Ok(heads.iter().filter_map(named).collect())
}

/// The deployments that took a lane and when they were asked for, the newest first.
pub async fn deployments_of(
    reader: &Reader,
    service: &ServiceName,
    environment: &Environment,
) -> Result<Vec<(DeploymentId, Timestamp)>, LedgerError> {
    let mut taken: Vec<(DeploymentId, Timestamp)> = Vec::new();
    let mut seen = BTreeSet::new();
    for stored in reader
        .events(&lane_stream(service, environment)?, 0)
        .await?
    {
        // Who went back took it twice.
        if let LaneEvent::Taken { by } = codec::decode_lane(&stored)?
            && seen.insert(by.clone())
        {
            taken.push((by, stored.at));
        }
    }
    taken.reverse();
    Ok(taken)
}

/// The deployments that people ever judged.
pub async fn judged(reader: &Reader) -> Result<BTreeSet<DeploymentId>, LedgerError> {
    said_of(reader, "judged").await
}

/// The deployments of which people said which change did it, or that none did.
pub async fn named(reader: &Reader) -> Result<BTreeSet<DeploymentId>, LedgerError> {
    said_of(reader, "cause_named").await
}

/// The deployments of which people said whether their root-cause report was of use.
pub async fn rated(reader: &Reader) -> Result<BTreeSet<DeploymentId>, LedgerError> {
    said_of(reader, "root_cause_rated").await
}

async fn said_of(reader: &Reader, event: &str) -> Result<BTreeSet<DeploymentId>, LedgerError> {
    let streams = reader.streams_with(event).await?;
    let ids = streams.iter().map(|stream| DeploymentId::new(stream.id()));
    Ok(ids.filter_map(Result::ok).collect())
}
