//! From the opaque id on a button to the deployment that asked.

use engine::{Engine, EngineError};
use guard::ids::{ApprovalId, DeploymentId};

/// The deployment that asked: among those that are not over first, then among all.
pub(crate) async fn deployment_of(
    engine: &Engine,
    approval: &ApprovalId,
) -> Result<Option<DeploymentId>, EngineError> {
    if let Some(id) = engine.asked_by(approval).await? {
        return Ok(Some(id));
    }
    let asked = engine.listed(|listing| {
        let mut rows = listing.newest();
        let asked = rows.find(|row| row.questions.contains(approval));
        asked.map(|row| row.deployment.clone())
    });
    asked.await
}
