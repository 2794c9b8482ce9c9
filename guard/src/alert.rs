//! Alerts of others: which deployment one belongs to, and what it may lead to.

use crate::ids::{DeploymentId, Environment, ServiceName};
use crate::plan::Plan;
use crate::verdict::Tier;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// How long before a deployment an alert may have begun and still belong to it: clocks differ, and who deploys
/// tells of it a little late.
const BEFORE: SignedDuration = SignedDuration::from_mins(2);
/// How long after its end.
const AFTER: SignedDuration = SignedDuration::from_mins(60);

/// Alerts of one deployment within an hour above which they are a storm.
pub const STORM: usize = 10;
/// Alerts of one deployment that are kept; more say nothing new.
pub const MOST: usize = 100;

/// What tells one firing of an alert from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlertKey {
    /// The configured name of where it comes from.
    pub source: String,
    /// The same for the same labels.
    pub fingerprint: String,
    /// Since when it fires.
    pub starts_at: Timestamp,
}

/// How bad an alert is, by its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    /// It does not say, or says something else.
    Unknown,
    /// For information.
    Info,
    /// Somebody should look.
    Warning,
    /// Somebody must look now.
    Critical,
}

/// An alert. Its texts are foreign, and bounded by whoever read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Which firing of which alert.
    pub key: AlertKey,
    /// What it is called.
    pub name: String,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// The service that it names.
    pub service: ServiceName,
    /// Where, if it says so.
    #[serde(default)]
    pub environment: Option<Environment>,
    /// What it says, in a sentence.
    #[serde(default)]
    pub summary: Option<String>,
}

/// Whether an alert fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    /// It does.
    Firing,
    /// It does not any more, and will not again since the same time.
    Over,
}

/// What an alert's service is to the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The one that is deployed.
    Own,
    /// One that calls it.
    CalledBy,
    /// One that it calls.
    Calls,
}

/// An alert as a deployment knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRecord {
    /// When it joined; none of one that was over before it was heard of.
    pub joined_at: Option<Timestamp>,
    /// When it was over.
    pub over_at: Option<Timestamp>,
}

/// A deployment to which an alert may belong.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which.
    pub deployment: DeploymentId,
    /// What is deployed.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// When it began.
    pub begun: Timestamp,
    /// When its watch was over; none while it is not.
    pub ended: Option<Timestamp>,
    /// Services around it: those that it calls (true) and those that call it (false).
    pub neighbours: Vec<(ServiceName, bool)>,
    /// Whether it has heard of this alert before.
    pub knows: bool,
}

impl Candidate {
    pub(crate) fn relation(&self, service: &ServiceName) -> Option<Relation> {
        if self.service == *service {
            return Some(Relation::Own);
        }
        let mut around = self.neighbours.iter();
        let (_, calls) = around.find(|(other, _)| other == service)?;
        Some(if *calls {
            Relation::Calls
        } else {
            Relation::CalledBy
        })
    }

    fn at_the_time(&self, starts_at: Timestamp) -> bool {
        let since = starts_at.duration_since(self.begun);
        let after_end = self.ended.map(|ended| starts_at.duration_since(ended));
        since >= -BEFORE && after_end.is_none_or(|late| late <= AFTER)
    }
}

/// The deployment that an alert belongs to: one that has heard of it, else one of its own service, else of a
/// neighbour; among several the newest. None where nothing was deployed around it at the time.
#[must_use]
pub fn belongs<'c>(
    alert: &Alert,
    candidates: &'c [Candidate],
) -> Option<(&'c DeploymentId, Relation)> {
    let here = |candidate: &&Candidate| {
        let environment = alert.environment.as_ref();
        environment.is_none_or(|environment| candidate.environment == *environment)
            && candidate.at_the_time(alert.key.starts_at)
    };
    let related = candidates
        .iter()
        .filter(here)
        .filter_map(|candidate| Some((candidate, candidate.relation(&alert.service)?)));
    let (candidate, relation) = related.min_by_key(|(candidate, relation)| {
        (
            !candidate.knows,
            *relation,
            std::cmp::Reverse(candidate.begun),
        )
    })?;
    Some((&candidate.deployment, relation))
}

/// How strongly an alert is answered: only a critical one that names what is deployed and began after it, and
/// never by a rollback. What nobody measured here is no ground to change anything.
#[must_use]
pub fn deserved(alert: &Alert, relation: Relation, plan: &Plan, begun: Timestamp) -> Tier {
    let counts = alert.severity == AlertSeverity::Critical
        && relation == Relation::Own
        && alert.key.starts_at >= begun;
    if counts {
        plan.policy.critical_alert.min(Tier::Pause)
    } else {
        Tier::Quiet
    }
}
