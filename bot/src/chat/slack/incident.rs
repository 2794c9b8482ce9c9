//! Incidents that belong to no deployment: one message each in every channel that is about it, edited in place, and in
//! its thread what somebody did.

use super::CHANNEL;
use super::api::Wrong;
use super::channel::{SlackChannel, give_up_or, say_error};
use super::compose::Said;
use super::hearing::Hearing;
use super::people::Denied;
use super::places::Place;
use super::posts::{self, digest, incident_key, incident_of};
use super::told::Told;
use engine::handler::{IncidentUtterance, SayError};
use engine::ledger;
use guard::apart::{Apart, ApartEffect, RecordedApart};
use guard::ids::IncidentId;
use journal::ChatMessage;
use messages::Context;
use messages::layout::slack::{self, Depth, Post};
use serde_json::{Value, json};

impl SlackChannel {
    /// Says it in every channel that is about it; one that cannot be reached keeps none of the others from hearing it.
    pub(super) async fn tell_incident(
        &self,
        utterance: &IncidentUtterance<'_>,
    ) -> Result<Value, SayError> {
        let incident = utterance.incident;
        let mut told = Told::default();
        for place in self.places_of_incident(incident).await? {
            let said = match (utterance.effect, utterance.record) {
                (ApartEffect::ShowIncident, _) => self.show_incident(incident, &place).await,
                (ApartEffect::TellIncident { .. }, Some(record)) => {
                    self.tell_of_incident(incident, record, &place).await
                }
                (ApartEffect::TellIncident { .. }, None) => Ok(json!({ "said": "nothing" })),
            };
            told.add(place, said);
        }
        told.outcome()
    }

    /// Posts or edits the one message.
    async fn show_incident(&self, told: &Apart, place: &Place) -> Result<Value, SayError> {
        let Some(before) = self.known(&place.incident_key(&told.id)).await? else {
            return self.begin_incident(told, place).await;
        };
        if before.digest == digest(&self.composed(told, place)) {
            return Ok(json!({ "said": "unchanged" }));
        }
        // While it waits for its turn more may happen: the newest wins, and the edits behind it find nothing to do.
        let turn = self.api.turn("chat.update", &before.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let incident = self.newest_incident(told).await?;
        let post = self.composed(&incident, place);
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
                self.begin_incident(&incident, place).await
            }
            Err(wrong) => give_up_or(wrong),
        }
    }

    async fn begin_incident(&self, told: &Apart, place: &Place) -> Result<Value, SayError> {
        let turn = self.api.turn("chat.postMessage", &place.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let incident = self.newest_incident(told).await?;
        let post = self.composed(&incident, place);
        let said = Said::incident(&post, &incident.id, None);
        self.post(&place.incident_key(&incident.id), place, &said)
            .await
    }

    /// Says in the thread what the message does not show by itself.
    async fn tell_of_incident(
        &self,
        told: &Apart,
        record: &RecordedApart,
        place: &Place,
    ) -> Result<Value, SayError> {
        let nothing = || Ok(json!({ "said": "nothing" }));
        let context = self.context_of_incident(told, place);
        let Some(message) = messages::apart::reply(told, record, &context) else {
            return nothing();
        };
        let key = place.incident_said_key(&told.id, record.revision);
        if !place.threads || self.known(&key).await?.is_some() {
            return nothing();
        }
        let Some(parent) = self.known(&place.incident_key(&told.id)).await? else {
            return nothing();
        };
        let turn = self.api.turn("chat.postMessage", &place.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let post = slack::message(&message, context.locale, Depth::Full);
        let said = Said::incident(&post, &told.id, Some(&parent.message));
        self.post(&key, place, &said).await
    }

    fn composed(&self, incident: &Apart, place: &Place) -> Post {
        let context = self.context_of_incident(incident, place);
        let message = messages::apart::incident(incident, &context);
        slack::message(&message, context.locale, Depth::Full)
    }

    fn context_of_incident(&self, incident: &Apart, place: &Place) -> Context {
        Context {
            locale: place.locale,
            now: incident.updated_at,
            base_url: self.base_url.clone(),
        }
    }

    async fn newest_incident(&self, told: &Apart) -> Result<Apart, SayError> {
        let records = ledger::incident_records(&self.reader, &told.id).await;
        let records = records.map_err(|error| SayError::NotSaid(error.to_string()))?;
        Ok(Apart::fold(told.id.clone(), &records))
    }

    /// Every channel in which it is told: where it was told before, and those that are about one of its alerts and hear
    /// what is so loud.
    async fn places_of_incident(&self, told: &Apart) -> Result<Vec<Place>, SayError> {
        let settings = self.settings.get();
        let Some(slack) = settings.chat.slack.as_ref() else {
            return Ok(Vec::new());
        };
        let beginning = incident_key(&told.id);
        let known = self.reader.chat_messages_under(&beginning).await;
        let known = known.map_err(|error| SayError::NotSaid(error.to_string()))?;
        let mut places: Vec<Place> = Vec::new();
        for message in known {
            let first = message.post_key == beginning;
            if !first && !message.post_key.starts_with(&format!("{beginning}/")) {
                // Another incident whose id begins like this one's.
                continue;
            }
            let mut entries = slack.channels.iter();
            let entry = entries.find(|entry| entry.channel == message.channel);
            places.push(Place::apart(&message.channel, entry, first, &settings));
        }
        let loudest = messages::apart::loudest(told);
        for alert in &told.named {
            for entry in slack.channels_about(&alert.service, alert.environment.as_ref()) {
                let first = places.is_empty();
                let place = Place::apart(&entry.channel, Some(entry), first, &settings);
                let told_there = places.iter().any(|known| known.channel == entry.channel);
                if !told_there && place.hears(loudest) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }
}

impl Hearing {
    /// The incident that is told in a thread.
    pub(super) async fn incident_in(
        &self,
        channel: &str,
        thread: &str,
    ) -> Result<Option<IncidentId>, Denied> {
        let known = self.reader.chat_message_at(CHANNEL, channel, thread).await;
        let known = known.map_err(|error| Denied::not_kept(&error))?;
        Ok(known.and_then(|known| incident_of(&known.post_key)))
    }
}
