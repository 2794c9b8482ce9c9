//! A lane: one service in one environment. At most one deployment moves in it at a time; others may wait.

use crate::ids::{DeploymentId, Environment, ServiceName, Version};
use crate::state::State;
use crate::thresholds::AlertLabel;
use crate::verdict::Tier;
use jiff::Timestamp;

mod event;
mod means;
mod refusal;

pub use event::LaneEvent;
pub use means::lane_events;
pub use refusal::{LaneRefusal, NotNow};

/// A lane as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    service: ServiceName,
    environment: Environment,
    revision: u64,
    holder: Option<(DeploymentId, Timestamp)>,
    newest: Option<DeploymentId>,
    queue: Vec<(DeploymentId, Timestamp)>,
    current: Option<(Version, bool)>,
    last_good: Option<Version>,
    frozen: Option<(String, Option<String>)>,
    /// The last questions that were answered.
    asked: Vec<(String, String)>,
    /// What people said of alerts, the oldest first.
    labels: Vec<AlertLabel>,
}

/// What people said of alerts that is kept: of more than two months there is no past to hold it against.
const MOST_LABELS: usize = 1000;

/// Questions of others that are remembered: one that is asked twice is answered once.
const MOST_ASKED: usize = 50;

impl Lane {
    /// A lane in which nothing has happened yet.
    #[must_use]
    pub fn empty(service: ServiceName, environment: Environment) -> Self {
        Self {
            service,
            environment,
            revision: 0,
            holder: None,
            newest: None,
            queue: Vec::new(),
            current: None,
            last_good: None,
            frozen: None,
            asked: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Takes the next event of the stream.
    pub fn push(&mut self, event: &LaneEvent, revision: u64, at: Timestamp) {
        self.revision = revision;
        match event {
            LaneEvent::Taken { by } => {
                if self.holder() != Some(by) {
                    self.holder = Some((by.clone(), at));
                }
                self.newest = Some(by.clone());
                self.leave(by);
            }
            LaneEvent::Queued { deployment } => {
                if !self.waits(deployment) {
                    self.queue.push((deployment.clone(), at));
                }
            }
            LaneEvent::Left { deployment } => self.leave(deployment),
            LaneEvent::Released { by } => {
                if self.holder.as_ref().is_some_and(|(holder, _)| holder == by) {
                    self.holder = None;
                }
            }
            LaneEvent::VersionReached {
                version,
                known_good,
            } => {
                if *known_good {
                    self.last_good = Some(version.clone());
                }
                self.current = Some((version.clone(), *known_good));
            }
            LaneEvent::Frozen { by, reason } => self.frozen = Some((by.clone(), reason.clone())),
            LaneEvent::Unfrozen { .. } => self.frozen = None,
            LaneEvent::Refused { .. } => {}
            LaneEvent::Asked { by, id, .. } => {
                if self.asked.len() >= MOST_ASKED {
                    self.asked.remove(0);
                }
                self.asked.push((by.clone(), id.clone()));
            }
            LaneEvent::AlertJudged { label, .. } => {
                // Who says something else of the same takes back what was said.
                let of = |one: &AlertLabel| (one.alert.clone(), one.from);
                self.labels.retain(|known| of(known) != of(label));
                if self.labels.len() >= MOST_LABELS {
                    self.labels.remove(0);
                }
                self.labels.push(label.clone());
            }
        }
    }

    fn leave(&mut self, deployment: &DeploymentId) {
        self.queue.retain(|(waits, _)| waits != deployment);
    }

    /// The revision of the last event folded; 0 before the first.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The deployment that holds the lane.
    #[must_use]
    pub fn holder(&self) -> Option<&DeploymentId> {
        self.holder.as_ref().map(|(by, _)| by)
    }

    /// The deployment that was the last to take the lane.
    #[must_use]
    pub fn newest(&self) -> Option<&DeploymentId> {
        self.newest.as_ref()
    }

    /// The deployments that wait, the first one first.
    pub fn queue(&self) -> impl Iterator<Item = &DeploymentId> {
        self.queue.iter().map(|(waits, _)| waits)
    }

    /// Whether a deployment waits.
    #[must_use]
    pub fn waits(&self, deployment: &DeploymentId) -> bool {
        self.queue().any(|waits| waits == deployment)
    }

    /// The deployment right before one that waits: the one that waits there, or has the lane.
    #[must_use]
    pub fn before(&self, deployment: &DeploymentId) -> Option<&DeploymentId> {
        let place = self.queue().position(|waits| waits == deployment)?;
        match place.checked_sub(1) {
            Some(before) => self.queue().nth(before),
            None => self.holder().or(self.newest()),
        }
    }

    /// The deployment behind which the next one would wait.
    #[must_use]
    pub fn last(&self) -> Option<&DeploymentId> {
        self.queue().last().or(self.holder())
    }

    /// The first one that waits, if nothing keeps the lane from it.
    #[must_use]
    pub fn next(&self) -> Option<&DeploymentId> {
        let free = self.holder.is_none() && self.frozen.is_none();
        self.queue().next().filter(|_| free)
    }

    /// What people said of its alerts, the oldest first; of the same firing what was said last.
    #[must_use]
    pub fn labels(&self) -> &[AlertLabel] {
        &self.labels
    }

    /// The version that runs, and whether it is known good.
    #[must_use]
    pub fn current(&self) -> Option<(&Version, bool)> {
        self.current
            .as_ref()
            .map(|(version, good)| (version, *good))
    }

    /// The last version that was known good.
    #[must_use]
    pub fn last_good(&self) -> Option<&Version> {
        self.last_good.as_ref()
    }

    /// Who froze it, and why, while it is.
    #[must_use]
    pub fn frozen(&self) -> Option<(&str, Option<&str>)> {
        let (by, reason) = self.frozen.as_ref()?;
        Some((by, reason.as_deref()))
    }

    /// What whoever deploys elsewhere is answered who asks whether they may: a frozen lane takes nothing, and nothing
    /// is put on top of what hurts. None where this was asked and answered before.
    #[must_use]
    pub fn answer(&self, by: &str, id: &str, holder: Option<&State>) -> Option<LaneEvent> {
        if self.asked.iter().any(|(who, what)| who == by && what == id) {
            return None;
        }
        let frozen = self.frozen.as_ref().map(|(by, reason)| NotNow::Frozen {
            by: by.clone(),
            reason: reason.clone(),
        });
        let hurts = holder
            .filter(|state| state.tier() >= Tier::Pause && !state.ended())
            .map(|state| NotNow::Hurts {
                deployment: state.plan().deployment.clone(),
            });
        Some(LaneEvent::Asked {
            by: by.to_owned(),
            id: id.to_owned(),
            refusal: frozen.or(hurts),
        })
    }

    /// Whether a deployment that has had the lane may go back in it: also while it is frozen, but not when
    /// somebody else has it.
    pub fn goes_back(&self, by: &DeploymentId) -> Result<(), LaneRefusal> {
        match &self.holder {
            Some((holder, since)) if holder != by => Err(self.busy(holder, *since)),
            _ => Ok(()),
        }
    }

    fn busy(&self, by: &DeploymentId, since: Timestamp) -> LaneRefusal {
        LaneRefusal::Busy {
            service: self.service.clone(),
            environment: self.environment.clone(),
            by: by.clone(),
            since,
        }
    }

    /// Takes the lane for a deployment, or says why not. Nobody overtakes those who wait.
    pub fn take(&self, by: &DeploymentId) -> Result<LaneEvent, LaneRefusal> {
        self.open()?;
        match self.holder.as_ref().or(self.queue.first()) {
            Some((other, since)) if other != by => Err(self.busy(other, *since)),
            _ => Ok(LaneEvent::Taken { by: by.clone() }),
        }
    }

    /// Lets a deployment wait for the lane, or says why not.
    pub fn wait(&self, deployment: &DeploymentId) -> Result<LaneEvent, LaneRefusal> {
        self.open()?;
        Ok(LaneEvent::Queued {
            deployment: deployment.clone(),
        })
    }

    fn open(&self) -> Result<(), LaneRefusal> {
        match &self.frozen {
            Some((who, reason)) => Err(LaneRefusal::Frozen {
                service: self.service.clone(),
                environment: self.environment.clone(),
                by: who.clone(),
                reason: reason.clone(),
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
