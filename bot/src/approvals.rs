//! From the opaque id on a button to the deployment that asked.

use engine::{Engine, EngineError, ledger};
use guard::ids::{ApprovalId, DeploymentId};

/// Streams that are looked through at most.
const MOST: u64 = 10_000;

/// The deployment that asked: among those that are not over first, then among all.
pub(crate) async fn deployment_of(
    engine: &Engine,
    approval: &ApprovalId,
) -> Result<Option<DeploymentId>, EngineError> {
    if let Some(id) = engine.asked_by(approval).await? {
        return Ok(Some(id));
    }
    for head in engine.reader().streams("deployment", MOST).await? {
        let Ok(id) = DeploymentId::new(head.stream.id()) else {
            continue;
        };
        let state = match ledger::state(engine.reader(), &id).await {
            Err(error) if error.is_damage() => continue,
            state => state?,
        };
        if state.is_some_and(|state| state.approval(approval).is_some()) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
