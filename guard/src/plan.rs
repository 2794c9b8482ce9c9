//! The plan of a deployment: what changes, in which order, under which policy.

use crate::ids::{DeploymentId, Environment, InstanceId, ServiceName, Version};
use crate::policy::Policy;
use crate::verdict::Comparison;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An artifact of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Where it is fetched from: `https://`, `http://` or `file://`.
    pub url: String,
    /// MD5 in lower-case hex, where known.
    #[serde(default)]
    pub md5: Option<String>,
    /// SHA-256 in lower-case hex, where known.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Size in bytes, where known.
    #[serde(default)]
    pub size: Option<u64>,
    /// When it was built, where known.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

/// How many instances go at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Batch {
    /// So many.
    Count(u32),
    /// So many per cent of all instances, rounded up.
    Percent(f64),
}

/// The pace of a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pacing {
    /// The instance that goes first; the first of the list when not said.
    #[serde(default)]
    pub gray: Option<InstanceId>,
    /// How long the gray instance is watched before anything else changes, in seconds.
    pub gray_bake_s: f64,
    /// How many go at once afterwards.
    pub batch: Batch,
    /// How long each batch is watched, in seconds.
    pub batch_bake_s: f64,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            gray: None,
            gray_bake_s: 300.0,
            batch: Batch::Percent(25.0),
            batch_bake_s: 60.0,
        }
    }
}

/// One step: these instances change together, then the step is watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which instances.
    pub instances: Vec<InstanceId>,
    /// How long to watch before the next step, in seconds.
    pub bake_s: f64,
}

/// Where a deployment of somebody else's is known from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The configured name of where it was told.
    pub source: String,
    /// The kind of that: `github`, `generic`.
    pub kind: String,
    /// What it is called there: at GitHub `owner/repository/number`.
    pub id: String,
}

/// What is to happen, fixed when the deployment is requested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The deployment.
    pub deployment: DeploymentId,
    /// What changes.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// The version that runs now and to which a rollback goes back; none at the first release.
    pub from: Option<Version>,
    /// Whether `from` is known good: its bake ended healthy, or an operator declared it.
    pub from_known_good: bool,
    /// The version that comes.
    pub to: Version,
    /// Its artifact, where Tawny installs it.
    #[serde(default)]
    pub package: Option<Package>,
    /// The artifact to go back to, where Tawny installs it and it may have been removed meanwhile.
    #[serde(default)]
    pub from_package: Option<Package>,
    /// Who told of it and what they call it, where somebody else deploys and said so by a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// False when a step in between is known as irreversible (a migration, a data format).
    pub reversible: bool,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// How the signals are compared.
    pub comparison: Comparison,
    /// The policy as it stood.
    pub policy: Policy,
}

impl Plan {
    /// All instances, in the order in which they change.
    pub fn instances(&self) -> impl Iterator<Item = &InstanceId> {
        self.steps.iter().flat_map(|step| &step.instances)
    }

    /// How many instances may be down at once for this deployment's sake, at least 1: as many as its largest
    /// step changes.
    #[must_use]
    pub fn batch(&self) -> usize {
        let sizes = self.steps.iter().map(|step| step.instances.len());
        sizes.max().unwrap_or(1).max(1)
    }

    /// The instance that goes first.
    #[must_use]
    pub fn gray(&self) -> Option<&InstanceId> {
        self.steps.first().and_then(|step| step.instances.first())
    }
}

/// Why no steps can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to change.
    #[error("instances: the list is empty: expected at least one instance")]
    NoInstances,
    /// The gray instance does not exist.
    #[error("pacing.gray: `{0}` is not one of the service's instances")]
    UnknownGray(InstanceId),
    /// The batch is no batch.
    #[error("pacing.batch: expected a count of at least 1 or a percentage above 0 and at most 100")]
    BadBatch,
}

/// Lays out the steps: the gray instance first, then batches.
pub fn steps(instances: &[InstanceId], pacing: &Pacing) -> Result<Vec<Step>, PlanError> {
    let first = instances.first().ok_or(PlanError::NoInstances)?;
    let gray = pacing.gray.as_ref().unwrap_or(first);
    if !instances.contains(gray) {
        return Err(PlanError::UnknownGray(gray.clone()));
    }
    let size = batch_size(pacing.batch, instances.len())?;
    let mut seen = BTreeSet::from([gray]);
    let rest: Vec<InstanceId> = instances
        .iter()
        .filter(|instance| seen.insert(instance))
        .cloned()
        .collect();
    let mut steps = vec![Step {
        instances: vec![gray.clone()],
        bake_s: pacing.gray_bake_s,
    }];
    steps.extend(rest.chunks(size).map(|batch| Step {
        instances: batch.to_vec(),
        bake_s: pacing.batch_bake_s,
    }));
    Ok(steps)
}

fn batch_size(batch: Batch, total: usize) -> Result<usize, PlanError> {
    match batch {
        Batch::Count(count) if count >= 1 => Ok(count as usize),
        Batch::Percent(percent) if percent > 0.0 && percent <= 100.0 => {
            let wanted = (percent / 100.0 * total as f64).ceil();
            Ok((wanted as usize).clamp(1, total.max(1)))
        }
        Batch::Count(_) | Batch::Percent(_) => Err(PlanError::BadBatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<InstanceId> {
        list.iter()
            .map(|name| InstanceId::new(*name).unwrap())
            .collect()
    }

    fn shape(steps: &[Step]) -> Vec<Vec<&str>> {
        steps
            .iter()
            .map(|step| step.instances.iter().map(InstanceId::as_str).collect())
            .collect()
    }

    #[test]
    fn the_gray_instance_goes_first_and_alone() {
        let pacing = Pacing {
            gray: Some(InstanceId::new("b").unwrap()),
            batch: Batch::Count(2),
            ..Pacing::default()
        };
        let steps = steps(&names(&["a", "b", "c", "d", "e"]), &pacing).unwrap();
        assert_eq!(shape(&steps), [vec!["b"], vec!["a", "c"], vec!["d", "e"]]);
    }

    #[test]
    fn a_percentage_is_of_all_instances_and_rounds_up() {
        let pacing = Pacing {
            batch: Batch::Percent(25.0),
            ..Pacing::default()
        };
        let steps = steps(&names(&["a", "b", "c", "d", "e", "f"]), &pacing).unwrap();
        assert_eq!(
            shape(&steps),
            [vec!["a"], vec!["b", "c"], vec!["d", "e"], vec!["f"]]
        );
    }

    #[test]
    fn an_instance_named_twice_changes_once() {
        let steps = steps(
            &names(&["a", "b", "a", "b"]),
            &Pacing {
                batch: Batch::Count(9),
                ..Pacing::default()
            },
        )
        .unwrap();
        assert_eq!(shape(&steps), [vec!["a"], vec!["b"]]);
    }

    #[test]
    fn an_impossible_pace_is_refused() {
        let one = names(&["a"]);
        assert_eq!(steps(&[], &Pacing::default()), Err(PlanError::NoInstances));
        for batch in [
            Batch::Count(0),
            Batch::Percent(0.0),
            Batch::Percent(101.0),
            Batch::Percent(f64::NAN),
        ] {
            assert_eq!(
                steps(
                    &one,
                    &Pacing {
                        batch,
                        ..Pacing::default()
                    }
                ),
                Err(PlanError::BadBatch)
            );
        }
        let gray = InstanceId::new("z").unwrap();
        assert_eq!(
            steps(
                &one,
                &Pacing {
                    gray: Some(gray.clone()),
                    ..Pacing::default()
                }
            ),
            Err(PlanError::UnknownGray(gray))
        );
    }
}
