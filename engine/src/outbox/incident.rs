//! What is said of incidents that belong to no deployment, and to whoever deploys elsewhere.

use super::Undone;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::handler::{GateAnswer, Handler, IncidentUtterance, SayError};
use crate::ledger;
use guard::apart::{Apart, ApartEffect};
use guard::ids::IncidentId;
use journal::{ClaimedEffect, Fence, Happened};
use serde_json::{Value, json};
use std::sync::Arc;

impl Engine {
    pub(super) async fn say_incident(
        &self,
        claimed: &ClaimedEffect,
        fence: &Fence,
    ) -> Result<(), Undone> {
        let Some((handler, id, effect)) = self.addressed_incident(claimed) else {
            tracing::error!(
                effect = claimed.id,
                "an utterance cannot be read and is dropped"
            );
            return self.said(claimed, json!({ "dropped": true })).await;
        };
        // Nothing was sent yet.
        let not_yet = |error| Undone::Failed(error, Happened::No);
        let records = ledger::incident_records(&self.reader, &id).await;
        let records = records.map_err(EngineError::from).map_err(not_yet)?;
        let incident = Apart::fold(id, &records);
        let record = match &effect {
            ApartEffect::ShowIncident => None,
            ApartEffect::TellIncident { revision } => {
                let mut records = records.iter();
                records.find(|record| record.revision == *revision)
            }
        };
        let tells = matches!(effect, ApartEffect::TellIncident { .. });
        if claimed.uncertain && tells && !handler.repeats_safely() {
            let outcome = json!({ "said": "perhaps, at an earlier try; not repeated" });
            return self.said(claimed, outcome).await;
        }
        let happened_at = record.map_or(incident.updated_at, |record| record.at);
        let utterance = IncidentUtterance {
            id: &claimed.id,
            effect: &effect,
            incident: &incident,
            record,
            uncertain: claimed.uncertain,
        };
        // Reading took time, perhaps more than the lease lasts.
        self.still_under(fence).map_err(not_yet)?;
        match handler.say_incident(utterance).await {
            Ok(outcome) => {
                platforms::crash::point("after-post");
                self.said(claimed, outcome).await
            }
            Err(error) => {
                let happened = match error {
                    SayError::NotSaid(_) => Happened::No,
                    SayError::PerhapsSaid(_) => Happened::Perhaps,
                };
                let age = self.clock.now().duration_since(happened_at);
                Err(Undone::NotNow(error.to_string(), happened, age))
            }
        }
    }

    /// Answers whoever deploys elsewhere: an old answer is of no use to anybody.
    pub(super) async fn answer_gate(
        &self,
        claimed: &ClaimedEffect,
        fence: &Fence,
    ) -> Result<(), Undone> {
        let answer = serde_json::from_value::<GateAnswer>(claimed.payload.clone()).ok();
        let (Some(handler), Some(answer)) = (self.handler_of(claimed), answer) else {
            tracing::error!(
                effect = claimed.id,
                "an answer cannot be read and is dropped"
            );
            return self.said(claimed, json!({ "dropped": true })).await;
        };
        let not_yet = |error| Undone::Failed(error, Happened::No);
        let stream = claimed
            .stream
            .parse()
            .map_err(EngineError::from)
            .map_err(not_yet)?;
        let after = claimed.revision - 1;
        let events = self.reader.events(&stream, after).await;
        let events = events.map_err(EngineError::from).map_err(not_yet)?;
        let now = self.clock.now();
        let asked_at = events.first().map_or(now, |event| event.at);
        self.still_under(fence).map_err(not_yet)?;
        match handler.answer_gate(&answer).await {
            Ok(outcome) => self.said(claimed, outcome).await,
            Err(error) => {
                let happened = match error {
                    SayError::NotSaid(_) => Happened::No,
                    SayError::PerhapsSaid(_) => Happened::Perhaps,
                };
                let age = now.duration_since(asked_at);
                Err(Undone::NotNow(error.to_string(), happened, age))
            }
        }
    }

    async fn said(&self, claimed: &ClaimedEffect, outcome: Value) -> Result<(), Undone> {
        let ended = self.writer.complete(claimed, &outcome).await;
        ended.map_err(|error| Undone::Failed(EngineError::from(error), Happened::Perhaps))
    }

    fn addressed_incident(
        &self,
        claimed: &ClaimedEffect,
    ) -> Option<(Arc<dyn Handler>, IncidentId, ApartEffect)> {
        let handler = self.handler_of(claimed)?;
        let id = IncidentId::new(claimed.stream.strip_prefix("incident/")?).ok()?;
        let effect = serde_json::from_value(claimed.payload.clone()).ok()?;
        Some((handler, id, effect))
    }
}
