//! Deployments as the record has them, for callers who may see them.

use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use guard::ids::DeploymentId;
use guard::state::State;
use journal::History;
use std::sync::Arc;

/// A deployment: its events, and what they amount to.
pub(crate) type Deployment = Arc<History>;

/// A deployment that the caller may see. One that it may not see is as one that does not exist.
///
/// # Errors
/// It does not exist for this caller, its id is none, or it cannot be read.
pub(crate) async fn deployment(
    world: &World,
    caller: &Caller,
    id: &str,
) -> Result<Deployment, ToolError> {
    let unknown = || ToolError::unknown_deployment(id);
    let name = DeploymentId::new(id).map_err(|error| ToolError::argument("deployment", error))?;
    let found = world.histories.of(&world.reader, &name).await?;
    let found = found.ok_or_else(unknown)?;
    let plan = found.state.plan();
    if !caller.sees(&plan.service, &plan.environment) {
        return Err(unknown());
    }
    Ok(found)
}

/// The last changed deployments that the caller may see, and whether there are older ones that were not looked at.
pub(crate) async fn recent(
    world: &World,
    caller: &Caller,
    most: u64,
) -> Result<(Vec<Deployment>, bool), ToolError> {
    let heads = world.reader.streams("deployment", most + 1).await?;
    let more = heads.len() as u64 > most;
    let mut found = Vec::new();
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    for head in heads.into_iter().take(most) {
        match deployment(world, caller, head.stream.id()).await {
            Ok(deployment) => found.push(deployment),
            // Erased by retention, not to be seen, or not to be read: none of them hides the others.
            Err(ToolError::Absent(_) | ToolError::Unknown { .. } | ToolError::Argument { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((found, more))
}

/// Where people see it.
pub(crate) fn link(world: &World, state: &State) -> Option<String> {
    let page = world.page.as_ref()?;
    Some(format!(
        "{}/deployments/{}",
        page.as_str(),
        state.plan().deployment
    ))
}
