//! An incident apart as it stands: the fold of its events.

use super::event::{ApartEvent, RecordedApart};
use super::likely::Recent;
use crate::alert::{Alert, AlertKey, AlertRecord, AlertSeverity};
use crate::ids::IncidentId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Alerts of which more than the key is kept.
const MOST_NAMED: usize = 20;

/// That an incident was closed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Who did it.
    pub by: String,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// An incident apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// Which.
    pub id: IncidentId,
    /// The revision of the last event folded; 0 before the first.
    pub revision: u64,
    /// When it began to be one; none where only an end was heard of an alert that nobody had heard.
    pub opened_at: Option<Timestamp>,
    /// When none of its alerts fired any more, or somebody closed it; none while it goes on.
    pub resolved_at: Option<Timestamp>,
    /// Who closed it, if nobody waited for its alerts.
    pub closed: Option<Closed>,
    /// When something last happened to it.
    pub updated_at: Timestamp,
    /// Whether there are so many alerts that each says little.
    pub storm: bool,
    /// How often it was over and was not.
    pub reopened: u32,
    /// What its sender groups its alerts by.
    pub group: Option<String>,
    /// The first alerts, in order.
    pub named: Vec<Alert>,
    /// All of them.
    pub alerts: BTreeMap<AlertKey, AlertRecord>,
    /// What was deployed lately, the likeliest to matter first.
    pub recent: Vec<Recent>,
}

impl Apart {
    /// One to which nothing has happened.
    #[must_use]
    pub fn empty(id: IncidentId) -> Self {
        Self {
            id,
            revision: 0,
            opened_at: None,
            resolved_at: None,
            closed: None,
            updated_at: Timestamp::UNIX_EPOCH,
            storm: false,
            reopened: 0,
            group: None,
            named: Vec::new(),
            alerts: BTreeMap::new(),
            recent: Vec::new(),
        }
    }

    /// The incident of a stream.
    #[must_use]
    pub fn fold(id: IncidentId, records: &[RecordedApart]) -> Self {
        let mut folded = Self::empty(id);
        for record in records {
            folded.push(record);
        }
        folded
    }

    /// Takes the next event of the stream.
    pub fn push(&mut self, record: &RecordedApart) {
        let at = record.at;
        self.revision = record.revision;
        self.updated_at = at;
        match &record.event {
            ApartEvent::Opened {
                alert,
                group,
                recent,
            } => {
                self.opened_at.get_or_insert(at);
                self.group.clone_from(group);
                self.recent.clone_from(recent);
                self.fires(alert, at);
            }
            ApartEvent::Storm { alert, recent, .. } => {
                self.opened_at.get_or_insert(at);
                self.storm = true;
                if self.recent.is_empty() {
                    self.recent.clone_from(recent);
                }
                self.fires(alert, at);
            }
            ApartEvent::Joined { alert } => self.fires(alert, at),
            ApartEvent::Counted { key } => self.counts(key, at),
            ApartEvent::Over { key, .. } => {
                let record = self.alerts.entry(key.clone()).or_insert(AlertRecord {
                    joined_at: None,
                    over_at: None,
                });
                record.over_at.get_or_insert(at);
            }
            ApartEvent::Resolved {} => self.resolved_at = Some(at),
            ApartEvent::Reopened {} => {
                self.resolved_at = None;
                self.closed = None;
                self.reopened += 1;
            }
            ApartEvent::Closed { by, reason } => {
                self.resolved_at = Some(at);
                self.closed = Some(Closed {
                    by: by.clone(),
                    reason: reason.clone(),
                });
            }
            ApartEvent::Refused { .. } => {}
        }
    }

    fn fires(&mut self, alert: &Alert, at: Timestamp) {
        if self.named.len() < MOST_NAMED {
            self.named.push(alert.clone());
        }
        self.counts(&alert.key, at);
    }

    fn counts(&mut self, key: &AlertKey, at: Timestamp) {
        let record = self.alerts.entry(key.clone()).or_insert(AlertRecord {
            joined_at: None,
            over_at: None,
        });
        record.joined_at.get_or_insert(at);
    }

    /// Whether it is an incident, and not only the memory of an alert that was over before it was heard.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.opened_at.is_some()
    }

    /// Whether one of its alerts fires, and nobody has closed it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_one() && self.resolved_at.is_none()
    }

    /// Where its alerts come from: the configured name.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.alerts.keys().next().map(|key| key.source.as_str())
    }

    /// Alerts that have joined it.
    #[must_use]
    pub fn joined(&self) -> usize {
        let records = self.alerts.values();
        records.filter(|record| record.joined_at.is_some()).count()
    }

    /// Of these, those that fire.
    #[must_use]
    pub fn firing(&self) -> usize {
        self.alerts.values().filter(|record| fires(record)).count()
    }

    /// How bad the worst of its alerts is, by their own word.
    #[must_use]
    pub fn severity(&self) -> AlertSeverity {
        let severities = self.named.iter().map(|alert| alert.severity);
        severities.max().unwrap_or(AlertSeverity::Unknown)
    }

    /// Whether an alert joined it so lately.
    pub(super) fn heard_within(&self, time: SignedDuration, now: Timestamp) -> bool {
        let mut records = self.alerts.values();
        records.any(|record| {
            let last = record.over_at.max(record.joined_at);
            last.is_some_and(|at| now.duration_since(at) <= time)
        })
    }
}

pub(super) fn fires(record: &AlertRecord) -> bool {
    record.joined_at.is_some() && record.over_at.is_none()
}
