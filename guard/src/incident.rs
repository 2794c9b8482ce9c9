//! The incident of a deployment: its findings grouped, with what became of them. A pure fold of the events.

use crate::alert::{Alert, AlertKey, Relation};
use crate::at::At;
use crate::event::{Event, Recorded};
use crate::finding::FindingKey;
use crate::verdict::Tier;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// How an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It hurts.
    Open,
    /// Rolled back; whether that helped has yet to show.
    Mitigated,
    /// Rolled back, and the signals were shown back at normal.
    Cured,
    /// Everything that had moved came back by itself.
    Recovered,
    /// A person accepted what was found.
    Accepted,
    /// Nobody looks at it any more, and it was not seen to end.
    Unresolved,
}

impl Standing {
    /// Whether nothing more is expected to happen.
    #[must_use]
    pub fn over(self) -> bool {
        !matches!(self, Self::Open | Self::Mitigated)
    }
}

/// What happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Turn {
    /// The first signal moved.
    Opened,
    /// Another signal, or the same one in another place.
    Joined {
        /// Which.
        signal: String,
    },
    /// Somebody else's alert.
    Alerted {
        /// What it is called.
        alert: String,
    },
    /// The answer became stronger.
    Escalated {
        /// How strong.
        tier: Tier,
    },
    /// The old version runs again.
    Mitigated,
    /// That it helped was shown.
    Cured,
    /// The signals came back by themselves.
    Recovered,
    /// A person accepted it.
    Accepted {
        /// Who.
        by: String,
    },
    /// It hurts again, or still after the rollback.
    Reopened,
    /// The watch ended before it did.
    LeftUnresolved,
}

/// One moment of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: At,
    /// What.
    #[serde(flatten)]
    pub turn: Turn,
}

/// Findings that belong together, because one deployment caused them or they befell it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// When the first signal began to move, estimated.
    pub began_at: At,
    /// When that was found.
    pub opened_at: At,
    /// When it was over; none while it is not.
    pub ended_at: Option<At>,
    /// How it stands.
    pub standing: Standing,
    /// The strongest answer to it.
    pub tier: Tier,
    /// How often it was thought to be over and was not.
    pub reopened: u32,
    /// How many signals and places moved.
    pub findings: usize,
    /// What happened to it, in order.
    pub moments: Vec<Moment>,
}

impl Incident {
    fn begun(at: At, began_at: At, findings: usize) -> Self {
        Self {
            began_at,
            opened_at: at,
            ended_at: None,
            standing: Standing::Open,
            tier: Tier::Quiet,
            reopened: 0,
            findings,
            moments: vec![Moment {
                at,
                turn: Turn::Opened,
            }],
        }
    }

    /// The incident of a stream; none when nothing ever moved.
    #[must_use]
    pub fn fold(records: &[Recorded]) -> Option<Self> {
        let mut fold = Fold::default();
        for record in records {
            fold.push(&record.event, record.at);
        }
        fold.incident
    }

    fn turn(&mut self, at: At, turn: Turn) {
        self.moments.push(Moment { at, turn });
    }

    fn end(&mut self, at: At, standing: Standing, turn: Turn) {
        self.standing = standing;
        self.ended_at = Some(at);
        self.turn(at, turn);
    }

    fn reopen(&mut self, at: At) {
        self.standing = Standing::Open;
        self.ended_at = None;
        self.reopened += 1;
        self.turn(at, Turn::Reopened);
    }
}

/// An incident as far as it was told.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fold {
    pub(crate) incident: Option<Incident>,
    open: BTreeSet<FindingKey>,
    known: BTreeSet<FindingKey>,
    alerts: BTreeSet<AlertKey>,
}

impl Fold {
    pub(crate) fn push(&mut self, event: &Event, at: Timestamp) {
        let at = At(at);
        if let Event::FindingOpened { finding } = event {
            self.opened(at, At(finding.onset_at), finding.key());
            return;
        }
        if let Event::AlertJoined { alert, relation } = event {
            self.alerted(at, alert, *relation);
            return;
        }
        match event {
            Event::FindingEnded { key } => drop(self.open.remove(key)),
            Event::AlertOver { key, .. } => drop(self.alerts.remove(key)),
            _ => {}
        }
        let quiet = self.open.is_empty() && self.alerts.is_empty();
        let Some(incident) = &mut self.incident else {
            return;
        };
        match event {
            Event::TierRaised { tier, .. } => {
                if incident.standing == Standing::Accepted {
                    incident.reopen(at);
                }
                if *tier >= Tier::Pause && *tier > incident.tier {
                    incident.turn(at, Turn::Escalated { tier: *tier });
                }
                incident.tier = incident.tier.max(*tier);
            }
            Event::FindingEnded { .. } | Event::AlertOver { .. }
                if quiet && incident.standing == Standing::Open =>
            {
                incident.end(at, Standing::Recovered, Turn::Recovered);
            }
            Event::Resumed { by, accepted, .. } => {
                for key in accepted {
                    self.open.remove(key);
                }
                if !accepted.is_empty() && incident.standing == Standing::Open {
                    let by = by.clone();
                    incident.end(at, Standing::Accepted, Turn::Accepted { by });
                }
            }
            Event::RolledBack { .. } => {
                incident.standing = Standing::Mitigated;
                incident.ended_at = None;
                incident.turn(at, Turn::Mitigated);
            }
            Event::CureConfirmed { .. } => incident.end(at, Standing::Cured, Turn::Cured),
            Event::CureFailed { .. } => incident.reopen(at),
            Event::CureGivenUp { .. }
            | Event::BakeEnded { .. }
            | Event::Abandoned { .. }
            | Event::Superseded { .. }
                if !incident.standing.over() =>
            {
                incident.end(at, Standing::Unresolved, Turn::LeftUnresolved);
            }
            _ => {}
        }
    }

    fn opened(&mut self, at: At, began_at: At, key: FindingKey) {
        self.open.insert(key.clone());
        let signal = key.signal.to_string();
        let new = self.known.insert(key);
        match &mut self.incident {
            None => self.incident = Some(Incident::begun(at, began_at, 1)),
            Some(incident) => {
                incident.began_at = incident.began_at.min(began_at);
                incident.findings = self.known.len();
                if incident.standing.over() {
                    incident.reopen(at);
                } else if new {
                    incident.turn(at, Turn::Joined { signal });
                }
            }
        }
    }

    /// An alert joins the incident there is. One that names what is deployed makes one where there is none; a
    /// neighbour's trouble alone does not.
    fn alerted(&mut self, at: At, alert: &Alert, relation: Relation) {
        let starts_at = At(alert.key.starts_at);
        let own = relation == Relation::Own;
        match &mut self.incident {
            None if !own => return,
            None => self.incident = Some(Incident::begun(at, starts_at, 0)),
            Some(incident) => {
                let ended = incident.ended_at.filter(|_| incident.standing.over());
                // Late news of what is over do not open it again.
                if own && ended.is_some_and(|ended| starts_at > ended) {
                    incident.reopen(at);
                }
            }
        }
        self.alerts.insert(alert.key.clone());
        if let Some(incident) = &mut self.incident {
            let alert = alert.name.clone();
            incident.turn(at, Turn::Alerted { alert });
        }
    }
}
