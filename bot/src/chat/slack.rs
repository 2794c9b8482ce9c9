//! Slack as a channel: one parent message per deployment, edited in place; what happens, in its thread.
//!
//! Outwards: [`SlackChannel`] says what the outbox hands it. Inwards: what people press, over HTTP or by a socket
//! that Tawny opens itself, becomes an answer like any other.

mod api;
mod compose;
mod connect;
mod http;
mod interaction;
mod pace;
mod posts;
mod press;
mod seen;
mod socket;
mod verify;

use crate::live::Live;
use api::{Api, Wrong};
use compose::Said;
use config::Settings;
use config::settings::Slack;
use engine::handler::{Handler, SayError, Utterance};
use engine::ledger;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use guard::event::Recorded;
use guard::ids::DeploymentId;
use guard::state::State;
use journal::{ChatMessage, Journal, JournalError, Reader, Writer};
use messages::{BaseUrl, Locale};
use posts::{digest, parent_key, said_key};
use serde_json::{Value, json};

pub use api::ClientError;
pub(crate) use http::Listener;
pub(crate) use press::Presses;
pub(crate) use socket::SocketMode;

/// The name of the channel.
pub const CHANNEL: &str = "slack";

/// Slack's channel.
pub struct SlackChannel {
    api: Api,
    settings: Live<Settings>,
    reader: Reader,
    writer: Writer,
    base_url: Option<BaseUrl>,
}

/// Where a deployment is told.
struct Place {
    channel: String,
    locale: Locale,
}

/// Why Slack cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// The client.
    #[error("chat.slack: {0}")]
    Client(#[from] ClientError),
    /// The journal.
    #[error("journal: {0}")]
    Journal(#[from] JournalError),
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
            .map_err(say_error)?;
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
            .map_err(say_error)?;
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
            .map_err(say_error)?;
        let said = Said::reply(&message, deployment, &parent.message, broadcast);
        self.post(&key, &place, &said).await
    }

    /// A question that is over has no buttons any more, wherever it was asked.
    async fn close_questions(&self, state: &State) -> Result<(), SayError> {
        let deployment = &state.plan().deployment;
        if state.approvals().next().is_none() {
            return Ok(());
        }
        let records = ledger::records(&self.reader, deployment).await;
        let records = records.map_err(|error| SayError::NotSaid(error.to_string()))?;
        for record in records
            .iter()
            .filter(|record| compose::asks_and_is_over(state, record))
        {
            let key = said_key(deployment, record.revision);
            let Some(before) = self.known(&key).await? else {
                continue;
            };
            let place = self.place_of(state, &before);
            let Some((post, _)) = compose::about(state, record, &self.context(state, &place))
            else {
                continue;
            };
            if before.digest == digest(&post) {
                continue;
            }
            self.api
                .turn("chat.update", &before.channel)
                .await
                .map_err(say_error)?;
            match self
                .api
                .update(&before.channel, &before.message, &post)
                .await
            {
                Ok(()) => {}
                Err(Wrong::Refused { code, .. }) if posts::is_gone(&code) => {}
                Err(wrong) => drop(give_up_or(wrong)?),
            }
            self.keep(ChatMessage {
                digest: digest(&post),
                ..before
            })
            .await?;
        }
        Ok(())
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
            posted_at: jiff::Timestamp::now(),
        };
        self.keep(message).await?;
        Ok(json!({ "said": said.kind() }))
    }

    async fn keep(&self, message: ChatMessage) -> Result<(), SayError> {
        // It was said; only that it was is not known.
        let kept = self.writer.put_chat_message(message).await;
        kept.map_err(|error| SayError::PerhapsSaid(error.to_string()))
    }

    async fn known(&self, key: &str) -> Result<Option<ChatMessage>, SayError> {
        let found = self.reader.chat_message(key).await;
        found.map_err(|error| SayError::NotSaid(error.to_string()))
    }

    async fn newest(&self, deployment: &DeploymentId) -> Result<State, SayError> {
        let state = ledger::state(&self.reader, deployment).await;
        let state = state.map_err(|error| SayError::NotSaid(error.to_string()))?;
        state.ok_or_else(|| SayError::NotSaid(format!("deployment {deployment} is gone")))
    }

    /// Where a deployment is told that was not told yet.
    fn place(&self, state: &State) -> Option<Place> {
        let settings = self.settings.get();
        let plan = state.plan();
        let slack = settings.chat.slack.as_ref()?;
        let found = slack.channel_of(&plan.service, &plan.environment)?;
        Some(Place {
            channel: found.channel.clone(),
            locale: posts::locale(&settings, Some(found)),
        })
    }

    /// Where a deployment was told before is where it is told on.
    fn place_of(&self, state: &State, known: &ChatMessage) -> Place {
        let settings = self.settings.get();
        let plan = state.plan();
        let slack = settings.chat.slack.as_ref();
        let found = slack.and_then(|slack| {
            let now = slack.channel_of(&plan.service, &plan.environment);
            let same = |channel: &&config::settings::SlackChannel| channel.channel == known.channel;
            now.filter(same)
                .or_else(|| slack.channels.iter().find(same))
        });
        Place {
            channel: known.channel.clone(),
            locale: posts::locale(&settings, found),
        }
    }

    fn context(&self, state: &State, place: &Place) -> messages::Context {
        messages::Context {
            locale: place.locale,
            now: state.updated_at(),
            base_url: self.base_url.clone(),
        }
    }
}

/// What was refused for good is not asked again; everything else is tried later.
fn give_up_or(wrong: Wrong) -> Result<Value, SayError> {
    match wrong {
        Wrong::Refused { method, code } if posts::is_hopeless(&code) => {
            tracing::error!(
                method,
                code,
                "Slack refuses a message for good: it is not said"
            );
            Ok(json!({ "said": "nothing", "refused": code }))
        }
        wrong => Err(say_error(wrong)),
    }
}

fn say_error(wrong: Wrong) -> SayError {
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
