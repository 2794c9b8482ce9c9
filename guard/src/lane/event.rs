//! What has happened to a lane, as the journal keeps it.

use super::NotNow;
use crate::ids::{DeploymentId, Version};
use crate::thresholds::AlertLabel;
use serde::{Deserialize, Serialize};

/// An event of a lane's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum LaneEvent {
    /// A deployment holds the lane.
    Taken {
        /// Which.
        by: DeploymentId,
    },
    /// It no longer does.
    Released {
        /// Which.
        by: DeploymentId,
    },
    /// A deployment waits for the lane, behind all that waited before.
    Queued {
        /// Which.
        deployment: DeploymentId,
    },
    /// It does not wait any more, and never had the lane.
    Left {
        /// Which.
        deployment: DeploymentId,
    },
    /// This version runs in all instances.
    VersionReached {
        /// Which.
        version: Version,
        /// Whether it is known good: its bake ended healthy, or an operator declared it.
        known_good: bool,
    },
    /// No deployment may begin.
    Frozen {
        /// Who said so.
        by: String,
        /// Why.
        reason: Option<String>,
    },
    /// Deployments may begin again.
    Unfrozen {
        /// Who said so.
        by: String,
    },
    /// Somebody wanted something of the lane and may not.
    Refused {
        /// Who.
        by: String,
        /// What: `freeze unfreeze deploy watch`.
        wanted: String,
    },
    /// Whoever deploys elsewhere asked whether a deployment may begin, and was answered.
    Asked {
        /// Who: the configured name of where it was asked.
        by: String,
        /// What they call it.
        id: String,
        /// Why not; none where it may.
        refusal: Option<NotNow>,
    },
    /// Somebody said whether an alert of the past was true.
    AlertJudged {
        /// Who.
        by: String,
        /// What they said.
        #[serde(flatten)]
        label: AlertLabel,
    },
}

impl LaneEvent {
    /// The stable name under which the journal keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Taken { .. } => "lane_taken",
            Self::Released { .. } => "lane_released",
            Self::Queued { .. } => "lane_queued",
            Self::Left { .. } => "lane_left",
            Self::VersionReached { .. } => "lane_version_reached",
            Self::Frozen { .. } => "lane_frozen",
            Self::Unfrozen { .. } => "lane_unfrozen",
            Self::Refused { .. } => "lane_refused",
            Self::Asked { .. } => "lane_asked",
            Self::AlertJudged { .. } => "lane_alert_judged",
        }
    }

    /// The version of its shape.
    #[must_use]
    pub fn version(&self) -> u16 {
        1
    }
}
