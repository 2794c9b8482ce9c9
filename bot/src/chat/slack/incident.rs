//! Incidents that belong to no deployment: one message each, edited in place.

use super::api::Wrong;
use super::channel::{SlackChannel, give_up_or, say_error};
use super::compose::Said;
use super::places::Place;
use super::posts::{self, digest, incident_key};
use engine::handler::{IncidentUtterance, SayError};
use engine::ledger;
use guard::apart::{Apart, ApartEffect};
use journal::ChatMessage;
use messages::Context;
use messages::layout::slack::{self, Depth, Post};
use serde_json::{Value, json};

impl SlackChannel {
    pub(super) async fn tell_incident(
        &self,
        utterance: &IncidentUtterance<'_>,
    ) -> Result<Value, SayError> {
        match utterance.effect {
            ApartEffect::ShowIncident => self.show_incident(utterance.incident).await,
            // Its one message shows it.
            ApartEffect::TellIncident { .. } => Ok(json!({ "said": "nothing" })),
        }
    }

    /// Posts or edits the one message.
    async fn show_incident(&self, told: &Apart) -> Result<Value, SayError> {
        let key = incident_key(&told.id);
        let before = self.known(&key).await?;
        let Some(place) = self.place_of_incident(told, before.as_ref()) else {
            return Ok(json!({ "said": "nothing", "why": "no channel is configured for it" }));
        };
        let Some(before) = before else {
            return self.begin_incident(told, &key, &place).await;
        };
        if before.digest == digest(&self.composed(told, &place)) {
            return Ok(json!({ "said": "unchanged" }));
        }
        // While it waits for its turn more may happen: the newest wins, and the edits behind it find nothing to do.
        let turn = self.api.turn("chat.update", &before.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let incident = self.newest_incident(told).await?;
        let post = self.composed(&incident, &place);
        if before.digest == digest(&post) {
            return Ok(json!({ "said": "unchanged" }));
        }
        let edited = self.api.update(&before.channel, &before.message, &post);
        match edited.await {
            Ok(()) => {
                let message = ChatMessage {
                    digest: digest(&post),
                    posted_at: jiff::Timestamp::now(),
                    ..before
                };
                self.keep(message).await?;
                Ok(json!({ "said": "edit" }))
            }
            // Somebody has deleted it, or it may not be edited any more.
            Err(Wrong::Refused { code, .. }) if posts::is_gone(&code) => {
                self.begin_incident(&incident, &key, &place).await
            }
            Err(wrong) => give_up_or(wrong),
        }
    }

    async fn begin_incident(
        &self,
        told: &Apart,
        key: &str,
        place: &Place,
    ) -> Result<Value, SayError> {
        let turn = self.api.turn("chat.postMessage", &place.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let incident = self.newest_incident(told).await?;
        let post = self.composed(&incident, place);
        let said = Said::incident(&post, &incident.id);
        self.post(key, place, &said).await
    }

    fn composed(&self, incident: &Apart, place: &Place) -> Post {
        let context = Context {
            locale: place.locale,
            now: incident.updated_at,
            base_url: self.base_url.clone(),
        };
        let message = messages::apart::incident(incident, &context);
        slack::message(&message, context.locale, Depth::Full)
    }

    async fn newest_incident(&self, told: &Apart) -> Result<Apart, SayError> {
        let records = ledger::incident_records(&self.reader, &told.id).await;
        let records = records.map_err(|error| SayError::NotSaid(error.to_string()))?;
        Ok(Apart::fold(told.id.clone(), &records))
    }

    /// Where it was told before is where it is told on; else where its first alert says.
    fn place_of_incident(&self, told: &Apart, known: Option<&ChatMessage>) -> Option<Place> {
        let settings = self.settings.get();
        let slack = settings.chat.slack.as_ref()?;
        if let Some(known) = known {
            let mut channels = slack.channels.iter();
            let found = channels.find(|channel| channel.channel == known.channel);
            let locale = posts::locale(&settings, found);
            return Some(Place::plain(&known.channel, locale));
        }
        let first = told.named.first()?;
        let found = match &first.environment {
            Some(environment) => slack.channel_of(&first.service, environment),
            None => slack.channel_about(&first.service),
        }?;
        let locale = posts::locale(&settings, Some(found));
        Some(Place::plain(&found.channel, locale))
    }
}
