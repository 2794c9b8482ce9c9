//! The report of a deployment, gathered from the record.

use engine::{Engine, EngineError};
use guard::ids::DeploymentId;
use journal::reports;

pub(crate) use journal::reports::Told;

/// The report of a deployment; none when there is no such deployment.
pub(crate) async fn of(engine: &Engine, id: &DeploymentId) -> Result<Option<Told>, EngineError> {
    let mut told = reports::of(engine.reader(), engine.histories(), id).await?;
    let unreadable = told.iter_mut().flat_map(|told| told.unreadable.drain(..));
    for (id, error) in unreadable {
        engine.note_unreadable(&id, &error);
    }
    Ok(told)
}
