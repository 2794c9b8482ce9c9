//! What Tawny does to the outside: requested, authorised, executed, verified.

use crate::ids::{ActionId, ApprovalId, InstanceId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ActionKind {
    /// Bring the new version to the instances of one step.
    Advance {
        /// Which step, from 0.
        step: u32,
    },
    /// Bring the new version to all instances that do not have it yet.
    Promote,
    /// Bring the old version back to all instances that left it.
    RollBack,
}

impl ActionKind {
    /// A word for logs and labels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advance { .. } => "advance",
            Self::Promote => "promote",
            Self::RollBack => "rollback",
        }
    }
}

/// On whose word an action is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Basis {
    /// The deployment itself was requested by somebody, and goes on as paced.
    Release {
        /// Who asked for the deployment.
        who: String,
    },
    /// The tier policy, without asking.
    Policy,
    /// A person's answer.
    Approval {
        /// The question.
        approval: ApprovalId,
        /// Who answered.
        who: String,
    },
    /// A person's command.
    Command {
        /// Who.
        who: String,
    },
}

/// What must still be true outside when an action runs: which versions each instance may have.
/// An instance that is not listed does not matter; a listed one that is gone breaks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precondition {
    /// Allowed versions by instance.
    pub versions: BTreeMap<InstanceId, BTreeSet<Version>>,
}

/// What is running outside, as last observed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rollout {
    /// The installed version of each instance; none when nothing is installed.
    pub versions: BTreeMap<InstanceId, Option<Version>>,
}

impl Precondition {
    /// Whether it holds, or the first instance at which it does not.
    pub fn holds(&self, live: &Rollout) -> Result<(), String> {
        for (instance, allowed) in &self.versions {
            match live.versions.get(instance) {
                None => return Err(format!("instance {instance} is gone")),
                // An instance with nothing installed cannot conflict with anybody else's release.
                Some(None) => {}
                Some(Some(version)) if allowed.contains(version) => {}
                Some(Some(version)) => {
                    let allowed = allowed
                        .iter()
                        .map(Version::as_str)
                        .collect::<Vec<_>>()
                        .join(" or ");
                    return Err(format!(
                        "instance {instance} runs {version}, expected {allowed}"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// An action as it was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// What.
    pub kind: ActionKind,
    /// The instances that it touches, in order.
    pub instances: Vec<InstanceId>,
    /// The version that they get.
    pub version: Version,
    /// What must still be true when it runs.
    pub precondition: Precondition,
    /// After this moment it is asked again instead of fired late.
    pub not_after: Timestamp,
}

/// Where an action stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Somebody wants it.
    Requested,
    /// It may run, on this word.
    Authorised(Basis),
    /// It ran.
    Executed,
    /// It ran and did what it was for.
    Verified,
    /// It could not be done.
    Failed(String),
    /// It did not run in time, or the outside had changed.
    Stale(String),
    /// It was stopped before its end because the deployment moved on.
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(pairs: &[(&str, Option<&str>)]) -> Rollout {
        Rollout {
            versions: pairs
                .iter()
                .map(|(i, v)| {
                    (
                        InstanceId::new(*i).unwrap(),
                        v.map(|v| Version::new(v).unwrap()),
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn a_foreign_version_or_a_missing_instance_breaks_the_precondition() {
        let allowed = BTreeSet::from([Version::new("v1").unwrap(), Version::new("v2").unwrap()]);
        let wanted = Precondition {
            versions: BTreeMap::from([(InstanceId::new("a").unwrap(), allowed)]),
        };
        assert_eq!(
            wanted.holds(&live(&[("a", Some("v1")), ("b", Some("v9"))])),
            Ok(())
        );
        assert_eq!(wanted.holds(&live(&[("a", None)])), Ok(()));
        assert_eq!(
            wanted.holds(&live(&[("a", Some("v3"))])),
            Err("instance a runs v3, expected v1 or v2".to_owned())
        );
        assert_eq!(
            wanted.holds(&live(&[("b", Some("v1"))])),
            Err("instance a is gone".to_owned())
        );
    }
}
