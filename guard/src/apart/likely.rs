//! Which deployments may have to do with an alert that belongs to none of them.

use crate::alert::{Alert, Candidate, Relation};
use crate::ids::{DeploymentId, Environment, ServiceName, Version};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Deployments that are named.
const MOST: usize = 5;
/// Who deployed longer ago is not named.
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Clocks differ: one that began so much after the alert may still have come before it.
const SKEW: SignedDuration = SignedDuration::from_mins(2);
/// After so many hours a deployment counts half as much.
const HALF_LIFE_H: f64 = 6.0;

/// A deployment that may matter.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// Which, where and when.
    pub candidate: Candidate,
    /// What it brought.
    pub version: Version,
    /// Whether what it brought is gone again.
    pub undone: bool,
}

/// A deployment that was made before an alert, near to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Which.
    pub deployment: DeploymentId,
    /// Of what.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// What it brought.
    pub version: Version,
    /// When it began.
    pub begun_at: Timestamp,
    /// What the alert's service is to it.
    pub relation: Relation,
    /// Whether what it brought was gone again by then.
    #[serde(default)]
    pub undone: bool,
}

/// The deployments that are likeliest to have to do with an alert, the likeliest first: its own service before what
/// that calls, and that before what calls it; each the less, the longer ago; what was undone counts half.
#[must_use]
pub fn likely(alert: &Alert, deployed: &[Deployed]) -> Vec<Recent> {
    let mut found: Vec<(f64, Recent)> = deployed
        .iter()
        .filter_map(|one| weighed(alert, one))
        .collect();
    found.sort_by(|(a, one), (b, other)| {
        let by_weight = b.total_cmp(a);
        by_weight.then_with(|| one.deployment.cmp(&other.deployment))
    });
    found.into_iter().take(MOST).map(|(_, one)| one).collect()
}

fn weighed(alert: &Alert, one: &Deployed) -> Option<(f64, Recent)> {
    let candidate = &one.candidate;
    let here = alert.environment.as_ref();
    if here.is_some_and(|environment| candidate.environment != *environment) {
        return None;
    }
    let relation = candidate.relation(&alert.service)?;
    let age = alert.key.starts_at.duration_since(candidate.begun);
    if age < -SKEW || age > OLDEST {
        return None;
    }
    let near = match relation {
        Relation::Own => 1.0,
        Relation::CalledBy => 0.5,
        Relation::Calls => 0.25,
    };
    let hours = age.as_secs_f64().max(0.0) / 3600.0;
    let there = if one.undone { 0.5 } else { 1.0 };
    let weight = near * there * 0.5_f64.powf(hours / HALF_LIFE_H);
    let recent = Recent {
        deployment: candidate.deployment.clone(),
        service: candidate.service.clone(),
        environment: candidate.environment.clone(),
        version: one.version.clone(),
        begun_at: candidate.begun,
        relation,
        undone: one.undone,
    };
    Some((weight, recent))
}
