//! Waiting for a lane: behind whom, and why it came to nothing.
//!
//! Who waits begins by itself only after the one before it was promoted. Where that went back, failed or was
//! given up, everybody behind it gives up too: they very likely contain the same change.

use crate::ids::{DeploymentId, Version};
use crate::state::{State, Status};
use serde::{Deserialize, Serialize};

/// The deployment right before one that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// Which.
    pub deployment: DeploymentId,
    /// What it brings.
    pub version: Version,
}

impl Behind {
    /// Right behind this one.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self {
            deployment: state.plan.deployment.clone(),
            version: state.plan.to.clone(),
        }
    }
}

impl std::fmt::Display for Behind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.deployment, self.version)
    }
}

/// How a deployment ended that did not get out everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The old version runs again.
    RolledBack,
    /// It could not be brought out.
    Failed,
    /// Somebody gave it up.
    Abandoned,
    /// A newer one took over before it was out.
    Superseded,
}

impl Ending {
    /// In the middle of a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RolledBack => "was rolled back",
            Self::Failed => "failed",
            Self::Abandoned => "was given up",
            Self::Superseded => "was superseded",
        }
    }
}

/// Why what waited never began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error(
    "{before}, behind which it waited, {}: what waited very likely contains the same change; deploy it again once \
     that is settled", ending.as_str()
)]
pub struct TurnLost {
    /// The deployment before it.
    pub before: Behind,
    /// How that ended.
    pub ending: Ending,
}

/// What became of the deployment that had the lane last, for those behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// It is out everywhere: the next one may begin.
    Out,
    /// It is not over: the next one waits.
    UnderWay,
    /// It ended without getting out: nobody behind it begins by itself.
    NotOut(TurnLost),
}

impl Before {
    /// What became of it.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let ending = match state.status {
            _ if state.holds_lane() => return Self::UnderWay,
            Status::Promoted => return Self::Out,
            Status::RolledBack => Ending::RolledBack,
            Status::Failed if state.abandoned_by.is_some() => Ending::Abandoned,
            Status::Superseded => Ending::Superseded,
            // The first three hold their lane, or wait and never had it.
            Status::Pending | Status::Progressing | Status::Paused | Status::Failed => {
                Ending::Failed
            }
        };
        Self::NotOut(TurnLost {
            before: Behind::of(state),
            ending,
        })
    }
}
