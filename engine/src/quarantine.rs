//! What failed too often, or is not understood, and waits for an operator.

use crate::engine::Engine;
use crate::error::EngineError;
use guard::ids::DeploymentId;
use journal::{EffectShown, InputShown};

/// The most inputs, and the most effects, that are shown.
const MOST: u64 = 200;

/// Everything that waits for an operator.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Quarantine {
    /// Inputs: each holds back its deployment's others, timers too.
    pub inputs: Vec<InputShown>,
    /// Effects: each holds back its key's others.
    pub effects: Vec<EffectShown>,
    /// Deployments whose record cannot be read.
    pub unreadable: Vec<(DeploymentId, String)>,
}

/// What an operator does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Its tries start over.
    Requeue,
    /// What is behind it goes on without it.
    Discard,
}

impl Engine {
    /// What waits for an operator, the oldest first.
    pub async fn quarantine(&self) -> Result<Quarantine, EngineError> {
        Ok(Quarantine {
            inputs: self.reader.quarantined_inputs(MOST).await?,
            effects: self.reader.quarantined_effects(MOST).await?,
            unreadable: self.unreadable(),
        })
    }

    /// Does something about an input (its number) or an effect (`STREAM@REVISION#INDEX`). Any replica may.
    pub async fn remedy(&self, id: &str, remedy: Remedy, by: &str) -> Result<(), EngineError> {
        match (id.parse::<i64>(), remedy) {
            (Ok(input), Remedy::Requeue) => self.writer.requeue_input(input).await?,
            (Ok(input), Remedy::Discard) => {
                self.writer.discard_input(input, self.clock.now()).await?;
            }
            (Err(_), Remedy::Requeue) => self.writer.requeue_effect(id).await?,
            (Err(_), Remedy::Discard) => {
                let why = format!("taken out by {by}");
                self.writer.discard_effect(id, &why).await?;
            }
        }
        tracing::warn!(
            id,
            ?remedy,
            by,
            "an operator decided about something in quarantine"
        );
        Ok(())
    }
}
