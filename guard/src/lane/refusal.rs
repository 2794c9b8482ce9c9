//! Why nothing may begin in a lane.

use crate::ids::{DeploymentId, Environment, ServiceName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why whoever deploys elsewhere is told not to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum NotNow {
    /// Nobody may.
    Frozen {
        /// Who said so.
        by: String,
        /// Why.
        #[serde(default)]
        reason: Option<String>,
    },
    /// What was deployed last hurts, and nobody has decided what becomes of it.
    Hurts {
        /// Which deployment.
        deployment: DeploymentId,
    },
}

/// Why a deployment may not begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaneRefusal {
    /// Somebody is there.
    #[error(
        "{service} in {environment} is busy with deployment {by} since {since}: promote it, roll it back or abandon it first, \
         or let the new one wait for its turn: `--queue`, in the API `queue`"
    )]
    Busy {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: Environment,
        /// The deployment that holds the lane, or is the next to.
        by: DeploymentId,
        /// Since when.
        since: Timestamp,
    },
    /// Frozen.
    #[error("{service} in {environment} is frozen by {by}{}", reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default())]
    Frozen {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: Environment,
        /// Who froze it.
        by: String,
        /// Why.
        reason: Option<String>,
    },
}
