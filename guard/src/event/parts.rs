//! What events are made of that is nothing else's.

use crate::finding::FindingKey;
use crate::ids::ActionId;
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// How a deployment went, by the word of whoever made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// It is out.
    Succeeded,
    /// It is not, or not everywhere.
    Failed,
}

/// Why progress is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum PauseReason {
    /// The tier policy, because of these findings.
    Findings {
        /// Which.
        keys: Vec<FindingKey>,
    },
    /// The bake ended without certainty.
    Unsure {
        /// `inconclusive` or `unmeasured`.
        verdict: Verdict,
    },
    /// Somebody said so.
    Person {
        /// Who.
        by: String,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// A step could not be done.
    StepTrouble {
        /// Which action.
        action: ActionId,
    },
}
