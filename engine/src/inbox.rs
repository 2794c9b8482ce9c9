//! What arrived durably: timers that fired, ends of effects, deliveries from outside.

use crate::apply::Finishes;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute;
use guard::effects::Effect;
use guard::ids::DeploymentId;
use guard::input::{Happened, Input, Outcome};
use guard::timer::TimerName;
use journal::{ClaimedInput, EffectEnd, EffectEnded, Fence, OUTBOX_SOURCE, TIMER_SOURCE};

impl Engine {
    /// Fires due timers and handles what is in the inbox; returns whether there was anything.
    pub(crate) async fn work_inbox(&self, fence: &Fence) -> Result<bool, EngineError> {
        self.writer.fire_timers(fence, 64).await?;
        let inputs = self.writer.next_inbox(fence, 32, None).await?;
        let any = !inputs.is_empty();
        for input in inputs {
            if let Err(error) = self.take_in(&input, fence).await {
                tracing::warn!(input = input.id, source = input.source, attempt = input.attempt, %error, "an input failed");
                let retry_at = self.clock.now() + jiff::SignedDuration::from_secs(1);
                self.writer
                    .input_failed(&input, &error.to_string(), retry_at)
                    .await?;
            }
        }
        Ok(any)
    }

    async fn take_in(&self, claimed: &ClaimedInput, fence: &Fence) -> Result<(), EngineError> {
        let id = claimed
            .stream_key
            .strip_prefix("deployment/")
            .and_then(|id| DeploymentId::new(id).ok());
        let (Some(id), Some(what)) = (id, self.understood(claimed).await?) else {
            return self.consume(claimed, fence).await;
        };
        // The nonce is the delivery itself: deciding it again after a crash gives the same ids.
        let nonce = format!("{}/{}/{}", claimed.source, claimed.delivery_key, claimed.id);
        let input = Input {
            at: self.clock.now(),
            nonce,
            what,
        };
        self.apply_input(&id, &input, Finishes::Input(claimed), Some(fence))
            .await?;
        Ok(())
    }

    async fn consume(&self, claimed: &ClaimedInput, fence: &Fence) -> Result<(), EngineError> {
        let transaction = journal::Transaction::at(self.clock.now())
            .fenced(fence)
            .consume(claimed);
        self.writer.append(transaction).await?;
        Ok(())
    }

    /// What an input means to its deployment; none when it means nothing.
    async fn understood(&self, claimed: &ClaimedInput) -> Result<Option<Happened>, EngineError> {
        match claimed.source.as_str() {
            TIMER_SOURCE => {
                let timer = claimed.payload.get("payload").cloned().unwrap_or_default();
                Ok(serde_json::from_value::<TimerName>(timer)
                    .ok()
                    .map(|timer| Happened::TimerFired { timer }))
            }
            OUTBOX_SOURCE => match serde_json::from_value::<EffectEnded>(claimed.payload.clone()) {
                Ok(ended) if ended.kind == execute::KIND => {
                    self.action_ended(&claimed.stream_key, &ended).await
                }
                _ => Ok(None),
            },
            _ => Ok(serde_json::from_value::<Happened>(claimed.payload.clone()).ok()),
        }
    }

    /// An action that the outbox itself ended: it was never begun in time, or failed too often.
    async fn action_ended(
        &self,
        stream: &str,
        ended: &EffectEnded,
    ) -> Result<Option<Happened>, EngineError> {
        let outcome = match ended.end {
            EffectEnd::Done => return Ok(None),
            EffectEnd::Stale => Outcome::Stale {
                why: "it could not begin in time".to_owned(),
            },
            EffectEnd::Quarantined | EffectEnd::Discarded => Outcome::Failed {
                instance: None,
                error: ended
                    .outcome
                    .get("error")
                    .and_then(|e| e.as_str())
                    .unwrap_or("it was given up")
                    .to_owned(),
                restored: false,
            },
        };
        let effects = self.reader.effects(&stream.parse()?).await?;
        let row = effects.into_iter().find(|row| row.id == ended.effect);
        let action =
            row.and_then(
                |row| match serde_json::from_value::<Effect>(row.payload).ok()? {
                    Effect::Execute { action, .. } => Some(action),
                    _ => None,
                },
            );
        Ok(action.map(|action| Happened::ActionEnded { action, outcome }))
    }
}
