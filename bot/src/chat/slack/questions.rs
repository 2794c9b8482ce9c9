//! Questions that are over.

use super::api::Wrong;
use super::channel::{SlackChannel, give_up_or, say_error};
use super::compose;
use super::places::Place;
use super::posts::{self, digest};
use engine::handler::SayError;
use guard::event::Recorded;
use guard::state::State;
use journal::ChatMessage;

impl SlackChannel {
    /// A question that is over has no buttons any more.
    pub(super) async fn close_questions(
        &self,
        state: &State,
        records: &[Recorded],
        place: &Place,
    ) -> Result<(), SayError> {
        let deployment = &state.plan().deployment;
        if state.approvals().next().is_none() {
            return Ok(());
        }
        for record in records
            .iter()
            .filter(|record| compose::asks_and_is_over(state, record))
        {
            let key = place.said_key(deployment, record.revision);
            let Some(before) = self.known(&key).await? else {
                continue;
            };
            let Some((post, _)) = compose::about(state, record, &self.context(state, place)) else {
                continue;
            };
            if before.digest == digest(&post) {
                continue;
            }
            self.api
                .turn("chat.update", &before.channel)
                .await
                .map_err(|wrong| say_error(&wrong))?;
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
}
