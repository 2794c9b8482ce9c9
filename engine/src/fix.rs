//! Opening fixes at code hosts: the only place that asks for the authority to.

use crate::apply::Finishes;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use futures_util::future::BoxFuture;
use guard::authorise::NotAuthorised;
use guard::effects::Effect;
use guard::event::Recorded;
use guard::fix::{FixAuthority, FixOutcome, FixTrouble, authorise};
use guard::ids::{ActionId, DeploymentId};
use guard::input::{Happened, Input};
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use journal::{ClaimedEffect, Fence};
use std::sync::Arc;
use std::time::Duration;

/// The kind of effect that is handled here.
pub(crate) const KIND: &str = "code_host.fix";

/// So long one try may take: what it has done by then is found by the next one.
const LONGEST: Duration = Duration::from_secs(1800);

/// One fix that is to be opened now.
#[derive(Debug)]
pub struct FixTask {
    /// The right to.
    pub authority: FixAuthority,
    /// The deployment as it stands.
    pub state: State,
    /// Everything that has happened to it by now.
    pub records: Vec<Recorded>,
}

/// Opens a fix, or finds it open; an error where that is not possible now, or nobody knows what became of it. It is asked
/// again then, and has to find what it did before.
pub type OpensFixes =
    Arc<dyn Fn(FixTask) -> BoxFuture<'static, Result<FixOutcome, NotYet>> + Send + Sync>;

/// Why one is not open yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet {
    /// In words.
    pub why: String,
    /// How long the code host wants to be left alone, where it says so.
    pub wait: Option<Duration>,
}

impl From<String> for NotYet {
    fn from(why: String) -> Self {
        Self { why, wait: None }
    }
}

/// Why one was not opened.
pub(crate) enum NotOpened {
    /// It cannot be now; it was asked for so long ago.
    NotNow(NotYet, SignedDuration),
    /// This try failed.
    Failed(EngineError),
}

impl From<EngineError> for NotOpened {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

impl Engine {
    pub(crate) async fn open_fix(
        &self,
        claimed: &ClaimedEffect,
        begun: &Fence,
    ) -> Result<(), NotOpened> {
        let Some((id, fix)) = addressed(claimed) else {
            tracing::error!(effect = claimed.id, "a fix cannot be read and is dropped");
            let dropped = serde_json::json!({ "dropped": "the effect cannot be read" });
            let ended = self.writer.complete(claimed, &dropped).await;
            return Ok(ended.map_err(EngineError::from)?);
        };
        let outcome = self.opened(claimed, &id, &fix, begun).await?;
        tracing::info!(deployment = %id, %fix, ?outcome, "a fix ended");
        let what = Happened::FixEnded {
            fix,
            outcome: outcome.clone(),
        };
        let input = Input {
            at: self.clock.now(),
            nonce: crate::clock::nonce(),
            what,
        };
        platforms::crash::point("after-fix");
        let finishes = Finishes::Effect(claimed, ledger::json(&outcome));
        self.apply_input(&id, &input, finishes, Some(begun)).await?;
        Ok(())
    }

    async fn opened(
        &self,
        claimed: &ClaimedEffect,
        id: &DeploymentId,
        fix: &ActionId,
        begun: &Fence,
    ) -> Result<FixOutcome, NotOpened> {
        let records = ledger::records(&self.reader, id)
            .await
            .map_err(EngineError::from)?;
        let state = State::fold(&records).map_err(|source| EngineError::Fold {
            stream: format!("deployment/{id}"),
            source,
        })?;
        let state = state.ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
        let now = self.clock.now();
        let authority = match authorise(&state, fix, now) {
            Ok(authority) => authority,
            Err(refused) => {
                let last = self.why_not_yet(claimed).await?;
                return Ok(too_late(&refused, last.as_deref()));
            }
        };
        let age = age_of(&state, fix, now);
        let Some(opens) = self.options.opens_fixes.clone() else {
            let trouble = FixTrouble::NotConfigured;
            return Ok(FixOutcome::Failed { trouble });
        };
        self.still_under(begun)?;
        let task = FixTask {
            authority,
            state,
            records,
        };
        match tokio::time::timeout(LONGEST, opens(task)).await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(why)) => Err(NotOpened::NotNow(why, age)),
            Err(_) => Err(NotOpened::NotNow("it took too long".to_owned().into(), age)),
        }
    }
}

impl Engine {
    /// What was in the way at the last try.
    async fn why_not_yet(&self, claimed: &ClaimedEffect) -> Result<Option<String>, EngineError> {
        let stream = claimed.stream.parse().map_err(EngineError::from)?;
        let effects = self.reader.effects(&stream).await?;
        let row = effects.into_iter().find(|row| row.id == claimed.id);
        Ok(row.and_then(|row| row.last_error))
    }
}

/// What was to be opened and could not be in time; the last reason is the best that is known.
fn too_late(refused: &NotAuthorised, last: Option<&str>) -> FixOutcome {
    let why = last.map_or_else(|| refused.to_string(), str::to_owned);
    FixOutcome::Failed {
        trouble: FixTrouble::Unreachable { why },
    }
}

fn age_of(state: &State, fix: &ActionId, now: Timestamp) -> SignedDuration {
    let asked = state.fix(fix).map_or(now, |record| record.at);
    now.duration_since(asked)
}

fn addressed(claimed: &ClaimedEffect) -> Option<(DeploymentId, ActionId)> {
    let id = DeploymentId::new(claimed.stream.strip_prefix("deployment/")?).ok()?;
    match serde_json::from_value(claimed.payload.clone()).ok()? {
        Effect::OpenFix { fix } => Some((id, fix)),
        _ => None,
    }
}
