//! What waits for the end of the quiet hours.

use super::channel::SlackChannel;
use super::places::Place;
use engine::handler::SayError;
use engine::ledger;
use guard::event::Recorded;
use guard::ids::DeploymentId;
use guard::state::State;
use serde_json::{Value, json};

const PREFIX: &str = "slack-later/";
/// What waits in place of a revision.
const PARENT: &str = "parent";

impl SlackChannel {
    /// Keeps in mind that a deployment's parent, or what is said of an event, is told after the quiet hours.
    pub(super) async fn put_off(
        &self,
        place: &Place,
        deployment: &DeploymentId,
        record: Option<&Recorded>,
    ) -> Result<Value, SayError> {
        let what = record.map_or_else(|| PARENT.to_owned(), |record| record.revision.to_string());
        let key = format!("{PREFIX}{}/{deployment}/{what}", place.channel);
        self.note(key, &place.channel).await?;
        Ok(json!({ "said": "nothing", "why": "it waits for the end of the quiet hours" }))
    }

    /// Says what waited in channels that are not quiet any more.
    ///
    /// # Errors
    /// What could not be said goes on waiting, and so does what comes after it.
    pub(super) async fn catch_up(&self) -> Result<(), SayError> {
        let waiting = self.reader.chat_messages_under(PREFIX).await;
        let mut waiting = waiting.map_err(|error| SayError::NotSaid(error.to_string()))?;
        waiting.sort_by_key(|note| note.posted_at);
        for note in waiting {
            let what = note.post_key.rsplit('/').next().unwrap_or_default();
            let deployment = note.post_key.split('/').nth(2).map(DeploymentId::new);
            let waits_on = match deployment {
                Some(Ok(deployment)) => self.tell_late(&note.channel, &deployment, what).await,
                _ => Ok(false),
            };
            match waits_on {
                Ok(true) => continue,
                // What was perhaps said is not repeated.
                Ok(false) | Err(SayError::PerhapsSaid(_)) => {}
                Err(error) => return Err(error),
            }
            let forgotten = self.writer.forget_chat_message(&note.post_key).await;
            forgotten.map_err(|error| SayError::NotSaid(error.to_string()))?;
        }
        Ok(())
    }

    /// Says it unless the channel is quiet still; whether it is.
    async fn tell_late(
        &self,
        channel: &str,
        deployment: &DeploymentId,
        what: &str,
    ) -> Result<bool, SayError> {
        let Some((state, records)) = self.story(deployment).await? else {
            return Ok(false);
        };
        let places = self.places(&state).await?;
        let Some(place) = places.iter().find(|place| place.channel == channel) else {
            return Ok(false);
        };
        if place.quiet {
            return Ok(true);
        }
        let revision: Option<u64> = what.parse().ok();
        let record = revision.and_then(|wanted| records.iter().find(|one| one.revision == wanted));
        match record {
            Some(record) => self.reply(&state, &records, record, place).await?,
            None => self.show(&state, &records, place).await?,
        };
        Ok(false)
    }

    /// A deployment; none when what happened to it is long over and not kept any more.
    async fn story(
        &self,
        deployment: &DeploymentId,
    ) -> Result<Option<(State, Vec<Recorded>)>, SayError> {
        match ledger::records(&self.reader, deployment).await {
            Ok(records) => {
                let state = State::fold(&records);
                let state = state.map_err(|error| SayError::NotSaid(error.to_string()))?;
                Ok(state.map(|state| (state, records)))
            }
            Err(error) if error.is_erased() => Ok(None),
            Err(error) => Err(SayError::NotSaid(error.to_string())),
        }
    }
}
