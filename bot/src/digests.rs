//! What happened in a stretch of time, gathered from the record.

use engine::{Engine, EngineError};
use guard::digest::{Digest, Frozen};
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::state::Status;
use guard::summary::Summary;
use jiff::Timestamp;
use journal::History;
use std::sync::Arc;

/// The digest of the services and environments that are wanted, after the first and up to the second moment. Only those
/// deployments are read to which something happened since, or that wait for somebody.
pub(crate) async fn gather(
    engine: &Engine,
    wanted: impl Fn(&ServiceName, &Environment) -> bool,
    (since, until): (Timestamp, Timestamp),
) -> Result<Digest, EngineError> {
    // What waited for its lane in vain was never deployed.
    let deployed = |row: &Summary| row.began || !row.over;
    let counts = |row: &Summary| deployed(row) && (row.updated_at > since || waits(row));
    let listed = engine.listed(|listing| {
        let rows = listing.changed().filter(|row| counts(row));
        let rows = rows.filter(|row| wanted(&row.service, &row.environment));
        let mut ids: Vec<DeploymentId> = rows.map(|row| row.deployment.clone()).collect();
        ids.sort();
        let lanes = listing.lanes().filter(|lane| wanted(&lane.0, &lane.1));
        let frozen = lanes.filter_map(|(service, environment)| {
            let lane = listing.lane(service, environment)?;
            let (by, reason) = lane.frozen()?;
            Some(Frozen {
                by: by.to_owned(),
                reason: reason.map(str::to_owned),
                service: service.clone(),
                environment: environment.clone(),
            })
        });
        (ids, frozen.collect())
    });
    let (ids, frozen): (_, Vec<Frozen>) = listed.await?;
    let mut known: Vec<Arc<History>> = Vec::new();
    for id in ids {
        match engine.history(&id).await {
            Ok(history) => known.extend(history),
            Err(error) if error.is_erased() => {}
            // One that cannot be read must not hide the others.
            Err(error) if error.is_damage() => engine.note_unreadable(&id, &error),
            Err(error) => return Err(error),
        }
    }
    let told = known.iter().map(|one| (&one.records[..], &one.state));
    Ok(Digest::of(told, frozen, (since, until)))
}

/// Whether somebody is asked, or has to look.
fn waits(row: &Summary) -> bool {
    row.asks.is_some() || row.status == Status::Paused
}
