//! Whether what ran before an action still runs after it failed.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use guard::ids::{ActionId, DeploymentId};
use guard::input::Outcome;

impl Engine {
    /// The outcome with what is known of the instances: an action that never set one out on its way has left
    /// everything as it was, and of one that did only the instance itself can tell.
    pub(crate) async fn with_restored(
        &self,
        id: &DeploymentId,
        action: &ActionId,
        outcome: Outcome,
    ) -> Result<Outcome, EngineError> {
        let Outcome::Failed {
            instance,
            error,
            restored,
        } = outcome
        else {
            return Ok(outcome);
        };
        let told = restored && instance.is_some();
        Ok(Outcome::Failed {
            restored: told || self.untouched(id, action).await?,
            instance,
            error,
        })
    }

    async fn untouched(&self, id: &DeploymentId, action: &ActionId) -> Result<bool, EngineError> {
        let Some(state) = ledger::state(&self.reader, id).await? else {
            return Ok(false);
        };
        let plan = state.plan();
        let platform = self
            .service(&plan.service, &plan.environment)
            .ok()
            .and_then(|service| service.platform);
        match (platform, state.action(action)) {
            (Some(platform), Some(record)) => Ok(!platform.touched_by(&record.action).await),
            // Where Tawny only watches it has changed nothing.
            (None, Some(_)) => Ok(true),
            (_, None) => Ok(false),
        }
    }
}
