//! What the outbox hands over, said.

use super::api::{Api, Wrong};
use super::compose::{self, Said};
use super::places::Place;
use super::posts::{self, digest, parent_key, said_key};
use super::{CHANNEL, SlackError};
use crate::live::Live;
use config::Settings;
use config::settings::Slack;
use engine::handler::{Handler, IncidentUtterance, SayError, Utterance};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use guard::event::Recorded;
use guard::state::State;
use journal::{ChatMessage, Journal, Reader, Writer};
use messages::BaseUrl;
use serde_json::{Value, json};
use std::sync::atomic::AtomicBool;

/// Slack's channel.
pub struct SlackChannel {
    pub(super) api: Api,
    pub(super) settings: Live<Settings>,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) base_url: Option<BaseUrl>,
    /// Whether it was said that Slack shows no pictures.
    pub(super) told_of_pictures: AtomicBool,
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
    ) -> Result<Self, SlackError> {
        Ok(Self {
            api: Api::new(slack)?,
            settings,
            reader: journal.reader(),
            writer: journal.writer()?,
            base_url,
            told_of_pictures: AtomicBool::new(false),
        })
    }

    async fn tell(&self, utterance: &Utterance<'_>) -> Result<Value, SayError> {
        match (utterance.effect, utterance.record) {
            (Effect::ShowParent, _) => {
                let said = self.show(utterance.state).await?;
                self.close_questions(utterance.state).await?;
                Ok(said)
            }
            (Effect::Reply { .. } | Effect::Notice { .. }, Some(record)) => {
                self.reply(utterance.state, record).await
            }
            (Effect::Draw { .. }, _) => self.draw(utterance.state).await,
            _ => Ok(json!({ "said": "nothing" })),
        }
    }

    /// Posts or edits the parent.
    async fn show(&self, told: &State) -> Result<Value, SayError> {
        let deployment = &told.plan().deployment;
        let key = parent_key(deployment);
        let Some(before) = self.known(&key).await? else {
            return match self.place(told) {
                Some(place) => self.begin(told, &place).await,
                None => Ok(json!({ "said": "nothing", "why": "no channel is configured for it" })),
            };
        };
        let place = self.place_of(told, &before);
        let post = compose::parent(told, &self.context(told, &place));
        if before.digest == digest(&post) {
            return Ok(json!({ "said": "unchanged" }));
        }
        // While it waits for its turn more may happen: the newest wins, and the edits behind it find nothing to do.
        self.api
            .turn("chat.update", &before.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let state = self.newest(deployment).await?;
        let post = compose::parent(&state, &self.context(&state, &place));
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
                    posted_at: jiff::Timestamp::now(),
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
                self.begin(&state, &place).await
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
        self.post(&parent_key(deployment), place, &said).await
    }

    /// What happened, in the thread; in the channel as well where severity rose or a decision is needed.
    async fn reply(&self, state: &State, record: &Recorded) -> Result<Value, SayError> {
        let deployment = &state.plan().deployment;
        let key = said_key(deployment, record.revision);
        if self.known(&key).await?.is_some() {
            // A reply and a notice of the same event are one message here.
            return Ok(json!({ "said": "already, with its reply" }));
        }
        if self.known(&parent_key(deployment)).await?.is_none() {
            self.show(state).await?;
        }
        let Some(parent) = self.known(&parent_key(deployment)).await? else {
            return Ok(json!({ "said": "nothing", "why": "no channel is configured for it" }));
        };
        let place = self.place_of(state, &parent);
        let Some((message, broadcast)) =
            compose::about(state, record, &self.context(state, &place))
        else {
            return Ok(json!({ "said": "nothing" }));
        };
        self.api
            .turn("chat.postMessage", &place.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let said = Said::reply(&message, deployment, &parent.message, broadcast);
        self.post(&key, &place, &said).await
    }

    /// Posts, and keeps where it went.
    pub(super) async fn post(
        &self,
        key: &str,
        place: &Place,
        said: &Said<'_>,
    ) -> Result<Value, SayError> {
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
            posted_at: jiff::Timestamp::now(),
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

    fn shows_pictures(&self) -> bool {
        true
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.tell(&utterance).await }.boxed()
    }

    fn say_incident<'a>(
        &'a self,
        utterance: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.tell_incident(&utterance).await }.boxed()
    }
}
