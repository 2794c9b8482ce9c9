//! Which incident an alert goes to that belongs to no deployment.

use super::event::{ApartEvent, RecordedApart};
use super::likely::Recent;
use super::state::{Apart, fires};
use crate::alert::{Alert, AlertKey, AlertSeverity, AlertStatus, MOST, STORM};
use crate::ids::IncidentId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Over what time a storm is counted; and for so long after its end an incident is opened again by the same.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Alerts of a storm that are counted; more say nothing new.
const MOST_OF_STORM: usize = 1000;

/// An alert as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Which.
    pub alert: Alert,
    /// Whether it fires.
    pub status: AlertStatus,
    /// What its sender groups it by.
    pub group: Option<String>,
    /// What was deployed around it lately.
    pub recent: Vec<Recent>,
    /// The id of the incident that it would open. The same for the same alert.
    pub opens: IncidentId,
}

/// What came of an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The incident that it concerns; none where it opens none.
    pub incident: Option<IncidentId>,
    /// What happened to that; nothing where nothing is new.
    pub events: Vec<ApartEvent>,
}

/// The incidents that an alert may concern: those that are open, and those of the last time.
#[derive(Debug, Clone, Default)]
pub struct Board {
    incidents: BTreeMap<IncidentId, Apart>,
    /// When alerts of each source joined deployments.
    elsewhere: Vec<(String, Timestamp)>,
}

impl Board {
    /// A board of these incidents. What is not on it is not known.
    #[must_use]
    pub fn of(incidents: impl IntoIterator<Item = Apart>) -> Self {
        let incidents = incidents.into_iter();
        Self {
            incidents: incidents.map(|one| (one.id.clone(), one)).collect(),
            elsewhere: Vec::new(),
        }
    }

    /// Puts one more on it.
    pub fn put(&mut self, incident: Apart) {
        self.incidents.insert(incident.id.clone(), incident);
    }

    /// An alert of this source joined a deployment at this time: it counts when a storm is looked for.
    pub fn also(&mut self, source: &str, at: Timestamp) {
        self.elsewhere.push((source.to_owned(), at));
    }

    /// An incident as it stands, with all that was heard by now.
    #[must_use]
    pub fn incident(&self, id: &IncidentId) -> Option<&Apart> {
        self.incidents.get(id)
    }

    /// Whether an incident has heard of an alert.
    #[must_use]
    pub fn knows(&self, key: &AlertKey) -> bool {
        self.knower(key).is_some()
    }

    fn knower(&self, key: &AlertKey) -> Option<&Apart> {
        let mut incidents = self.incidents.values();
        incidents.find(|one| one.alerts.contains_key(key))
    }

    /// Decides what follows from an alert that belongs to no deployment, and takes note of it.
    pub fn hear(&mut self, heard: &Heard, now: Timestamp) -> Verdict {
        let (incident, events) = self.decide(heard, now);
        let Some(id) = incident else {
            return Verdict {
                incident: None,
                events: Vec::new(),
            };
        };
        let folded = self
            .incidents
            .entry(id.clone())
            .or_insert_with(|| Apart::empty(id.clone()));
        for event in &events {
            let revision = folded.revision + 1;
            folded.push(&RecordedApart {
                revision,
                at: now,
                event: event.clone(),
            });
        }
        Verdict {
            incident: Some(id),
            events,
        }
    }

    fn decide(&self, heard: &Heard, now: Timestamp) -> (Option<IncidentId>, Vec<ApartEvent>) {
        let key = &heard.alert.key;
        if let Some(known) = self.knower(key) {
            let events = match (heard.status, known.alerts.get(key)) {
                (AlertStatus::Over, Some(record)) if record.over_at.is_none() => over(known, heard),
                // Late news of what is over, and news that are none.
                _ => Vec::new(),
            };
            return (Some(known.id.clone()), events);
        }
        // Such alerts are for whoever looks: many fire all the time, to show that alerts work.
        if heard.alert.severity == AlertSeverity::Info {
            return (None, Vec::new());
        }
        match heard.status {
            // Nobody heard that it fired. It is kept, so that late news of that open nothing.
            AlertStatus::Over => {
                let event = ApartEvent::Over {
                    key: key.clone(),
                    name: heard.alert.name.clone(),
                };
                (Some(heard.opens.clone()), vec![event])
            }
            AlertStatus::Firing => {
                let (id, events) = self.fires(heard, now);
                (Some(id), events)
            }
        }
    }

    fn fires(&self, heard: &Heard, now: Timestamp) -> (IncidentId, Vec<ApartEvent>) {
        let alert = heard.alert.clone();
        let key = &alert.key;
        let same = self.same(heard, now);
        let count = self.count(&key.source, now) + 1;
        if count > STORM {
            if let Some(storm) = self.storm(&key.source, now) {
                let event = ApartEvent::Counted { key: key.clone() };
                return (storm.id.clone(), more(storm, MOST_OF_STORM, event));
            }
            let id = same.map_or(&heard.opens, |known| &known.id);
            let event = ApartEvent::Storm {
                alert,
                alerts: u32::try_from(count).unwrap_or(u32::MAX),
                recent: heard.recent.clone(),
            };
            let events = match same {
                Some(known) => more(known, MOST_OF_STORM, event),
                None => vec![event],
            };
            return (id.clone(), events);
        }
        match same {
            Some(known) => {
                let event = ApartEvent::Joined { alert };
                (known.id.clone(), more(known, MOST, event))
            }
            None => {
                let event = ApartEvent::Opened {
                    alert,
                    group: heard.group.clone(),
                    recent: heard.recent.clone(),
                };
                (heard.opens.clone(), vec![event])
            }
        }
    }

    /// The incident of the same alert or group, if that is not long over.
    fn same(&self, heard: &Heard, now: Timestamp) -> Option<&Apart> {
        let key = &heard.alert.key;
        let found = self.incidents.values().filter(|one| {
            let lately = one.is_open() || one.heard_within(HOUR, now);
            let group = heard.group.is_some() && one.group == heard.group;
            let same = |known: &AlertKey| known.fingerprint == key.fingerprint;
            one.is_one()
                && one.source() == Some(key.source.as_str())
                && lately
                && (group || one.alerts.keys().any(same))
        });
        // One that is open goes before one that is over.
        found.max_by_key(|one| (one.is_open(), one.updated_at))
    }

    fn storm(&self, source: &str, now: Timestamp) -> Option<&Apart> {
        let mut found = self.incidents.values();
        found.find(|one| one.storm && one.source() == Some(source) && one.heard_within(HOUR, now))
    }

    /// Alerts of a source that were heard within the last hour.
    fn count(&self, source: &str, now: Timestamp) -> usize {
        let recent = |at: Timestamp| now.duration_since(at) <= HOUR;
        let incidents = self.incidents.values();
        let own = incidents
            .flat_map(|one| &one.alerts)
            .filter(|(key, record)| key.source == source && record.joined_at.is_some_and(recent));
        let elsewhere = self.elsewhere.iter();
        let elsewhere = elsewhere.filter(|(known, at)| known == source && recent(*at));
        own.count() + elsewhere.count()
    }
}

/// An alert that is over; with the last one, its incident is.
fn over(known: &Apart, heard: &Heard) -> Vec<ApartEvent> {
    let key = heard.alert.key.clone();
    let others = known.alerts.iter();
    let others = others.filter(|(other, record)| **other != key && fires(record));
    let last = others.count() == 0;
    let mut events = vec![ApartEvent::Over {
        key,
        name: heard.alert.name.clone(),
    }];
    if last && known.is_open() {
        events.push(ApartEvent::Resolved {});
    }
    events
}

/// One more alert of an incident, within bounds.
fn more(known: &Apart, most: usize, event: ApartEvent) -> Vec<ApartEvent> {
    if known.alerts.len() >= most {
        return Vec::new();
    }
    // Who closes a storm has heard that there are many: one more of them is no news.
    let settled = known.storm && known.closed.is_some();
    let again = known.resolved_at.is_some() && !settled;
    let again = again.then_some(ApartEvent::Reopened {});
    again.into_iter().chain([event]).collect()
}
