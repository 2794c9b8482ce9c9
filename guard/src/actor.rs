//! Who asks, who answers.

use crate::ids::PersonId;
use serde::{Deserialize, Serialize};

/// What somebody may do beyond looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May hold, and may ask for anything.
    Responder,
    /// May also roll back, resume and promote.
    Operator,
}

/// Somebody whose identity was established at the edge (a session, a token, a signed click).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Actor {
    /// A human being.
    Person {
        /// The configured name.
        id: PersonId,
        /// What the configuration lets them do, as of this moment.
        roles: Vec<Role>,
    },
    /// A program with a token: it may ask, it can never answer an approval.
    Machine {
        /// The configured name.
        id: PersonId,
        /// What the configuration lets it do.
        roles: Vec<Role>,
    },
    /// Tawny's own policy.
    Policy,
}

impl Actor {
    /// The name to show.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person { id, .. } | Self::Machine { id, .. } => id.as_str(),
            Self::Policy => "tawny",
        }
    }

    /// Whether this is a human being.
    #[must_use]
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person { .. })
    }

    /// Whether the configuration gives this role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        match self {
            Self::Person { roles, .. } | Self::Machine { roles, .. } => roles.contains(&role),
            Self::Policy => false,
        }
    }
}
