//! What happened to the configuration of a running server: events of a stream of its own.

use serde::{Deserialize, Serialize};

/// An event of the configuration's stream. Paths and names only; no value, so no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum ConfigurationEvent {
    /// A changed configuration is in force.
    Applied {
        /// The paths that changed: `services[0].policy.bake`.
        changed: Vec<String>,
        /// Services that are new.
        added: Vec<String>,
        /// Services that are gone.
        removed: Vec<String>,
        /// Changed paths that take effect when the server is started again.
        restart: Vec<String>,
    },
    /// A changed configuration cannot be used; the one before stays in force.
    Refused {
        /// A digest of what was refused: the same content is told once.
        digest: String,
        /// Every mistake in it.
        errors: Vec<String>,
    },
}

impl ConfigurationEvent {
    /// The stable name under which the journal keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Applied { .. } => "configuration_applied",
            Self::Refused { .. } => "configuration_refused",
        }
    }

    /// The version of its shape.
    #[must_use]
    pub fn version(&self) -> u16 {
        1
    }
}
