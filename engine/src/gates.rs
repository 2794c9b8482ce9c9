//! Whoever deploys elsewhere asks whether they may.

use crate::apply::MOST_TRIES;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::handler::GateAnswer;
use crate::ledger::{self, json, lane_stream};
use crate::told::{CameTo, Gate};
use guard::lane::LaneEvent;
use journal::{JournalError, NewEffect, Transaction, codec};

impl Engine {
    /// Decides, writes it into the lane's stream, and has it answered from the outbox.
    pub(crate) async fn hear_of_gate(&self, gate: Gate) -> Result<CameTo, EngineError> {
        let known = match self.service(&gate.service, &gate.environment) {
            Ok(known) => known,
            Err(error) => return Ok(CameTo::ignored(error.to_string())),
        };
        if !self.channels.iter().any(|channel| channel == gate.channel) {
            return Ok(CameTo::ignored(
                "nothing is configured that could answer it",
            ));
        }
        let stream = lane_stream(&known.name, &known.environment)?;
        let mut tries = 0;
        loop {
            let lane = ledger::lane(&self.reader, &known.name, &known.environment).await?;
            let holder = match lane.holder().or(lane.newest()) {
                Some(id) => ledger::state(&self.reader, id).await?,
                None => None,
            };
            let Some(event) = lane.answer(&gate.by, &gate.id, holder.as_ref()) else {
                return Ok(came("known", None));
            };
            let LaneEvent::Asked { refusal, .. } = &event else {
                return Ok(came("known", None));
            };
            let answer = GateAnswer {
                reply_to: gate.reply_to.clone(),
                refusal: refusal.clone(),
            };
            let what = if refusal.is_none() {
                "let_begin"
            } else {
                "refused"
            };
            let key = format!("chat/{}/{stream}", gate.channel);
            let row = NewEffect::new(key, format!("chat.{}", gate.channel), json(&answer));
            let transaction = Transaction::at(self.clock.now()).append(
                &stream,
                lane.revision().cast_signed(),
                vec![codec::encode_lane(&event)?.with_effect(row)],
            );
            match self.writer.append(transaction).await {
                Err(JournalError::Conflict { .. }) if tries < MOST_TRIES => tries += 1,
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    tracing::info!(service = %known.name, environment = %known.environment, what, by = gate.by, "somebody asked whether a deployment may begin");
                    return Ok(came(what, Some(gate.id)));
                }
            }
        }
    }
}

fn came(what: &'static str, detail: Option<String>) -> CameTo {
    CameTo {
        detail,
        ..CameTo::bare(what)
    }
}
