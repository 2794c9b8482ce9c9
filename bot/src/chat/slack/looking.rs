//! What is being looked into: one message in the thread, edited as it goes on, in whose place the report comes.

use super::channel::{SlackChannel, say_error};
use super::compose::{self, Said};
use super::places::Place;
use engine::handler::SayError;
use guard::event::{Event, Recorded};
use guard::state::State;
use messages::layout::slack::{self, Depth, Post};
use messages::root_cause;
use serde_json::Value;

impl SlackChannel {
    /// Shows it wherever the deployment has a thread. It is in nobody's way: what fails is left out.
    pub(super) async fn look(&self, state: &State, of: u64, at: &str) {
        let places = match self.places(state).await {
            Ok(places) => places,
            Err(error) => {
                tracing::debug!(%error, "what is looked at is not shown");
                return;
            }
        };
        for place in places.iter().filter(|place| place.threads) {
            if let Err(error) = self.look_at(state, of, at, place).await {
                tracing::debug!(%error, "what is looked at is not shown");
            }
        }
    }

    async fn look_at(
        &self,
        state: &State,
        of: u64,
        at: &str,
        place: &Place,
    ) -> Result<(), SayError> {
        let deployment = &state.plan().deployment;
        let key = place.looking_key(deployment, of);
        let context = self.context(state, place);
        let shown = root_cause::looking(at, &context);
        let post = slack::message(&shown, context.locale, Depth::Full);
        if self.instead(&key, &post).await?.is_some() {
            return Ok(());
        }
        // Only where the skeleton is told already: nothing begins a thread with it.
        let skeleton = self.known(&place.said_key(deployment, of)).await?;
        let parent = self.known(&place.parent_key(deployment)).await?;
        let (Some(_), Some(parent)) = (skeleton, parent) else {
            return Ok(());
        };
        let joined = self.thread_of(place, deployment).await?;
        let thread = joined.unwrap_or(parent.message);
        let turn = self.api.turn("chat.postMessage", &place.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let said = Said::reply(&post, deployment, &thread, false);
        self.post(&key, place, &said).await.map(drop)
    }

    /// What was found takes the place of what was being looked at; none where nothing of that was shown.
    pub(super) async fn found(
        &self,
        state: &State,
        record: &Recorded,
        place: &Place,
    ) -> Result<Option<Value>, SayError> {
        let Event::RootCauseReported { of, .. } = &record.event else {
            return Ok(None);
        };
        let context = self.context(state, place);
        let Some((post, _)) = compose::about(state, record, &context) else {
            return Ok(None);
        };
        let key = place.looking_key(&state.plan().deployment, *of);
        self.instead(&key, &post).await
    }

    /// Shows something else in a message that is there; none where there is none.
    async fn instead(&self, key: &str, post: &Post) -> Result<Option<Value>, SayError> {
        let known = self.known(key).await?;
        let Some(before) = known.filter(|one| !one.message.is_empty()) else {
            return Ok(None);
        };
        let turn = self.api.turn("chat.update", &before.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        self.edit(before, post).await
    }
}
