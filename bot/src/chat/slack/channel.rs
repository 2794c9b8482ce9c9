//! What the outbox hands over, said.

use super::api::{Api, Wrong};
use super::compose::{self, Said};
use super::places::{Begins, Place};
use super::posts::{self, digest};
use super::told::{Told, is_asked};
use super::{CHANNEL, SlackError};
use crate::live::Live;
use config::Settings;
use config::settings::Slack;
use engine::clock::Clock;
use engine::handler::{Handler, SayError, Utterance};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use guard::event::Recorded;
use guard::state::State;
use journal::{ChatMessage, Journal, Reader, Writer};
use messages::BaseUrl;
use serde_json::{Value, json};
use std::time::Duration;

/// Slack's channel.
pub struct SlackChannel {
    pub(super) api: Api,
    pub(super) settings: Live<Settings>,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) base_url: Option<BaseUrl>,
    pub(super) clock: Clock,
}

impl SlackChannel {
    /// The channel of a workspace.
    ///
    /// # Errors
    /// The client cannot be made, or the journal takes nothing.
    pub fn new(
        slack: &Slack,
        settings: Live<Settings>,
        journal: &Journal,
        base_url: Option<BaseUrl>,
        clock: Clock,
    ) -> Result<Self, SlackError> {
        Ok(Self {
            api: Api::new(slack)?,
            settings,
            reader: journal.reader(),
            writer: journal.writer()?,
            base_url,
            clock,
        })
    }

    /// Calls in a channel go so far apart instead of a second, for a workspace that is none of Slack's.
    #[must_use]
    pub fn at_pace(mut self, every: Duration) -> Self {
        self.api.at_pace(every);
        self
    }

    /// Says it in every channel in which the deployment is told; one that cannot be reached keeps none of the others
    /// from hearing it.
    async fn tell(&self, utterance: &Utterance<'_>) -> Result<Value, SayError> {
        let mut told = Told::default();
        for place in self.places(utterance.state).await? {
            let said = self.tell_at(utterance, &place).await;
            told.add(place, said);
        }
        if told.misses_some() && !is_asked(utterance) {
            // Where it was perhaps heard it is not repeated, elsewhere it has to be.
            let (deployment, record) = (&utterance.state.plan().deployment, utterance.record);
            for place in &told.perhaps {
                if let Some(record) = record {
                    let key = place.said_key(deployment, record.revision);
                    self.note(key, &place.channel).await?;
                }
            }
        }
        told.outcome()
    }

    async fn tell_at(&self, utterance: &Utterance<'_>, place: &Place) -> Result<Value, SayError> {
        let (state, records) = (utterance.state, utterance.records);
        match (utterance.effect, utterance.record) {
            (Effect::ShowParent, _) => {
                let said = self.show(state, records, place).await?;
                self.close_questions(state, records, place).await?;
                Ok(said)
            }
            (Effect::Reply { .. } | Effect::Notice { .. }, Some(record)) => {
                self.reply(state, records, record, place).await
            }
            _ => Ok(json!({ "said": "nothing" })),
        }
    }

    /// Posts or edits the parent.
    pub(super) async fn show(
        &self,
        told: &State,
        records: &[Recorded],
        place: &Place,
    ) -> Result<Value, SayError> {
        let deployment = &told.plan().deployment;
        let Some(before) = self.known(&place.parent_key(deployment)).await? else {
            return match place.begins(records) {
                Begins::Now => self.begin(told, place).await,
                Begins::Later => self.put_off(place, deployment, None).await,
                Begins::Not => {
                    Ok(json!({ "said": "nothing", "why": "not loud enough to be told here" }))
                }
            };
        };
        let post = compose::parent(told, &self.context(told, place));
        if before.digest == digest(&post) {
            return Ok(json!({ "said": "unchanged" }));
        }
        // While it waits for its turn more may happen: the newest wins, and the edits behind it find nothing to do.
        self.api
            .turn("chat.update", &before.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let (state, _) = self.newest(deployment).await?;
        let post = compose::parent(&state, &self.context(&state, place));
        if before.digest == digest(&post) {
            return Ok(json!({ "said": "unchanged" }));
        }
        match self
            .api
            .update(&before.channel, &before.message, &post)
            .await
        {
            Ok(()) => {
                self.keep(ChatMessage {
                    digest: digest(&post),
                    posted_at: self.clock.now(),
                    ..before
                })
                .await?;
                Ok(json!({ "said": "edit" }))
            }
            // Somebody has deleted it, or it may not be edited any more.
            Err(Wrong::Refused { code, .. }) if posts::is_gone(&code) => {
                tracing::warn!(
                    code,
                    "the parent cannot be edited any more: it is posted anew"
                );
                self.begin(&state, place).await
            }
            Err(wrong) => give_up_or(wrong),
        }
    }

    async fn begin(&self, state: &State, place: &Place) -> Result<Value, SayError> {
        let deployment = &state.plan().deployment;
        self.api
            .turn("chat.postMessage", &place.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let post = compose::parent(state, &self.context(state, place));
        let said = Said::parent(&post, deployment);
        self.post(&place.parent_key(deployment), place, &said).await
    }

    /// What happened, in the thread; in the channel as well where severity rose or a decision is needed.
    pub(super) async fn reply(
        &self,
        state: &State,
        records: &[Recorded],
        record: &Recorded,
        place: &Place,
    ) -> Result<Value, SayError> {
        let deployment = &state.plan().deployment;
        let key = place.said_key(deployment, record.revision);
        if self.known(&key).await?.is_some() {
            // A reply and a notice of the same event are one message here.
            return Ok(json!({ "said": "already, with its reply" }));
        }
        let Some((message, calls)) = compose::about(state, record, &self.context(state, place))
        else {
            return Ok(json!({ "said": "nothing" }));
        };
        let severity = messages::severity(&record.event);
        let broadcast = calls && place.hears(severity);
        if !broadcast && !place.threads {
            return Ok(json!({ "said": "nothing", "why": "no details are told here" }));
        }
        if !broadcast && place.puts_off(severity) {
            return self.put_off(place, deployment, Some(record)).await;
        }
        let parent_key = place.parent_key(deployment);
        if self.known(&parent_key).await?.is_none() {
            self.show(state, records, place).await?;
        }
        let Some(parent) = self.known(&parent_key).await? else {
            return Ok(json!({ "said": "nothing", "why": "not told here" }));
        };
        self.api
            .turn("chat.postMessage", &place.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let said = Said::reply(&message, deployment, &parent.message, broadcast);
        self.post(&key, place, &said).await
    }

    /// Posts, and keeps where it went.
    async fn post(&self, key: &str, place: &Place, said: &Said<'_>) -> Result<Value, SayError> {
        let posted = match self.api.post(&place.channel, said).await {
            Ok(posted) => posted,
            Err(wrong) => return give_up_or(wrong),
        };
        let message = ChatMessage {
            post_key: key.to_owned(),
            platform: CHANNEL.to_owned(),
            channel: posted.channel,
            message: posted.ts,
            digest: digest(said.post),
            posted_at: self.clock.now(),
        };
        self.keep(message).await?;
        Ok(json!({ "said": said.kind() }))
    }
}

/// What was refused for good is not asked again; everything else is tried later.
pub(super) fn give_up_or(wrong: Wrong) -> Result<Value, SayError> {
    match wrong {
        Wrong::Refused { method, code } if posts::is_hopeless(&code) => {
            tracing::error!(
                method,
                code,
                "Slack refuses a message for good: it is not said"
            );
            Ok(json!({ "said": "nothing", "refused": code }))
        }
        wrong => Err(say_error(&wrong)),
    }
}

pub(super) fn say_error(wrong: &Wrong) -> SayError {
    match wrong {
        Wrong::Unknown { .. } => SayError::PerhapsSaid(wrong.to_string()),
        Wrong::Wait { .. } | Wrong::NotSent { .. } | Wrong::Refused { .. } => {
            SayError::NotSaid(wrong.to_string())
        }
    }
}

impl Handler for SlackChannel {
    fn channel(&self) -> &str {
        CHANNEL
    }

    fn repeats_safely(&self) -> bool {
        // Slack posts twice what it is told twice.
        false
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.tell(&utterance).await }.boxed()
    }
}
