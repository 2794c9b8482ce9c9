//! Effects leave here: actions to the platform, words to the channels.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute;
use crate::fix::{self, NotOpened, NotYet};
use crate::handler::{Handler, SayError, Utterance};
use crate::investigate;
use crate::ledger;
use guard::effects::Effect;
use guard::event::{Event, Recorded};
use guard::ids::DeploymentId;
use guard::state::State;
use jiff::SignedDuration;
use journal::{ClaimedEffect, Fate, Fence, Happened, JournalError};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// How many actions, and how many utterances, are under way at once: neither keeps the other waiting.
const ABREAST: u64 = 16;

/// The longest wait before something is said again that could not be said.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// So long after it happened it is not worth telling any more, and what waits behind it has its turn.
const TOO_OLD: SignedDuration = SignedDuration::from_hours(6);
/// So long after it happened, what was perhaps heard more than once counts as said: a receiver that hears and
/// never answers in time gets everything, if late.
const HEARD_ENOUGH: SignedDuration = SignedDuration::from_mins(5);
/// A parent that could not be shown for so long leaves it to a newer one.
const OLD_PARENT: SignedDuration = SignedDuration::from_secs(30);

mod incident;

/// What is under way.
#[derive(Default)]
pub(crate) struct UnderWay {
    actions: JoinSet<()>,
    fixes: JoinSet<()>,
    words: JoinSet<()>,
    inquiries: JoinSet<()>,
}

impl UnderWay {
    /// The end of the next one; none when nothing is under way.
    pub(crate) async fn next(&mut self) -> Option<Result<(), JoinError>> {
        tokio::select! {
            Some(ended) = self.actions.join_next() => Some(ended),
            Some(ended) = self.fixes.join_next() => Some(ended),
            Some(ended) = self.words.join_next() => Some(ended),
            Some(ended) = self.inquiries.join_next() => Some(ended),
            else => None,
        }
    }

    /// Whether nothing is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.actions.is_empty()
            && self.fixes.is_empty()
            && self.words.is_empty()
            && self.inquiries.is_empty()
    }

    /// Those that have ended by now.
    pub(crate) fn ended(&mut self) -> Option<Result<(), JoinError>> {
        let action = self.actions.try_join_next();
        action
            .or_else(|| self.fixes.try_join_next())
            .or_else(|| self.words.try_join_next())
            .or_else(|| self.inquiries.try_join_next())
    }

    pub(crate) async fn shutdown(&mut self) {
        self.actions.shutdown().await;
        self.fixes.shutdown().await;
        self.words.shutdown().await;
        self.inquiries.shutdown().await;
    }
}

/// Why something was not done.
enum Undone {
    /// It cannot be done now; what it is about happened so long ago.
    NotNow(String, Happened, SignedDuration),
    /// Whoever is asked wants to be left alone for so long.
    Later(String, Duration),
    /// This try failed; tries are counted.
    Failed(EngineError, Happened),
}

impl From<NotOpened> for Undone {
    fn from(not: NotOpened) -> Self {
        match not {
            NotOpened::NotNow(
                NotYet {
                    why,
                    wait: Some(wait),
                },
                _,
            ) => Self::Later(why, wait),
            NotOpened::NotNow(NotYet { why, .. }, age) => Self::NotNow(why, Happened::No, age),
            NotOpened::Failed(error) => Self::Failed(error, Happened::No),
        }
    }
}

impl Engine {
    /// Claims what is due and starts it; returns whether there was anything.
    pub(crate) async fn work_outbox(
        &self,
        fence: &Fence,
        under_way: &mut UnderWay,
    ) -> Result<bool, EngineError> {
        let chat = self.chat_kinds();
        let chat: Vec<&str> = chat.iter().map(String::as_str).collect();
        let actions = self
            .begin(fence, &[execute::KIND], &mut under_way.actions)
            .await?;
        let fixes = self
            .begin(fence, &[fix::KIND], &mut under_way.fixes)
            .await?;
        let words = self.begin(fence, &chat, &mut under_way.words).await?;
        let inquiries = self
            .begin(fence, &[investigate::KIND], &mut under_way.inquiries)
            .await?;
        Ok(actions || fixes || words || inquiries)
    }

    async fn begin(
        &self,
        fence: &Fence,
        kinds: &[&str],
        tasks: &mut JoinSet<()>,
    ) -> Result<bool, EngineError> {
        let room = ABREAST.saturating_sub(tasks.len() as u64);
        if room == 0 || kinds.is_empty() {
            return Ok(false);
        }
        let claimed = self.writer.claim_effects(fence, kinds, room).await?;
        let any = !claimed.is_empty();
        if any {
            platforms::crash::point("after-claim");
        }
        for effect in claimed {
            let (engine, fence) = (self.clone(), fence.clone());
            tasks.spawn(async move {
                let span = of_effect(&effect);
                engine.name(&span, &effect.stream).await;
                engine.do_effect(effect, &fence).instrument(span).await;
            });
        }
        Ok(any)
    }

    async fn do_effect(&self, effect: ClaimedEffect, fence: &Fence) {
        let done = if effect.kind == execute::KIND {
            // Actions are set-to-state, so repeating one that perhaps happened is safe.
            let done = self.execute(&effect, fence).await;
            done.map_err(|error| Undone::Failed(error, Happened::Perhaps))
        } else if effect.kind == investigate::KIND {
            let done = self.investigate(&effect, fence).await;
            done.map_err(|error| Undone::Failed(error, Happened::Perhaps))
        } else if effect.kind == fix::KIND {
            self.open_fix(&effect, fence).await.map_err(Undone::from)
        } else {
            self.say(&effect, fence).await
        };
        let came_to = match done {
            Ok(()) => Ok("done"),
            Err(undone) => self.give_back(&effect, undone).await,
        };
        self.meters()
            .effect(&effect.kind, came_to.as_ref().unwrap_or(&"failed"));
        if let Err(lost) = came_to {
            // Under this lease it would stay claimed for ever.
            tracing::warn!(effect = effect.id, error = %lost, "an effect cannot be given back; it is found again under the next lease");
            self.begin_anew(fence);
        }
    }

    /// What becomes of an effect that was not done, in a word.
    async fn give_back(
        &self,
        effect: &ClaimedEffect,
        undone: Undone,
    ) -> Result<&'static str, JournalError> {
        match undone {
            Undone::NotNow(why, _, age) if age > TOO_OLD => {
                tracing::error!(
                    effect = effect.id,
                    key = effect.key,
                    why,
                    "it could not be said for hours and is dropped"
                );
                let outcome = json!({ "said": "nothing", "dropped": why });
                self.writer.complete(effect, &outcome).await?;
                Ok("dropped")
            }
            Undone::NotNow(why, Happened::Perhaps, age)
                if age > HEARD_ENOUGH && effect.uncertain =>
            {
                tracing::error!(
                    effect = effect.id,
                    key = effect.key,
                    why,
                    "it was perhaps heard, again and again; what is behind it goes on"
                );
                let outcome = json!({ "said": "perhaps", "why": why });
                self.writer.complete(effect, &outcome).await?;
                Ok("dropped")
            }
            Undone::NotNow(why, happened, age) => {
                let wait = crate::patience::wait(age, LONGEST_WAIT);
                tracing::warn!(
                    effect = effect.id,
                    key = effect.key,
                    why,
                    ?wait,
                    "not said; will be tried again"
                );
                let at = self.clock.now() + wait;
                self.writer.postpone(effect, at, &why, happened).await?;
                Ok("failed")
            }
            Undone::Later(why, wait) => {
                tracing::warn!(
                    effect = effect.id,
                    why,
                    ?wait,
                    "it waits as long as it is told to"
                );
                let at = self.clock.now() + wait;
                self.writer.postpone(effect, at, &why, Happened::No).await?;
                Ok("failed")
            }
            Undone::Failed(error, happened) => {
                tracing::warn!(effect = effect.id, attempt = effect.attempt, %error, "an effect failed and will be tried again");
                let wait = Duration::from_millis(250 * (1 << effect.attempt.min(7)));
                let at = self.clock.now() + wait;
                let why = error.to_string();
                let fate = self.writer.retry(effect, at, &why, happened).await?;
                if fate == Fate::Quarantined {
                    tracing::error!(effect = effect.id, key = effect.key, %error, "an effect is in quarantine and holds back its key");
                }
                Ok("failed")
            }
        }
    }

    async fn say(&self, claimed: &ClaimedEffect, fence: &Fence) -> Result<(), Undone> {
        if claimed.stream.starts_with("incident/") {
            return self.say_incident(claimed, fence).await;
        }
        if claimed.stream.starts_with("lane/") {
            return self.answer_gate(claimed, fence).await;
        }
        let said = |outcome| async move {
            let ended = self.writer.complete(claimed, &outcome).await;
            ended.map_err(|error| Undone::Failed(error.into(), Happened::Perhaps))
        };
        let Some((handler, id, effect)) = self.addressed(claimed) else {
            tracing::error!(
                effect = claimed.id,
                "an utterance cannot be read and is dropped"
            );
            return said(json!({ "dropped": true })).await;
        };
        // Nothing was sent yet.
        let not_yet = |error| Undone::Failed(error, Happened::No);
        let (state, records) = self.story(&id).await.map_err(not_yet)?;
        let about = |revision| records.iter().find(|record| record.revision == revision);
        let record = match &effect {
            Effect::Reply { revision }
            | Effect::Notice { revision }
            | Effect::Draw { revision } => about(*revision),
            Effect::ShowParent
            | Effect::Investigate { .. }
            | Effect::Execute { .. }
            | Effect::OpenFix { .. } => None,
        };
        let happened_at = about(claimed.revision.unsigned_abs()).map(|record| record.at);
        let age = self
            .clock
            .now()
            .duration_since(happened_at.unwrap_or(state.updated_at()));
        if effect == Effect::ShowParent
            && age > OLD_PARENT
            && self.newer_parent(claimed).await.map_err(not_yet)?
        {
            return said(json!({ "said": "nothing", "why": "a newer one follows" })).await;
        }
        if claimed.uncertain && !handler.repeats_safely() && !worth_repeating(&effect, record) {
            return said(json!({ "said": "perhaps, at an earlier try; not repeated" })).await;
        }
        let utterance = Utterance {
            id: &claimed.id,
            effect: &effect,
            state: &state,
            records: &records,
            record,
            uncertain: claimed.uncertain,
        };
        // Reading took time, perhaps more than the lease lasts.
        self.still_under(fence).map_err(not_yet)?;
        match handler.say(utterance).await {
            Ok(outcome) => {
                platforms::crash::point("after-post");
                said(outcome).await
            }
            Err(error) => {
                let happened = match error {
                    SayError::NotSaid(_) => Happened::No,
                    SayError::PerhapsSaid(_) => Happened::Perhaps,
                };
                Err(Undone::NotNow(error.to_string(), happened, age))
            }
        }
    }

    pub(crate) async fn story(
        &self,
        id: &DeploymentId,
    ) -> Result<(State, Vec<Recorded>), EngineError> {
        let records = ledger::records(&self.reader, id).await?;
        let state = State::fold(&records).map_err(|source| EngineError::Fold {
            stream: format!("deployment/{id}"),
            source,
        })?;
        let state = state.ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
        Ok((state, records))
    }

    /// Whether the same channel will be shown this deployment again anyway.
    async fn newer_parent(&self, claimed: &ClaimedEffect) -> Result<bool, EngineError> {
        let effects = self.reader.effects(&claimed.stream.parse()?).await?;
        let later = effects.iter().rev().take_while(|row| row.id != claimed.id);
        Ok(later
            .filter(|row| row.key == claimed.key && row.status == "pending")
            .any(|row| {
                let effect = serde_json::from_value::<Effect>(row.payload.clone());
                matches!(effect, Ok(Effect::ShowParent))
            }))
    }

    fn addressed(
        &self,
        claimed: &ClaimedEffect,
    ) -> Option<(Arc<dyn Handler>, DeploymentId, Effect)> {
        let handler = self.handler_of(claimed)?;
        let id = DeploymentId::new(claimed.stream.strip_prefix("deployment/")?).ok()?;
        let effect = serde_json::from_value(claimed.payload.clone()).ok()?;
        Some((handler, id, effect))
    }

    fn handler_of(&self, claimed: &ClaimedEffect) -> Option<Arc<dyn Handler>> {
        let channel = claimed.kind.strip_prefix("chat.")?;
        let mut handlers = self.handlers.iter();
        handlers
            .find(|handler| handler.channel() == channel)
            .map(Arc::clone)
    }
}

/// Whether something is said again where an earlier try may have been heard and nobody can tell: showing the
/// parent is an edit, and a question must reach people; any other notice said twice is noise.
fn worth_repeating(effect: &Effect, record: Option<&Recorded>) -> bool {
    match effect {
        Effect::ShowParent => true,
        Effect::Notice { .. } => matches!(
            record.map(|record| &record.event),
            Some(Event::ApprovalAsked { .. } | Event::ApprovalReminded { .. })
        ),
        Effect::Reply { .. }
        | Effect::Investigate { .. }
        | Effect::Draw { .. }
        | Effect::Execute { .. }
        | Effect::OpenFix { .. } => false,
    }
}

/// An action, or words for a channel.
fn of_effect(effect: &ClaimedEffect) -> Span {
    let (attempt, kind) = (effect.attempt, effect.kind.as_str());
    if kind == execute::KIND || kind == fix::KIND {
        tracing::info_span!(parent: None, "action", deployment = Empty, service = Empty, environment = Empty, attempt)
    } else if effect.kind == investigate::KIND {
        tracing::info_span!(parent: None, "investigate", deployment = Empty, service = Empty, environment = Empty, attempt)
    } else {
        tracing::info_span!(parent: None, "post", deployment = Empty, service = Empty, environment = Empty, kind, attempt)
    }
}
