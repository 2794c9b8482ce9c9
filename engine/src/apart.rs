//! Alerts that belong to no deployment: incidents of their own.

use crate::apply::MOST_TRIES;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger::{self, incident_stream, json};
use crate::told::CameTo;
use guard::alert::AlertKey;
use guard::apart::{Apart, ApartEffect, ApartEvent, Board, Heard, RecordedApart, Verdict, effects};
use guard::ids::IncidentId;
use jiff::{SignedDuration, Timestamp};
use journal::{JournalError, NewEffect, NewEvent, Transaction, codec};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What changed longer ago is looked up only by the alert that opened it.
const LATELY: SignedDuration = SignedDuration::from_hours(24);
/// Incidents that are looked at beside those that are open.
const MOST: u64 = 200;

/// What came of closing an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum Closing {
    /// It is closed; as it stood before.
    Done(Box<Apart>),
    /// It was over already.
    Over(Box<Apart>),
}

impl Engine {
    /// The incidents that alerts of now may concern.
    pub(crate) async fn board(&self) -> Result<Board, EngineError> {
        let now = self.clock.now();
        let mut heads = self.reader.open_streams("incident").await?;
        let lately = self.reader.streams("incident", MOST).await?;
        let lately = lately.into_iter();
        heads.extend(lately.filter(|head| now.duration_since(head.updated_at) <= LATELY));
        let mut known = BTreeMap::new();
        for head in heads {
            let Ok(id) = IncidentId::new(head.stream.id()) else {
                continue;
            };
            if known.contains_key(&id) {
                continue;
            }
            match ledger::incident_records(&self.reader, &id).await {
                Ok(records) => drop(known.insert(id.clone(), Apart::fold(id, &records))),
                Err(error) if error.is_damage() => {
                    tracing::error!(incident = %id, %error, "the record of an incident cannot be read: alerts do not join it");
                }
                Err(error) => return Err(error.into()),
            }
        }
        let mut board = Board::of(known.into_values());
        for state in self.watched().await? {
            for (key, record) in state.known_alerts() {
                if let Some(at) = record.joined_at {
                    board.also(&key.source, at);
                }
            }
        }
        Ok(board)
    }

    /// Puts the incident on the board that an alert would open, if there is one.
    pub(crate) async fn look_up(
        &self,
        board: &mut Board,
        key: &AlertKey,
    ) -> Result<(), EngineError> {
        let id = incident_of(key);
        if board.incident(&id).is_some() {
            return Ok(());
        }
        match ledger::incident_records(&self.reader, &id).await {
            Ok(records) if records.is_empty() => Ok(()),
            Ok(records) => {
                board.put(Apart::fold(id, &records));
                Ok(())
            }
            Err(error) if error.is_damage() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Decides on these alerts together and writes what follows, an incident at a time; each with its place in the
    /// delivery.
    pub(crate) async fn hear_apart(
        &self,
        heard: Vec<(usize, Heard)>,
    ) -> Result<Vec<(usize, CameTo)>, EngineError> {
        if heard.is_empty() {
            return Ok(Vec::new());
        }
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_hear_apart(&heard).await {
                Err(EngineError::Journal(JournalError::Conflict { .. })) if tries < MOST_TRIES => {}
                came => return came,
            }
        }
    }

    async fn try_hear_apart(
        &self,
        heard: &[(usize, Heard)],
    ) -> Result<Vec<(usize, CameTo)>, EngineError> {
        let mut board = self.board().await?;
        for (_, one) in heard {
            self.look_up(&mut board, &one.alert.key).await?;
        }
        let now = self.clock.now();
        let before = board.clone();
        let mut came = Vec::new();
        let mut new: BTreeMap<IncidentId, Vec<ApartEvent>> = BTreeMap::new();
        for (place, one) in heard {
            let verdict = board.hear(one, now);
            came.push((*place, came_to(&verdict)));
            if let Some(id) = verdict.incident {
                new.entry(id).or_default().extend(verdict.events);
            }
        }
        for (id, events) in new.into_iter().filter(|(_, events)| !events.is_empty()) {
            let known = before.incident(&id).cloned();
            let known = known.unwrap_or_else(|| Apart::empty(id.clone()));
            self.write_apart(known, events, now).await?;
        }
        Ok(came)
    }

    /// Says that an incident is over, whatever of it still fires; none where there is no such incident. Any replica may.
    ///
    /// # Errors
    /// The journal.
    pub async fn close_incident(
        &self,
        id: &IncidentId,
        by: &str,
        reason: Option<String>,
    ) -> Result<Option<Closing>, EngineError> {
        let event = ApartEvent::Closed {
            by: by.to_owned(),
            reason,
        };
        self.write_where_open(id, &event).await
    }

    /// Puts on record that somebody wanted something of an open incident and may not. Any replica may.
    ///
    /// # Errors
    /// The journal.
    pub async fn note_incident_refused(
        &self,
        id: &IncidentId,
        by: &str,
        wanted: &str,
    ) -> Result<(), EngineError> {
        let event = ApartEvent::Refused {
            by: by.to_owned(),
            wanted: wanted.to_owned(),
        };
        self.write_where_open(id, &event).await.map(drop)
    }

    async fn write_where_open(
        &self,
        id: &IncidentId,
        event: &ApartEvent,
    ) -> Result<Option<Closing>, EngineError> {
        let mut tries = 0;
        loop {
            let records = ledger::incident_records(&self.reader, id).await?;
            let incident = Apart::fold(id.clone(), &records);
            if !incident.is_one() {
                return Ok(None);
            }
            if !incident.is_open() {
                return Ok(Some(Closing::Over(Box::new(incident))));
            }
            let now = self.clock.now();
            match self
                .write_apart(incident.clone(), vec![event.clone()], now)
                .await
            {
                Err(EngineError::Journal(JournalError::Conflict { .. })) if tries < MOST_TRIES => {
                    tries += 1;
                }
                Err(error) => return Err(error),
                Ok(()) => return Ok(Some(Closing::Done(Box::new(incident)))),
            }
        }
    }

    async fn write_apart(
        &self,
        mut incident: Apart,
        events: Vec<ApartEvent>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let stream = incident_stream(&incident.id)?;
        let expected = incident.revision.cast_signed();
        let mut rows: Vec<(NewEvent, Vec<ApartEffect>)> = Vec::new();
        for event in &events {
            let revision = incident.revision + 1;
            incident.push(&RecordedApart {
                revision,
                at: now,
                event: event.clone(),
            });
            rows.push((
                codec::encode_apart(event)?,
                effects(event, revision, &incident),
            ));
        }
        only_the_last(&mut rows);
        let rows = rows.into_iter().map(|(row, effects)| {
            let effects = effects
                .iter()
                .flat_map(|effect| self.rows_of(effect, &incident));
            effects.fold(row, NewEvent::with_effect)
        });
        let transaction = Transaction::at(now).append(&stream, expected, rows.collect());
        let transaction = if incident.is_open() {
            transaction.reopen(&stream)
        } else {
            transaction.close(&stream)
        };
        self.writer.append(transaction).await?;
        for event in events {
            tracing::info!(incident = %incident.id, event = event.name(), "journalled");
        }
        Ok(())
    }

    /// One effect as outbox rows: what is said goes to each channel.
    fn rows_of(&self, effect: &ApartEffect, incident: &Apart) -> Vec<NewEffect> {
        let channels = self.channels.iter();
        let rows = channels.map(|channel| {
            let key = format!("chat/{channel}/{}", incident.id);
            NewEffect::new(key, format!("chat.{channel}"), json(effect))
        });
        rows.collect()
    }
}

/// Of what is said of several events at once, the last says all.
fn only_the_last(rows: &mut [(NewEvent, Vec<ApartEffect>)]) {
    let (mut shown, mut told) = (false, false);
    for (_, effects) in rows.iter_mut().rev() {
        effects.retain(|effect| match effect {
            ApartEffect::ShowIncident => !std::mem::replace(&mut shown, true),
            ApartEffect::TellIncident { .. } => !std::mem::replace(&mut told, true),
        });
    }
}

fn came_to(verdict: &Verdict) -> CameTo {
    let Some(id) = &verdict.incident else {
        return CameTo::ignored("it is for information alone, and belongs to no deployment");
    };
    let what = match verdict.events.first() {
        None => "known",
        Some(ApartEvent::Opened { .. }) => "opened",
        Some(ApartEvent::Over { .. } | ApartEvent::Resolved {}) => "noted",
        Some(_) => "joined",
    };
    CameTo::of_incident(what, id.clone())
}

/// The id of the incident that an alert opens: made of the alert, so that whoever hears of it twice, or goes on after
/// a crash, means the same one.
pub(crate) fn incident_of(key: &AlertKey) -> IncidentId {
    let mut salt = 0_u32;
    loop {
        let digest = Sha256::new()
            .chain_update(&key.source)
            .chain_update([0])
            .chain_update(&key.fingerprint)
            .chain_update([0])
            .chain_update(key.starts_at.to_string())
            .chain_update(salt.to_be_bytes())
            .finalize();
        salt += 1;
        if let Ok(id) = IncidentId::new(format!("inc_{}", hex::encode(&digest[..8]))) {
            return id;
        }
    }
}
