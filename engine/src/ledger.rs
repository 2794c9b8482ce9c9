//! Streams of the journal as guard's types: what [`journal::ledger`] reads, with the engine's errors.

use crate::error::EngineError;
use guard::apart::{Apart, RecordedApart};
use guard::event::Recorded;
use guard::ids::{DeploymentId, Environment, IncidentId, ServiceName};
use guard::lane::Lane;
use guard::people::Links;
use guard::state::State;
use jiff::Timestamp;
use journal::{Reader, StreamId, ledger};
use std::collections::BTreeSet;

/// The stream of a deployment.
pub fn deployment_stream(id: &DeploymentId) -> Result<StreamId, EngineError> {
    Ok(ledger::deployment_stream(id)?)
}

/// The stream of a lane.
pub fn lane_stream(
    service: &ServiceName,
    environment: &Environment,
) -> Result<StreamId, EngineError> {
    Ok(ledger::lane_stream(service, environment)?)
}

/// The stream of people's accounts.
pub fn people_stream() -> Result<StreamId, EngineError> {
    Ok(ledger::people_stream()?)
}

/// The accounts that people have linked: those that are known, with what came since.
pub async fn links(reader: &Reader, known: Links) -> Result<Links, EngineError> {
    Ok(ledger::links(reader, known).await?)
}

/// The events of a deployment, in order.
pub async fn records(reader: &Reader, id: &DeploymentId) -> Result<Vec<Recorded>, EngineError> {
    Ok(ledger::records(reader, id).await?)
}

/// A deployment as it stands; none when there is no such stream.
pub async fn state(reader: &Reader, id: &DeploymentId) -> Result<Option<State>, EngineError> {
    Ok(ledger::state(reader, id).await?)
}

/// A deployment as it stands: as it is known, with what came since.
pub(crate) async fn newer(reader: &Reader, known: State) -> Result<State, EngineError> {
    Ok(ledger::newer(reader, known).await?)
}

/// The stream of an incident that belongs to no deployment.
pub fn incident_stream(id: &IncidentId) -> Result<StreamId, EngineError> {
    Ok(ledger::incident_stream(id)?)
}

/// The events of an incident that belongs to no deployment, in order.
pub async fn incident_records(
    reader: &Reader,
    id: &IncidentId,
) -> Result<Vec<RecordedApart>, EngineError> {
    Ok(ledger::incident_records(reader, id).await?)
}

/// The incidents that belong to no deployment, the last changed first. What retention has erased is not there.
pub async fn incidents(reader: &Reader, most: u64) -> Result<Vec<Apart>, EngineError> {
    Ok(ledger::incidents(reader, most).await?)
}

/// A lane as it stands.
pub async fn lane(
    reader: &Reader,
    service: &ServiceName,
    environment: &Environment,
) -> Result<Lane, EngineError> {
    Ok(ledger::lane(reader, service, environment).await?)
}

/// All lanes that were ever used: a service and where it was deployed.
pub async fn lanes(reader: &Reader) -> Result<Vec<(ServiceName, Environment)>, EngineError> {
    Ok(ledger::lanes(reader).await?)
}

/// The deployments that took a lane and when they were asked for, the newest first.
pub async fn deployments_of(
    reader: &Reader,
    service: &ServiceName,
    environment: &Environment,
) -> Result<Vec<(DeploymentId, Timestamp)>, EngineError> {
    Ok(ledger::deployments_of(reader, service, environment).await?)
}

/// The deployments that people ever judged.
pub async fn judged(reader: &Reader) -> Result<BTreeSet<DeploymentId>, EngineError> {
    Ok(ledger::judged(reader).await?)
}

/// The deployments of which people said which change did it, or that none did.
pub async fn named(reader: &Reader) -> Result<BTreeSet<DeploymentId>, EngineError> {
    Ok(ledger::named(reader).await?)
}

// Domain types are plain data with string keys; writing them cannot fail.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}
