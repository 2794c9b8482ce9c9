//! What the outbox hands over, said.

use super::api::{Api, Posted, Wrong};
use super::compose::{self, Said};
use super::places::{Begins, Place};
use super::posts::{self, digest};
use super::together::Beginning;
use super::told::{Told, is_asked};
use super::{CHANNEL, SlackError};
use crate::live::Live;
use crate::people::People;
use config::Settings;
use config::settings::Slack;
use engine::clock::Clock;
use engine::handler::{Handler, IncidentUtterance, SayError, Utterance};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use guard::event::Recorded;
use guard::state::State;
use journal::{ChatMessage, Journal, Reader, Writer};
use messages::BaseUrl;
use messages::layout::slack::Mention;
use messages::layout::slack::Post;
use serde_json::{Value, json};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Slack's channel.
pub struct SlackChannel {
    pub(super) api: Api,
    pub(super) settings: Live<Settings>,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) base_url: Option<BaseUrl>,
    pub(super) clock: Clock,
    /// Whether it was said that Slack shows no pictures.
    pub(super) told_of_pictures: AtomicBool,
    /// Who is called by name; nobody where this is not known.
    people: Option<People>,
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
            told_of_pictures: AtomicBool::new(false),
            people: None,
        })
    }

    /// Calls by name whoever these say is to be called when a decision is needed.
    #[must_use]
    pub fn calling(self, people: People) -> Self {
        Self {
            people: Some(people),
            ..self
        }
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
            (Effect::Draw { .. }, _) => self.draw(state, place).await,
            _ => Ok(json!({ "said": "nothing" })),
        }
    }

    /// Posts or edits the parent, and says in the first one of its version how it stands.
    pub(super) async fn show(
        &self,
        told: &State,
        records: &[Recorded],
        place: &Place,
    ) -> Result<Value, SayError> {
        let said = self.show_one(told, records, place).await?;
        if said["said"] != "unchanged"
            && let Some(first) = self.joined(told, place).await?
        {
            let (first, records) = self.newest(&first).await?;
            self.show_one(&first, &records, place).await?;
        }
        Ok(said)
    }

    async fn show_one(
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
        let post = self.parent(told, place).await?;
        if before.digest == digest(&post) {
            return Ok(json!({ "said": "unchanged" }));
        }
        // While it waits for its turn more may happen: the newest wins, and the edits behind it find nothing to do.
        self.api
            .turn("chat.update", &before.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let (state, _) = self.newest(deployment).await?;
        let post = self.parent(&state, place).await?;
        if before.digest == digest(&post) {
            return Ok(json!({ "said": "unchanged" }));
        }
        match self.edit(before, &post).await? {
            Some(edited) => Ok(edited),
            // Somebody has deleted it, or it may not be edited any more.
            None => {
                tracing::warn!("the parent cannot be edited any more: it is posted anew");
                self.begin(&state, place).await
            }
        }
    }

    async fn parent(&self, state: &State, place: &Place) -> Result<Post, SayError> {
        let others = self.others(place, &state.plan().deployment).await?;
        Ok(compose::parent(state, &others, &self.context(state, place)))
    }

    /// Shows something else in a message that is there, at its turn; none if it is there no more.
    pub(super) async fn edit(
        &self,
        before: ChatMessage,
        post: &Post,
    ) -> Result<Option<Value>, SayError> {
        let edited = self.api.update(&before.channel, &before.message, post);
        match edited.await {
            Ok(()) => {
                self.keep(ChatMessage {
                    digest: digest(post),
                    posted_at: self.clock.now(),
                    ..before
                })
                .await?;
                Ok(Some(json!({ "said": "edit" })))
            }
            Err(Wrong::Refused { code, .. }) if posts::is_gone(&code) => Ok(None),
            Err(wrong) => give_up_or(wrong).map(Some),
        }
    }

    async fn begin(&self, state: &State, place: &Place) -> Result<Value, SayError> {
        let deployment = &state.plan().deployment;
        self.api
            .turn("chat.postMessage", &place.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        let key = place.parent_key(deployment);
        let post = self.parent(state, place).await?;
        match self.beginning(state, place).await? {
            Beginning::Alone(first) => {
                let said = self
                    .post(&key, place, &Said::parent(&post, deployment))
                    .await?;
                if let Some(posted) = self.known(&key).await? {
                    self.begun(first, &posted.message).await?;
                }
                Ok(said)
            }
            Beginning::With(thread) => {
                let joining = Said::reply(&post, deployment, &thread, false);
                match self.api.post(&place.channel, &joining).await {
                    Ok(posted) => self.posted(&key, &joining, posted).await,
                    Err(Wrong::Refused { code, .. }) if posts::is_gone(&code) => {
                        self.part(place, deployment).await?;
                        let why = "the message whose thread it joined is gone";
                        Err(SayError::NotSaid(why.to_owned()))
                    }
                    Err(wrong) => give_up_or(wrong),
                }
            }
        }
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
        let context = self.context(state, place);
        let Some((mut message, calls)) = compose::about(state, record, &context) else {
            return Ok(json!({ "said": "nothing" }));
        };
        let severity = messages::severity(&record.event);
        let broadcast = calls && place.hears(severity);
        if !broadcast && !place.threads {
            return Ok(json!({ "said": "nothing", "why": "no details are told here" }));
        }
        if !broadcast && let Some(said) = self.found(state, record, place).await? {
            return Ok(said);
        }
        if !broadcast && let Some(said) = self.fold(state, records, record, place).await? {
            return Ok(said);
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
        let joined = self.thread_of(place, deployment).await?;
        let thread = joined.unwrap_or(parent.message);
        self.api
            .turn("chat.postMessage", &place.channel)
            .await
            .map_err(|wrong| say_error(&wrong))?;
        message.call(&self.called(state, record).await, context.locale);
        let said = Said::reply(&message, deployment, &thread, broadcast);
        self.post(&key, place, &said).await
    }

    /// Whom an event calls; nobody where that cannot be found out, since the message matters more.
    async fn called(&self, state: &State, record: &Recorded) -> Vec<Mention> {
        let Some(people) = &self.people else {
            return Vec::new();
        };
        let called = people.called_in_slack(&record.event, state).await;
        called.unwrap_or_else(|error| {
            tracing::error!(%error, "nobody is called by name: the journal does not answer");
            Vec::new()
        })
    }

    /// Says it in the place of what was said before, where that comes and goes; none where nothing was.
    async fn fold(
        &self,
        state: &State,
        records: &[Recorded],
        record: &Recorded,
        place: &Place,
    ) -> Result<Option<Value>, SayError> {
        let context = self.context(state, place);
        let Some((first, post)) = compose::folded(state, records, record, &context) else {
            return Ok(None);
        };
        let key = place.said_key(&state.plan().deployment, first);
        let Some(before) = self
            .known(&key)
            .await?
            .filter(|one| !one.message.is_empty())
        else {
            return Ok(None);
        };
        if before.digest == digest(&post) {
            return Ok(Some(json!({ "said": "unchanged" })));
        }
        let turn = self.api.turn("chat.update", &before.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        self.edit(before, &post).await
    }

    /// Posts, and keeps where it went.
    pub(super) async fn post(
        &self,
        key: &str,
        place: &Place,
        said: &Said<'_>,
    ) -> Result<Value, SayError> {
        match self.api.post(&place.channel, said).await {
            Ok(posted) => self.posted(key, said, posted).await,
            Err(wrong) => give_up_or(wrong),
        }
    }

    async fn posted(&self, key: &str, said: &Said<'_>, posted: Posted) -> Result<Value, SayError> {
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

    fn shows_pictures(&self) -> bool {
        true
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.tell(&utterance).await }.boxed()
    }

    fn looking<'a>(&'a self, state: &'a State, of: u64, at: &'a str) -> BoxFuture<'a, ()> {
        async move { self.look(state, of, at).await }.boxed()
    }

    fn say_incident<'a>(
        &'a self,
        utterance: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.tell_incident(&utterance).await }.boxed()
    }
}
