//! A press becomes an answer: who it was, which question, what the domain says to it.

use super::hearing::Hearing;
use super::interaction::{GLASS, Press, press, submission};
use super::mention::explain;
use super::people::{Denied, granted};
use super::whisper::Ear;
use super::wish::wish;
use super::{CHANNEL, api, posts};
use crate::approvals;
use guard::ids::{DeploymentId, PersonId};
use guard::input::Happened;
use messages::dialog;
use messages::layout::slack::{self as layout, Depth};
use messages::model::Message;
use serde_json::Value;
use tokio::sync::oneshot;

impl Hearing {
    /// Takes an interaction. When this returns, what it asks for is kept or refused; who is refused is told
    /// afterwards, or by what is sent to `answer`. It is dropped where there is nothing to say.
    pub(super) async fn take_interaction(
        &self,
        payload: &Value,
        answer: oneshot::Sender<Option<Value>>,
    ) {
        if let Some(sent) = submission(payload) {
            return self.take_submission(sent, answer).await;
        }
        self.take_press(payload).await;
    }

    async fn take_press(&self, payload: &Value) {
        if self.take_confirmation(payload).await {
            return;
        }
        if let Some(line) = explain(payload) {
            return self.take_line(line).await;
        }
        if let Some(line) = wish(payload) {
            return self.take_line(line).await;
        }
        let Some(press) = press(payload) else {
            let kind = payload["type"].as_str().unwrap_or_default();
            let kind = kind.chars().take(40).collect::<String>();
            tracing::info!(kind, "an interaction that is no answer: nothing is done");
            return;
        };
        let (user, choice) = (press.user.clone(), press.choice.as_str());
        if let Some(at) = &press.at {
            let (channel, message, approval) = (&press.channel, &press.message, &press.approval);
            if !self.is_new(&format!(
                "press {user} {channel} {message} {approval} {choice} {at}"
            )) {
                return;
            }
        }
        let answered = match self.asks_why(&press).await {
            Ok(true) => return,
            Ok(false) => self.answer(&press).await,
            Err(denied) => Err(denied),
        };
        match answered {
            Ok(person) => {
                tracing::info!(user, %person, choice, approval = %press.approval, "answered in Slack");
            }
            Err(denied) => {
                tracing::info!(user, choice, approval = %press.approval, ?denied, "an answer in Slack does not count");
                let telling = self.clone();
                tokio::spawn(async move { telling.tell(press, &denied).await });
            }
        }
    }

    async fn answer(&self, press: &Press) -> Result<PersonId, Denied> {
        let (person, by) = self
            .person(&press.user, press.foreign_team.as_ref())
            .await?;
        let (deployment, remembered) = self.asked_in(press).await?;
        let people = self.orders.people();
        let duty = people.duty_to(&by, &self.engine, &deployment, false).await;
        let duty = duty.map_err(|error| Denied::not_kept(&error))?;
        let happened = Happened::Answered {
            approval: press.approval.clone(),
            by,
            duty,
            choice: press.choice,
            reason: None,
        };
        let answered = granted(self.engine.apply(&deployment, happened).await);
        if !remembered {
            let (closing, channel, message) =
                (self.clone(), press.channel.clone(), press.message.clone());
            tokio::spawn(async move { closing.close(&deployment, &channel, &message).await });
        }
        answered.map(|()| person)
    }

    /// The deployment that asks in a pressed message, and whether the message is remembered. One that is not was
    /// posted and Slack never said so; its question is known.
    async fn asked_in(&self, press: &Press) -> Result<(DeploymentId, bool), Denied> {
        if let Some(id) = self.deployment_at(&press.channel, &press.message).await? {
            return Ok((id, true));
        }
        let id = approvals::deployment_of(&self.engine, &press.approval).await;
        let id = id.map_err(|error| Denied::not_kept(&error))?;
        Ok((id.ok_or(Denied::UnknownQuestion)?, false))
    }

    /// Shows for the last time how a deployment stands, in a message that nobody will edit.
    async fn close(&self, deployment: &DeploymentId, channel: &str, message: &str) {
        let settings = self.settings.get();
        let (Some(slack), Ok(Some(state))) =
            (&settings.chat.slack, self.engine.state(deployment).await)
        else {
            return;
        };
        let context = self.context(channel);
        let shown = messages::parent(&state, &context);
        let shown = Message::line(shown.severity, shown.headline);
        let post = layout::message(&shown, context.locale, Depth::Full);
        let arguments = api::update(channel, message, &post);
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let done = api::call(&self.http, base, token, "chat.update", &arguments).await;
        if let Err(error) = done {
            tracing::info!(%error, "a message that nobody remembers keeps its buttons");
        }
    }

    /// The deployment that a message of ours is about.
    pub(super) async fn deployment_at(
        &self,
        channel: &str,
        message: &str,
    ) -> Result<Option<DeploymentId>, Denied> {
        let known = self.reader.chat_message_at(CHANNEL, channel, message).await;
        let known = known.map_err(|error| Denied::not_kept(&error))?;
        Ok(known.and_then(|known| posts::deployment_of(&known.post_key)))
    }

    async fn tell(&self, press: Press, denied: &Denied) {
        let context = self.context_for(&press.user, &press.channel).await;
        let state = match self.asked_in(&press).await {
            Ok((id, _)) => self.engine.state(&id).await.ok().flatten(),
            Err(_) => None,
        };
        let able = self.who_can(press.choice, state.as_ref()).await;
        let sentences = denied.sentences(&press.user, press.choice, &able, &context);
        let ear = Ear {
            user: press.user,
            channel: press.channel,
            thread: None,
            response_url: press.response_url,
            replaces: false,
        };
        let mut post = layout::sentences(&sentences, context.locale);
        if let (Denied::Refused(refusal), Some(state)) = (denied, &state)
            && self.may_break(refusal, &ear.user, state).await
        {
            let id = format!("{}/{}", press.approval, press.choice.as_str());
            let name = format!("{GLASS}{}", press.choice.as_str());
            post.ask(&name, &id, &dialog::break_glass(&context));
        }
        self.whisper(&ear, &post).await;
    }
}
