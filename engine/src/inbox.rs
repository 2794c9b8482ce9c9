//! What arrived durably: timers that fired, ends of effects.
//!
//! Each source has a closed type of its own, and none of them names who wants something: a row of the inbox
//! cannot carry its own authority.

use crate::apply::Finishes;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute;
use crate::told::KEY_PREFIX;
use guard::effects::Effect;
use guard::ids::{ActionId, DeploymentId};
use guard::input::{Happened, Input, Outcome};
use guard::request::Asks;
use guard::timer::TimerName;
use journal::{
    ClaimedInput, EffectEnd, EffectEnded, Fate, Fence, JournalError, OUTBOX_SOURCE, REQUEST_SOURCE,
    TIMER_SOURCE, TimerFired,
};
use std::time::{Duration, Instant};
use tracing::Instrument;
use tracing::field::Empty;

mod deliveries;

/// The longest wait before an input is tried again that failed for no fault of its own.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How soon a timer is tried again that waits for the first look.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Deliveries that are taken up at once.
const MOST_DELIVERIES: u64 = 128;

/// What an input says.
enum Said {
    /// This happened to its deployment.
    Happened(Happened),
    /// An effect is in quarantine that its deployment waits for.
    GivenUp(String),
    /// Nothing that its deployment has to know.
    Nothing,
}

/// Why an input was not handled.
enum NotTaken {
    /// No try can handle it.
    NotUnderstood(String),
    /// What it is decided by has not been looked at since this process leads.
    NotLookedAt,
    /// This one did not.
    Failed(EngineError),
}

impl From<EngineError> for NotTaken {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

impl From<JournalError> for NotTaken {
    fn from(error: JournalError) -> Self {
        Self::Failed(error.into())
    }
}

impl Engine {
    /// Fires due timers and handles what is in the inbox; returns whether there was anything.
    pub(crate) async fn work_inbox(&self, fence: &Fence) -> Result<bool, EngineError> {
        self.writer.fire_timers(fence, 64).await?;
        let inputs = self
            .writer
            .next_inbox_apart(fence, 32, KEY_PREFIX, false)
            .await?;
        let deliveries = self
            .writer
            .next_inbox_apart(fence, MOST_DELIVERIES, KEY_PREFIX, true)
            .await?;
        let any = !inputs.is_empty() || !deliveries.is_empty();
        let mut lost = Ok(any);
        let deliveries = self.let_go(deliveries, fence).await;
        for input in inputs.into_iter().chain(deliveries) {
            let span = tracing::info_span!(parent: None, "input", deployment = Empty, service = Empty, environment = Empty);
            self.name(&span, &input.stream_key).await;
            if let Err(error) = self.take_or_put_back(&input, fence).instrument(span).await {
                // Its siblings are claimed too: they have their turn all the same.
                self.doubt(fence, &error);
                lost = Err(error);
            }
        }
        lost
    }

    async fn take_or_put_back(
        &self,
        input: &ClaimedInput,
        fence: &Fence,
    ) -> Result<(), EngineError> {
        let taken = self.take_in(input, fence).await;
        if !matches!(taken, Err(NotTaken::NotLookedAt)) {
            self.meters().input(&input.source, taken.is_ok());
        }
        match taken {
            Ok(()) => Ok(()),
            Err(why) => self.not_taken(input, why).await,
        }
    }

    async fn not_taken(&self, input: &ClaimedInput, why: NotTaken) -> Result<(), EngineError> {
        let key = &input.stream_key;
        match why {
            NotTaken::NotUnderstood(why) => {
                tracing::error!(
                    input = input.id,
                    source = input.source,
                    key,
                    why,
                    "an input is not understood: it is in quarantine and holds back its key"
                );
                self.writer.quarantine_input(input, &why).await?;
            }
            NotTaken::NotLookedAt => {
                let retry_at = self.clock.now() + LOOK_AGAIN;
                self.writer
                    .postpone_input(input, "waits for the first look", retry_at)
                    .await?;
            }
            NotTaken::Failed(error) if may_pass(&error) => {
                tracing::warn!(input = input.id, source = input.source, key, %error, "an input cannot be handled now");
                let age = self.clock.now().duration_since(input.received_at);
                let wait = crate::patience::wait(age, LONGEST_WAIT);
                let retry_at = self.clock.now() + wait;
                self.writer
                    .postpone_input(input, &error.to_string(), retry_at)
                    .await?;
            }
            NotTaken::Failed(error) => {
                tracing::warn!(input = input.id, source = input.source, key, attempt = input.attempt, %error, "an input failed");
                let retry_at = self.clock.now() + Duration::from_secs(1);
                let why = error.to_string();
                let fate = self.writer.input_failed(input, &why, retry_at).await?;
                if fate == Fate::Quarantined {
                    tracing::error!(input = input.id, key, %error, "an input is in quarantine and holds back its key");
                }
            }
        }
        Ok(())
    }

    async fn take_in(&self, claimed: &ClaimedInput, fence: &Fence) -> Result<(), NotTaken> {
        if claimed.stream_key.starts_with(KEY_PREFIX) {
            return self.take_delivery(claimed, fence).await;
        }
        let key = &claimed.stream_key;
        if key.starts_with("incident/") || key.starts_with("lane/") {
            // How something was said that nobody waits for.
            return Ok(self.consume(claimed, fence).await?);
        }
        let id = claimed
            .stream_key
            .strip_prefix("deployment/")
            .and_then(|id| DeploymentId::new(id).ok())
            .ok_or_else(|| {
                let key = &claimed.stream_key;
                NotTaken::NotUnderstood(format!("key `{key}`: expected `deployment/ID`"))
            })?;
        let what = match self.understood(claimed).await? {
            Said::Happened(what) => what,
            Said::Nothing => return Ok(self.consume(claimed, fence).await?),
            Said::GivenUp(effect) => {
                // Taking it out tells the deployment, and frees what waits behind it.
                match self
                    .writer
                    .discard_effect(&effect, "its deployment is told")
                    .await
                {
                    Ok(()) | Err(JournalError::NotFound(_)) => {}
                    Err(error) => return Err(error.into()),
                }
                return Ok(self.consume(claimed, fence).await?);
            }
        };
        if judged_by_looks(&what)
            && self.live(&id).is_some()
            && self.pulse.looks_soon(&id, Instant::now())
        {
            return Err(NotTaken::NotLookedAt);
        }
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

    async fn understood(&self, claimed: &ClaimedInput) -> Result<Said, NotTaken> {
        match claimed.source.as_str() {
            TIMER_SOURCE => {
                let fired: TimerFired = read(claimed)?;
                let timer: TimerName = serde_json::from_value(fired.payload).map_err(strange)?;
                Ok(Said::Happened(Happened::TimerFired { timer }))
            }
            OUTBOX_SOURCE => {
                let ended: EffectEnded = read(claimed)?;
                if ended.kind != execute::KIND {
                    return Ok(Said::Nothing);
                }
                self.action_ended(&claimed.stream_key, &ended).await
            }
            REQUEST_SOURCE => Ok(Said::Happened(match read(claimed)? {
                Asks::For { request } => Happened::Requested { request },
                Asks::Fix { suggestion } => Happened::FixSuggested { suggestion },
                Asks::No { request, client } => Happened::RequestTakenBack { request, client },
            })),
            other => Err(NotTaken::NotUnderstood(format!(
                "source `{other}`: expected {TIMER_SOURCE}, {OUTBOX_SOURCE} or {REQUEST_SOURCE}"
            ))),
        }
    }

    /// An action that the outbox itself ended: it was never begun in time, or ended too often without an answer.
    async fn action_ended(&self, stream: &str, ended: &EffectEnded) -> Result<Said, NotTaken> {
        let outcome = match ended.end {
            EffectEnd::Done => return Ok(Said::Nothing),
            EffectEnd::Quarantined => return Ok(Said::GivenUp(ended.effect.clone())),
            EffectEnd::Stale => Outcome::Stale {
                why: "it could not begin in time".to_owned(),
            },
            EffectEnd::Discarded => Outcome::Failed {
                instance: None,
                error: self.last_error(stream, &ended.effect).await?,
                restored: false,
            },
        };
        let action = self.action_of(stream, &ended.effect).await?;
        Ok(action.map_or(Said::Nothing, |action| {
            Said::Happened(Happened::ActionEnded { action, outcome })
        }))
    }

    async fn action_of(&self, stream: &str, effect: &str) -> Result<Option<ActionId>, NotTaken> {
        let effects = self.reader.effects(&stream.parse()?).await?;
        let row = effects.into_iter().find(|row| row.id == effect);
        Ok(row.and_then(
            |row| match serde_json::from_value::<Effect>(row.payload).ok()? {
                Effect::Execute { action, .. } => Some(action),
                _ => None,
            },
        ))
    }

    async fn last_error(&self, stream: &str, effect: &str) -> Result<String, NotTaken> {
        let effects = self.reader.effects(&stream.parse()?).await?;
        let row = effects.into_iter().find(|row| row.id == effect);
        let error = row.and_then(|row| row.last_error);
        Ok(error.unwrap_or_else(|| "it was given up".to_owned()))
    }
}

fn read<T: serde::de::DeserializeOwned>(claimed: &ClaimedInput) -> Result<T, NotTaken> {
    serde_json::from_value(claimed.payload.clone()).map_err(strange)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn strange(error: serde_json::Error) -> NotTaken {
    NotTaken::NotUnderstood(format!("its payload is not its source's: {error}"))
}

/// Whether nothing is wrong with the input itself: the journal is away, or the lease is.
fn may_pass(error: &EngineError) -> bool {
    match error {
        EngineError::NotLeading => true,
        EngineError::Journal(_) => !error.is_damage(),
        _ => false,
    }
}

/// Whether what was seen last decides what follows. After a time in which nobody looked, that is not what
/// was seen before: a release that went bad meanwhile must not be brought further.
fn judged_by_looks(what: &Happened) -> bool {
    matches!(
        what,
        Happened::TimerFired {
            timer: TimerName::Bake { .. } | TimerName::FinalBake | TimerName::Cure { .. }
        }
    )
}
