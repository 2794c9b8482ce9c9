//! Carrying out actions on the platform: the only place that asks for authority.

use crate::apply::Finishes;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use crate::waves::{self, waves};
use guard::action::{Action, ActionKind, Precondition};
use guard::authorise::{Authority, NotAuthorised, authorise};
use guard::effects::Effect;
use guard::ids::{ActionId, DeploymentId, InstanceId};
use guard::input::{Happened, Input, Outcome};
use journal::{ClaimedEffect, Fence};
use platforms::hosts::{Hosts, HostsError, InstanceState, Stage};
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// The kind of effect that is handled here.
pub(crate) const KIND: &str = "platform.execute";

/// How often an action is tried that fails by something that may pass: about a quarter of a minute. Then
/// people are told; left to the outbox' quarantine it would hold back all that comes after it.
const MOST_TRIES: u32 = 6;

impl Engine {
    /// What was claimed under one lease is not finished under another, even if that is ours too.
    pub(crate) async fn execute(
        &self,
        claimed: &ClaimedEffect,
        begun: &Fence,
    ) -> Result<(), EngineError> {
        let Some((id, action, precondition)) = addressed(claimed) else {
            return self.give_up(claimed, "the effect cannot be read").await;
        };
        let carried_out = self.carry_out(&id, &action, &precondition, begun);
        let outcome = match carried_out.await {
            Ok(outcome) => outcome,
            Err(EngineError::UnknownDeployment(_)) => {
                return self.give_up(claimed, "the deployment is gone").await;
            }
            // Under a lease that is gone nothing can be told; whoever leads next tries it.
            Err(error) if self.still_under(begun).is_err() => return Err(error),
            Err(error) if claimed.attempt >= MOST_TRIES => Outcome::Failed {
                instance: None,
                error: format!("{error} (tried {} times)", claimed.attempt),
                restored: false,
            },
            Err(error) => return Err(error),
        };
        let outcome = self.with_restored(&id, &action, outcome).await?;
        tracing::info!(deployment = %id, %action, ?outcome, "action ended");
        let what = Happened::ActionEnded {
            action,
            outcome: outcome.clone(),
        };
        let input = Input {
            at: self.clock.now(),
            nonce: crate::clock::nonce(),
            what,
        };
        platforms::crash::point("after-execution");
        self.apply_input(
            &id,
            &input,
            Finishes::Effect(claimed, ledger::json(&outcome)),
            Some(begun),
        )
        .await?;
        Ok(())
    }

    async fn give_up(&self, claimed: &ClaimedEffect, why: &str) -> Result<(), EngineError> {
        tracing::error!(effect = claimed.id, why, "an action was dropped");
        Ok(self
            .writer
            .complete(claimed, &serde_json::json!({ "dropped": why }))
            .await?)
    }

    async fn carry_out(
        &self,
        id: &DeploymentId,
        action: &ActionId,
        precondition: &Precondition,
        begun: &Fence,
    ) -> Result<Outcome, EngineError> {
        let authority = match self.authority(id, action).await? {
            Ok(authority) => authority,
            Err(refused) => return Ok(refused),
        };
        let service = self.service(authority.service(), authority.environment())?;
        let Some(platform) = service.platform else {
            return self.taken_note(id, &authority).await;
        };
        if let Err(why) = precondition.holds(&platform.observe().await.rollout) {
            return Ok(Outcome::Stale { why });
        }
        // Everything that can fail without touching an instance fails here.
        let prepared = tokio::select! {
            prepared = platform.prepare(&authority) => prepared,
            outcome = self.withdrawn(id, action) => return outcome,
        };
        match prepared {
            Ok(_) => {}
            Err(error) => return self.refused(None, &error),
        }
        self.bring_all(id, authority.action(), &platform, begun)
            .await
    }

    /// Where somebody else deploys, what is asked for is what was told: the new version comes without Tawny.
    /// A way back cannot be had like that, nor what was planned when Tawny still deployed.
    async fn taken_note(
        &self,
        id: &DeploymentId,
        authority: &Authority,
    ) -> Result<Outcome, EngineError> {
        let action = authority.action();
        if action.kind == ActionKind::RollBack || authority.package().is_some() {
            return Ok(Outcome::Failed {
                instance: None,
                error: "tawny only watches this service: do it where the service is deployed"
                    .to_owned(),
                restored: true,
            });
        }
        for instance in &action.instances {
            let action = action.id.clone();
            let instance = instance.clone();
            self.apply(id, Happened::InstanceDone { action, instance })
                .await?;
        }
        Ok(Outcome::Done)
    }

    /// Completes when the action may no longer be carried out: a rollback does not wait for a download.
    async fn withdrawn(
        &self,
        id: &DeploymentId,
        action: &ActionId,
    ) -> Result<Outcome, EngineError> {
        let mut news = self.news();
        loop {
            if let Err(outcome) = self.authority(id, action).await? {
                return Ok(outcome);
            }
            if let Err(RecvError::Closed) = news.recv().await {
                return Err(EngineError::NotLeading);
            }
        }
    }

    /// How an action ends that the platform refused or could not do; an error when it may be tried again.
    fn refused(
        &self,
        instance: Option<&InstanceId>,
        error: &HostsError,
    ) -> Result<Outcome, EngineError> {
        match error {
            HostsError::Halted { .. } => Err(EngineError::NotLeading),
            HostsError::Moved(_) | HostsError::Foreign { .. } => Ok(Outcome::Stale {
                why: error.to_string(),
            }),
            again if again.may_pass() => Err(EngineError::Platform(again.to_string())),
            _ => Ok(Outcome::Failed {
                instance: instance.cloned(),
                error: error.to_string(),
                restored: error.restored(),
            }),
        }
    }

    /// The authority as of now, or how the action ends without it.
    async fn authority(
        &self,
        id: &DeploymentId,
        action: &ActionId,
    ) -> Result<Result<Authority, Outcome>, EngineError> {
        let state = ledger::state(&self.reader, id)
            .await?
            .ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
        Ok(
            authorise(&state, action, self.clock.now()).map_err(|refused| match refused {
                NotAuthorised::TooLate { .. } => Outcome::Stale {
                    why: refused.to_string(),
                },
                NotAuthorised::MovedOn { .. }
                | NotAuthorised::Unknown(_)
                | NotAuthorised::NotYet(_)
                | NotAuthorised::Ended(_) => Outcome::Stopped,
            }),
        )
    }

    /// The instances of the action, wave by wave; each under an authority of its own, asked for right before.
    async fn bring_all(
        &self,
        id: &DeploymentId,
        action: &Action,
        platform: &Arc<Hosts>,
        begun: &Fence,
    ) -> Result<Outcome, EngineError> {
        let state = ledger::state(&self.reader, id)
            .await?
            .ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
        let observed = platform.observe().await;
        let down = observed
            .instances
            .into_iter()
            .filter(|(_, view)| {
                matches!(
                    view.state,
                    InstanceState::Stopped | InstanceState::Unhealthy
                )
            })
            .map(|(instance, _)| instance)
            .collect();
        let waves = waves(&action.instances, &down, state.plan().batch());
        waves::run(&waves, |instance| {
            self.bring(id, &action.id, instance, platform, begun)
        })
        .await
    }

    async fn bring(
        &self,
        id: &DeploymentId,
        action: &ActionId,
        instance: InstanceId,
        platform: &Hosts,
        begun: &Fence,
    ) -> Result<Outcome, EngineError> {
        let authority = match self.authority(id, action).await? {
            Ok(authority) => authority,
            Err(refused) => return Ok(refused),
        };
        // Half-way, only the loss of the lease stops the work: its next holder goes on from there.
        let leading = |_: &Stage| match self.still_under(begun) {
            Ok(()) => ControlFlow::Continue(()),
            Err(lost) => ControlFlow::Break(lost.to_string()),
        };
        match platform.bring(&authority, &instance, &leading).await {
            Ok(_) => {
                self.apply_under(
                    begun,
                    id,
                    Happened::InstanceDone {
                        action: action.clone(),
                        instance,
                    },
                )
                .await?;
                Ok(Outcome::Done)
            }
            Err(error) => self.refused(Some(&instance), &error),
        }
    }
}

fn addressed(claimed: &ClaimedEffect) -> Option<(DeploymentId, ActionId, Precondition)> {
    let id = DeploymentId::new(claimed.stream.strip_prefix("deployment/")?).ok()?;
    match serde_json::from_value(claimed.payload.clone()).ok()? {
        Effect::Execute {
            action,
            precondition,
            ..
        } => Some((id, action, precondition)),
        _ => None,
    }
}
