//! Several services at one version are one message: the first parent, with the others in its thread.
//!
//! Each deployment keeps its own parent, edited in place, and its own questions. Only where the parents of the others stand
//! is different: in the thread of the first.

use super::channel::SlackChannel;
use super::hearing::Hearing;
use super::people::Denied;
use super::places::Place;
use engine::handler::SayError;
use engine::ledger;
use guard::ids::DeploymentId;
use guard::state::State;
use jiff::SignedDuration;
use journal::ChatMessage;
use sha2::{Digest, Sha256};

/// So long after the first one others join it.
const JOIN_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// So long whoever was about to post the first one may take.
const POSTS_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// Where the parent of a deployment goes.
pub(super) enum Beginning {
    /// Into the channel; whoever comes next joins it there.
    Alone(ChatMessage),
    /// Into the thread of this message.
    With(String),
}

impl SlackChannel {
    /// Where the parent of a deployment goes that was not told in a channel yet.
    pub(super) async fn beginning(
        &self,
        state: &State,
        place: &Place,
    ) -> Result<Beginning, SayError> {
        let deployment = &state.plan().deployment;
        if let Some(joined) = self.known(&thread_key(place, deployment)).await? {
            return Ok(Beginning::With(joined.message));
        }
        let first = self.first(state, place);
        if self
            .writer
            .claim_chat_message(first.clone())
            .await
            .map_err(not_said)?
        {
            return Ok(Beginning::Alone(first));
        }
        let Some(before) = self.known(&first.post_key).await? else {
            return Ok(Beginning::Alone(first));
        };
        let age = self.clock.now().duration_since(before.posted_at);
        let own = before.digest == deployment.as_str();
        let over = if before.message.is_empty() {
            POSTS_WITHIN
        } else {
            JOIN_WITHIN
        };
        if own || age > over || self.same_service(state, &before.digest).await? {
            self.keep(first.clone()).await.map_err(not_said)?;
            return Ok(Beginning::Alone(first));
        }
        if before.message.is_empty() {
            let why = "the first deployment of this version is being told";
            return Err(SayError::NotSaid(why.to_owned()));
        }
        let note = ChatMessage {
            post_key: thread_key(place, deployment),
            digest: String::new(),
            ..before.clone()
        };
        self.keep(note).await.map_err(not_said)?;
        if let Ok(first) = DeploymentId::new(before.digest.as_str()) {
            self.note(with_key(place, &first, deployment), &place.channel)
                .await?;
        }
        Ok(Beginning::With(before.message))
    }

    /// Keeps which message the others of its version join.
    pub(super) async fn begun(&self, first: ChatMessage, message: &str) -> Result<(), SayError> {
        self.keep(ChatMessage {
            message: message.to_owned(),
            ..first
        })
        .await
    }

    /// The thread in which is told what happens to a deployment; none where it is its own parent's.
    pub(super) async fn thread_of(
        &self,
        place: &Place,
        deployment: &DeploymentId,
    ) -> Result<Option<String>, SayError> {
        let joined = self.known(&thread_key(place, deployment)).await?;
        Ok(joined.map(|joined| joined.message))
    }

    /// The deployment in whose thread this one stands.
    pub(super) async fn joined(
        &self,
        state: &State,
        place: &Place,
    ) -> Result<Option<DeploymentId>, SayError> {
        let deployment = &state.plan().deployment;
        if self.thread_of(place, deployment).await?.is_none() {
            return Ok(None);
        }
        let first = self.known(&self.first(state, place).post_key).await?;
        let first = first.filter(|first| first.digest != deployment.as_str());
        Ok(first.and_then(|first| DeploymentId::new(first.digest).ok()))
    }

    /// The deployments that stand in the thread of this one, in the order of their ids.
    pub(super) async fn others(
        &self,
        place: &Place,
        deployment: &DeploymentId,
    ) -> Result<Vec<State>, SayError> {
        let beginning = with_prefix(&place.channel, deployment);
        let notes = self.reader.chat_messages_under(&beginning).await;
        let mut others = Vec::new();
        for note in notes.map_err(not_said)? {
            let id = note.post_key.rsplit('/').next().unwrap_or_default();
            if let Ok(id) = DeploymentId::new(id)
                && let Some(state) = ledger::state(&self.reader, &id).await.ok().flatten()
            {
                others.push(state);
            }
        }
        Ok(others)
    }

    /// Forgets that a deployment stands in a thread that is gone.
    pub(super) async fn part(
        &self,
        place: &Place,
        deployment: &DeploymentId,
    ) -> Result<(), SayError> {
        let key = thread_key(place, deployment);
        let forgotten = self.writer.forget_chat_message(&key);
        forgotten.await.map_err(not_said)
    }

    async fn same_service(&self, state: &State, other: &str) -> Result<bool, SayError> {
        let Ok(other) = DeploymentId::new(other) else {
            return Ok(true);
        };
        let other = ledger::state(&self.reader, &other).await;
        // One that cannot be read is joined by nobody.
        let other = other.ok().flatten();
        Ok(other.is_none_or(|other| other.plan().service == state.plan().service))
    }

    /// What is kept of the first of a version; its message is not known yet.
    fn first(&self, state: &State, place: &Place) -> ChatMessage {
        let plan = state.plan();
        let version = format!("{}\n{}", plan.environment, plan.to);
        let version = hex::encode(Sha256::digest(version.as_bytes()));
        ChatMessage {
            post_key: format!("slack-first/{}/{version}", place.channel),
            platform: "slack-first".to_owned(),
            channel: place.channel.clone(),
            message: String::new(),
            digest: plan.deployment.to_string(),
            posted_at: self.clock.now(),
        }
    }
}

impl Hearing {
    /// The deployment that is told in a thread; none where several are, so that nobody means the wrong one.
    pub(super) async fn deployment_in(
        &self,
        channel: &str,
        thread: &str,
    ) -> Result<Option<DeploymentId>, Denied> {
        let Some(first) = self.deployment_at(channel, thread).await? else {
            return Ok(None);
        };
        let beginning = with_prefix(channel, &first);
        let others = self.reader.chat_messages_under(&beginning);
        let others = others.await.map_err(|error| Denied::not_kept(&error))?;
        Ok(others.is_empty().then_some(first))
    }
}

/// What is kept of those in the thread of a deployment begins so.
fn with_prefix(channel: &str, first: &DeploymentId) -> String {
    format!("slack-with/{channel}/{first}/")
}

fn with_key(place: &Place, first: &DeploymentId, other: &DeploymentId) -> String {
    format!("{}{other}", with_prefix(&place.channel, first))
}

fn thread_key(place: &Place, deployment: &DeploymentId) -> String {
    format!("slack-thread/{}/{deployment}", place.channel)
}

fn not_said(error: impl std::fmt::Display) -> SayError {
    SayError::NotSaid(error.to_string())
}
