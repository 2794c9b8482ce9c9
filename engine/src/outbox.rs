//! Effects leave here: actions to the platform, words to the channels.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute;
use crate::handler::{Handler, SayError, Utterance};
use crate::ledger;
use guard::effects::Effect;
use guard::ids::DeploymentId;
use journal::{ClaimedEffect, Fence, Happened};
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many effects are under way at once.
const ABREAST: u64 = 16;

impl Engine {
    /// Claims what is due and starts it; returns whether there was anything.
    pub(crate) async fn work_outbox(
        &self,
        fence: &Fence,
        tasks: &mut JoinSet<()>,
    ) -> Result<bool, EngineError> {
        let room = ABREAST.saturating_sub(tasks.len() as u64);
        if room == 0 {
            return Ok(false);
        }
        let chat: Vec<String> = self
            .channels
            .iter()
            .map(|channel| format!("chat.{channel}"))
            .collect();
        let kinds: Vec<&str> = chat
            .iter()
            .map(String::as_str)
            .chain([execute::KIND])
            .collect();
        let claimed = self.writer.claim_effects(fence, &kinds, room).await?;
        let any = !claimed.is_empty();
        if any {
            platforms::crash::point("after-claim");
        }
        for effect in claimed {
            let (engine, fence) = (self.clone(), fence.clone());
            tasks.spawn(async move { engine.do_effect(effect, &fence).await });
        }
        Ok(any)
    }

    async fn do_effect(&self, effect: ClaimedEffect, fence: &Fence) {
        let done = if effect.kind == execute::KIND {
            self.execute(&effect, fence).await
        } else {
            self.say(&effect, fence).await
        };
        let Err(error) = done else { return };
        tracing::warn!(effect = effect.id, attempt = effect.attempt, %error, "an effect failed and will be tried again");
        let wait = jiff::SignedDuration::from_millis(250 * (1 << effect.attempt.min(7)));
        // Actions are set-to-state, so repeating one that perhaps happened is safe.
        let retried = self
            .writer
            .retry(
                &effect,
                self.clock.now() + wait,
                &error.to_string(),
                Happened::Perhaps,
            )
            .await;
        if let Err(lost) = retried {
            tracing::warn!(effect = effect.id, error = %lost, "the claim was lost; its next owner goes on");
            self.doubt(fence, &lost.into());
        }
    }

    async fn say(&self, claimed: &ClaimedEffect, fence: &Fence) -> Result<(), EngineError> {
        let Some((handler, id, effect)) = self.addressed(claimed) else {
            tracing::error!(
                effect = claimed.id,
                "an utterance cannot be read and is dropped"
            );
            return Ok(self
                .writer
                .complete(claimed, &serde_json::json!({ "dropped": true }))
                .await?);
        };
        let records = ledger::records(&self.reader, &id).await?;
        let fold = |source| EngineError::Fold {
            stream: claimed.stream.clone(),
            source,
        };
        let Some(state) = guard::state::State::fold(&records).map_err(fold)? else {
            return Err(EngineError::UnknownDeployment(id));
        };
        let record = match &effect {
            Effect::Reply { revision } | Effect::Notice { revision } => {
                records.iter().find(|r| r.revision == *revision)
            }
            Effect::ShowParent | Effect::Execute { .. } => None,
        };
        let utterance = Utterance {
            id: &claimed.id,
            effect: &effect,
            state: &state,
            record,
            uncertain: claimed.uncertain,
        };
        // Reading took time, perhaps more than the lease lasts.
        self.still_under(fence)?;
        match handler.say(utterance).await {
            Ok(outcome) => {
                platforms::crash::point("after-post");
                Ok(self.writer.complete(claimed, &outcome).await?)
            }
            Err(error) => self.not_said(claimed, &error).await,
        }
    }

    async fn not_said(&self, claimed: &ClaimedEffect, error: &SayError) -> Result<(), EngineError> {
        tracing::warn!(effect = claimed.id, attempt = claimed.attempt, %error, "not said; will be tried again");
        let happened = match error {
            SayError::NotSaid(_) => Happened::No,
            SayError::PerhapsSaid(_) => Happened::Perhaps,
        };
        let wait = jiff::SignedDuration::from_millis(250 * (1 << claimed.attempt.min(7)));
        self.writer
            .retry(
                claimed,
                self.clock.now() + wait,
                &error.to_string(),
                happened,
            )
            .await?;
        Ok(())
    }

    fn addressed(
        &self,
        claimed: &ClaimedEffect,
    ) -> Option<(Arc<dyn Handler>, DeploymentId, Effect)> {
        let channel = claimed.kind.strip_prefix("chat.")?;
        let handler = self
            .handlers
            .iter()
            .find(|handler| handler.channel() == channel)?;
        let id = DeploymentId::new(claimed.stream.strip_prefix("deployment/")?).ok()?;
        Some((
            Arc::clone(handler),
            id,
            serde_json::from_value(claimed.payload.clone()).ok()?,
        ))
    }
}
