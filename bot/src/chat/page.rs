//! The page as a channel. It shows deployments straight from the journal, so saying something here is
//! keeping the fact that it was said, and whether it changed what people see.

use engine::handler::{Handler, IncidentUtterance, SayError, Utterance};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::apart::ApartEffect;
use guard::effects::Effect;
use jiff::Timestamp;
use journal::{ChatMessage, Journal, JournalError, Reader, Writer};
use messages::{Context, Locale};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The name of the channel.
pub const CHANNEL: &str = "page";

/// The page's channel.
pub struct PageChannel {
    reader: Reader,
    writer: Writer,
    locale: Locale,
}

impl PageChannel {
    /// A channel that keeps its messages in this journal.
    pub fn new(journal: &Journal, locale: Locale) -> Result<Self, JournalError> {
        Ok(Self {
            reader: journal.reader(),
            writer: journal.writer()?,
            locale,
        })
    }

    async fn show(&self, utterance: &Utterance<'_>) -> Result<Value, JournalError> {
        let deployment = &utterance.state.plan().deployment;
        let (kind, key) = match utterance.effect {
            Effect::ShowParent => ("parent", format!("{CHANNEL}/{deployment}/parent")),
            Effect::Reply { revision } => {
                ("reply", format!("{CHANNEL}/{deployment}/reply/{revision}"))
            }
            Effect::Notice { revision } => (
                "notice",
                format!("{CHANNEL}/{deployment}/notice/{revision}"),
            ),
            Effect::Draw { .. }
            | Effect::Investigate { .. }
            | Effect::Execute { .. }
            | Effect::OpenFix { .. } => {
                return Ok(json!({ "said": "nothing" }));
            }
        };
        let digest = self.digest(utterance);
        self.keep(key, deployment.as_str(), kind, digest).await
    }

    async fn show_incident(
        &self,
        utterance: &IncidentUtterance<'_>,
    ) -> Result<Value, JournalError> {
        // The page shows the record itself, where every event has its line.
        if matches!(utterance.effect, ApartEffect::TellIncident { .. }) {
            return Ok(json!({ "said": "nothing" }));
        }
        let incident = utterance.incident;
        let context = Context {
            locale: self.locale,
            now: incident.updated_at,
            base_url: None,
        };
        let message = messages::apart::incident(incident, &context);
        let text = messages::layout::plain::message(&message);
        let key = format!("{CHANNEL}/incident/{}", incident.id);
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        self.keep(key, incident.id.as_str(), "incident", digest)
            .await
    }

    /// Keeps that something is shown, and says in a word what that came to: `kind` the first time.
    async fn keep(
        &self,
        key: String,
        about: &str,
        kind: &str,
        digest: String,
    ) -> Result<Value, JournalError> {
        let before = self.reader.chat_message(&key).await?;
        let said = match &before {
            None => kind,
            Some(before) if before.digest == digest => "unchanged",
            Some(_) => "edit",
        };
        if said != "unchanged" {
            let message = ChatMessage {
                message: key.clone(),
                post_key: key,
                platform: CHANNEL.to_owned(),
                channel: about.to_owned(),
                digest,
                posted_at: Timestamp::now(),
            };
            self.writer.put_chat_message(message).await?;
        }
        Ok(json!({ "said": said }))
    }

    fn digest(&self, utterance: &Utterance<'_>) -> String {
        // Rendered at the deployment's own time, so that only a change of what is said is an edit.
        let context = Context {
            locale: self.locale,
            now: utterance.state.updated_at(),
            base_url: None,
        };
        let message = match (utterance.effect, utterance.record) {
            (Effect::Reply { .. }, Some(record)) => {
                messages::reply(utterance.state, record, &context)
            }
            (Effect::Notice { .. }, Some(record)) => {
                messages::notice(utterance.state, record, &context)
            }
            _ => Some(messages::parent(utterance.state, &context)),
        };
        let text = message
            .map(|message| messages::layout::plain::message(&message))
            .unwrap_or_default();
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

impl Handler for PageChannel {
    fn channel(&self) -> &str {
        CHANNEL
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move {
            self.show(&utterance)
                .await
                .map_err(|error| SayError::NotSaid(error.to_string()))
        }
        .boxed()
    }

    fn say_incident<'a>(
        &'a self,
        utterance: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<Value, SayError>> {
        async move {
            let shown = self.show_incident(&utterance).await;
            shown.map_err(|error| SayError::NotSaid(error.to_string()))
        }
        .boxed()
    }
}
