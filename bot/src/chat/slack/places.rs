//! Where a deployment is told, and what is known of it.

use super::channel::SlackChannel;
use super::posts;
use engine::handler::SayError;
use engine::ledger;
use guard::ids::DeploymentId;
use guard::state::State;
use journal::ChatMessage;
use messages::Locale;

/// Where a deployment is told.
pub(super) struct Place {
    pub(super) channel: String,
    pub(super) locale: Locale,
}

impl SlackChannel {
    pub(super) async fn keep(&self, message: ChatMessage) -> Result<(), SayError> {
        // It was said; only that it was is not known.
        let kept = self.writer.put_chat_message(message).await;
        kept.map_err(|error| SayError::PerhapsSaid(error.to_string()))
    }

    pub(super) async fn known(&self, key: &str) -> Result<Option<ChatMessage>, SayError> {
        let found = self.reader.chat_message(key).await;
        found.map_err(|error| SayError::NotSaid(error.to_string()))
    }

    pub(super) async fn newest(&self, deployment: &DeploymentId) -> Result<State, SayError> {
        let state = ledger::state(&self.reader, deployment).await;
        let state = state.map_err(|error| SayError::NotSaid(error.to_string()))?;
        state.ok_or_else(|| SayError::NotSaid(format!("deployment {deployment} is gone")))
    }

    /// Where a deployment is told that was not told yet.
    pub(super) fn place(&self, state: &State) -> Option<Place> {
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
    pub(super) fn place_of(&self, state: &State, known: &ChatMessage) -> Place {
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

    pub(super) fn context(&self, state: &State, place: &Place) -> messages::Context {
        messages::Context {
            locale: place.locale,
            now: state.updated_at(),
            base_url: self.base_url.clone(),
        }
    }
}
