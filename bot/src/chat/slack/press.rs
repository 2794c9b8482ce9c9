//! A press becomes an answer: who it was, which question, what the domain says to it; and who may not is told so.

use super::interaction::{Press, press};
use super::seen::Seen;
use super::{CHANNEL, api, posts};
use crate::approvals;
use crate::live::Live;
use crate::wire;
use config::Settings;
use engine::Engine;
use guard::actor::Actor;
use guard::approval::{Choice, Refusal, check_role};
use guard::event::Event;
use guard::ids::{DeploymentId, PersonId};
use guard::input::Happened;
use journal::Reader;
use messages::layout::slack::{self, Post};
use messages::words::refusal;
use messages::{Context, Text, chat};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use url::Url;

/// What hears presses, by whichever way they come. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Presses(Arc<Inner>);

pub(crate) struct Inner {
    pub(super) settings: Live<Settings>,
    engine: Engine,
    reader: Reader,
    http: reqwest::Client,
    /// Presses, by what makes each of them one: Slack tells again what was not acknowledged in time.
    heard: Seen,
}

impl std::ops::Deref for Presses {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Why a press does not count.
#[derive(Debug)]
enum Denied {
    OtherTeam,
    UnknownPerson,
    UnknownQuestion,
    Refused(Refusal),
    NotKept,
}

impl Presses {
    pub(crate) fn new(settings: Live<Settings>, engine: Engine) -> Result<Self, api::ClientError> {
        Ok(Self(Arc::new(Inner {
            settings,
            reader: engine.reader().clone(),
            engine,
            http: api::client()?,
            heard: Seen::default(),
        })))
    }

    /// Takes an interaction. When this returns, what it asks for is kept or refused; who is refused is told
    /// afterwards.
    pub(super) async fn take(&self, payload: &Value) {
        let Some(press) = press(payload) else {
            let kind = payload["type"]
                .as_str()
                .unwrap_or_default()
                .chars()
                .take(40)
                .collect::<String>();
            tracing::info!(
                kind,
                "an interaction of Slack's that is no answer: nothing is done"
            );
            return;
        };
        if !self.is_new(&press) {
            tracing::info!("a press was heard before: nothing is done");
            return;
        }
        let (user, choice) = (press.user.clone(), press.choice.as_str());
        match self.answer(&press).await {
            Ok(person) => {
                tracing::info!(user, %person, choice, approval = %press.approval, "answered in Slack");
            }
            Err(denied) => {
                tracing::info!(user, choice, approval = %press.approval, ?denied, "an answer in Slack does not count");
                let telling = self.clone();
                tokio::spawn(async move { telling.tell(&press, &denied).await });
            }
        }
    }

    fn is_new(&self, press: &Press) -> bool {
        let Some(at) = &press.at else { return true };
        let (user, approval, choice) = (&press.user, &press.approval, press.choice.as_str());
        let one = format!(
            "{user} {} {} {approval} {choice} {at}",
            press.channel, press.message
        );
        let one = Sha256::digest(one.as_bytes()).to_vec();
        self.heard.is_new(one, jiff::Timestamp::now())
    }

    async fn answer(&self, press: &Press) -> Result<PersonId, Denied> {
        let by = self.person(press)?;
        let deployment = self.deployment(press).await?;
        let person = match &by {
            Actor::Person { id, .. } => id.clone(),
            _ => return Err(Denied::UnknownPerson),
        };
        let happened = Happened::Answered {
            approval: press.approval.clone(),
            by,
            choice: press.choice,
            reason: None,
        };
        let events = self.engine.apply(&deployment, happened).await;
        let events = events.map_err(|error| not_kept(&error))?;
        let refused = events.into_iter().find_map(|event| match event {
            Event::Refused { refusal, .. } => Some(refusal),
            _ => None,
        });
        refused.map_or(Ok(person), |refusal| Err(Denied::Refused(refusal)))
    }

    /// The person of this moment: who was taken out of the configuration cannot answer any more.
    fn person(&self, press: &Press) -> Result<Actor, Denied> {
        let settings = self.settings.get();
        let teams = settings.chat.slack.as_ref().map(|slack| &slack.teams);
        if let Some(team) = &press.foreign_team
            && !teams.is_some_and(|teams| teams.contains(team))
        {
            return Err(Denied::OtherTeam);
        }
        let mut people = settings.people.iter();
        let found = people.find(|person| person.slack.as_deref() == Some(press.user.as_str()));
        found
            .and_then(|found| wire::person(&settings, &found.name))
            .ok_or(Denied::UnknownPerson)
    }

    /// The message says which deployment it is about. One that was posted and never answered for is not known
    /// here; its question is.
    async fn deployment(&self, press: &Press) -> Result<DeploymentId, Denied> {
        let known = self
            .reader
            .chat_message_at(CHANNEL, &press.channel, &press.message)
            .await
            .map_err(|error| not_kept(&error))?;
        if let Some(id) = known.and_then(|known| posts::deployment_of(&known.post_key)) {
            return Ok(id);
        }
        let found = approvals::deployment_of(&self.engine, &press.approval).await;
        let found = found.map_err(|error| not_kept(&error))?;
        found.ok_or(Denied::UnknownQuestion)
    }

    /// Tells the one who pressed, and nobody else, why it does not count.
    async fn tell(&self, press: &Press, denied: &Denied) {
        let post = self.post(press, denied);
        if let Some(url) = press
            .response_url
            .as_deref()
            .filter(|url| self.is_slacks(url))
        {
            let body = json!({
                "response_type": "ephemeral",
                "replace_original": false,
                "text": post.text,
                "blocks": post.blocks,
            });
            let sent = self.http.post(url).json(&body).send().await;
            match sent {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) => {
                    tracing::debug!(status = %answer.status(), "a response url is worth nothing any more")
                }
                Err(error) => {
                    tracing::debug!(error = %error.without_url(), "a response url does not answer")
                }
            }
        }
        let settings = self.settings.get();
        let Some(slack) = &settings.chat.slack else {
            return;
        };
        let arguments = json!({
            "channel": press.channel,
            "user": press.user,
            "text": post.text,
            "blocks": post.blocks,
        });
        let base = slack.base_url.as_str();
        let told = api::call(
            &self.http,
            base,
            &slack.bot_token,
            "chat.postEphemeral",
            &arguments,
        )
        .await;
        if let Err(error) = told {
            tracing::warn!(%error, "who pressed in vain was not told why");
        }
    }

    fn post(&self, press: &Press, denied: &Denied) -> Post {
        let settings = self.settings.get();
        let channel = settings.chat.slack.as_ref().and_then(|slack| {
            slack
                .channels
                .iter()
                .find(|channel| channel.channel == press.channel)
        });
        let context = Context {
            locale: posts::locale(&settings, channel),
            now: jiff::Timestamp::now(),
            base_url: None,
        };
        let why = match denied {
            Denied::OtherTeam => chat::other_team(&context),
            Denied::UnknownPerson => chat::unknown_person(&press.user, &context),
            Denied::UnknownQuestion => chat::unknown_question(&context),
            Denied::Refused(why) => refusal(why, &context),
            Denied::NotKept => chat::not_kept(&context),
        };
        let mut sentences: Vec<Text> = vec![why];
        if matches!(
            denied,
            Denied::OtherTeam
                | Denied::UnknownPerson
                | Denied::Refused(Refusal::MissingRole { .. } | Refusal::NotAPerson { .. })
        ) {
            sentences.push(chat::who_can(&who_can(&settings, press.choice), &context));
        }
        slack::sentences(&sentences, context.locale)
    }

    /// What is signed says the address; still nothing is sent to anybody else.
    fn is_slacks(&self, url: &str) -> bool {
        let settings = self.settings.get();
        let own = settings
            .chat
            .slack
            .as_ref()
            .map(|slack| slack.base_url.url().origin());
        Url::parse(url).is_ok_and(|url| {
            let known = matches!(
                url.host_str(),
                Some("hooks.slack.com" | "hooks.slack-gov.com")
            );
            (known && url.scheme() == "https") || own.is_some_and(|own| own == url.origin())
        })
    }
}

fn not_kept(error: &dyn std::fmt::Display) -> Denied {
    tracing::error!(%error, "an answer in Slack was not kept");
    Denied::NotKept
}

/// The people who may answer so.
fn who_can(settings: &Settings, choice: Choice) -> Vec<PersonId> {
    let people = settings.people.iter();
    let may = people.filter_map(|person| {
        let actor = wire::person(settings, &person.name)?;
        check_role(&actor, choice)
            .ok()
            .map(|()| person.name.clone())
    });
    may.collect()
}
