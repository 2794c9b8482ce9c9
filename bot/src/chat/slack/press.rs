//! A press becomes an answer: who it was, which question, what the domain says to it.

use super::hearing::Hearing;
use super::interaction::{Press, press};
use super::people::{Denied, granted};
use super::whisper::Ear;
use super::{CHANNEL, posts};
use crate::approvals;
use guard::ids::{DeploymentId, PersonId};
use guard::input::Happened;
use messages::layout::slack;
use serde_json::Value;

impl Hearing {
    /// Takes an interaction. When this returns, what it asks for is kept or refused; who is refused is told
    /// afterwards.
    pub(super) async fn take_interaction(&self, payload: &Value) {
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
        match self.answer(&press).await {
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
        let (person, by) = self.person(&press.user, press.foreign_team.as_ref())?;
        let deployment = self.deployment_of_press(press).await?;
        let happened = Happened::Answered {
            approval: press.approval.clone(),
            by,
            choice: press.choice,
            reason: None,
        };
        granted(self.engine.apply(&deployment, happened).await).map(|()| person)
    }

    /// The message says which deployment it is about. One that was posted and never answered for is not known
    /// here; its question is.
    async fn deployment_of_press(&self, press: &Press) -> Result<DeploymentId, Denied> {
        let known = self.deployment_at(&press.channel, &press.message).await?;
        if let Some(id) = known {
            return Ok(id);
        }
        let found = approvals::deployment_of(&self.engine, &press.approval).await;
        let found = found.map_err(|error| Denied::not_kept(&error))?;
        found.ok_or(Denied::UnknownQuestion)
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
        let context = self.context(&press.channel);
        let settings = self.settings.get();
        let sentences = denied.sentences(&press.user, press.choice, &settings, &context);
        let ear = Ear {
            user: press.user,
            channel: press.channel,
            thread: None,
            response_url: press.response_url,
        };
        let post = slack::sentences(&sentences, context.locale);
        self.whisper(&ear, &post).await;
    }
}
