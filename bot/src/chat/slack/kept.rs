//! What is kept of what was said, and read back.

use super::CHANNEL;
use super::channel::SlackChannel;
use engine::handler::SayError;
use engine::ledger;
use guard::event::Recorded;
use guard::ids::DeploymentId;
use guard::state::State;
use journal::ChatMessage;

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

    /// Notes something without a message of its own, unless it is noted already.
    pub(super) async fn note(&self, key: String, channel: &str) -> Result<bool, SayError> {
        let note = ChatMessage {
            post_key: key,
            platform: CHANNEL.to_owned(),
            channel: channel.to_owned(),
            message: String::new(),
            digest: String::new(),
            posted_at: self.clock.now(),
        };
        let noted = self.writer.claim_chat_message(note).await;
        noted.map_err(|error| SayError::NotSaid(error.to_string()))
    }

    pub(super) async fn newest(
        &self,
        deployment: &DeploymentId,
    ) -> Result<(State, Vec<Recorded>), SayError> {
        let not_said = |why: String| SayError::NotSaid(why);
        let records = ledger::records(&self.reader, deployment).await;
        let records = records.map_err(|error| not_said(error.to_string()))?;
        let state = State::fold(&records).map_err(|error| not_said(error.to_string()))?;
        let state = state.ok_or_else(|| not_said(format!("deployment {deployment} is gone")))?;
        Ok((state, records))
    }
}
