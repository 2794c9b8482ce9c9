//! What a client of models asks people for. It decides nothing: people are asked, with the buttons that policy makes.

use crate::approval::{Choice, Standing};
use crate::fix::Suggestion;
use crate::ids::{ActionId, ApprovalId, PersonId};
use crate::state::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody's wish that people decide on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: ActionId,
    /// Which client asks, as configured.
    pub client: String,
    /// On whose behalf; their roles count for nothing in it.
    pub person: Option<PersonId>,
    /// What it asks for.
    pub choice: Choice,
    /// Why, in its words: they may be a model's.
    pub reason: Option<String>,
}

/// What comes from a client of models, by the inbox. Nothing else can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "asks", deny_unknown_fields)]
pub enum Asks {
    /// People are to decide on this.
    For {
        /// What.
        request: Request,
    },
    /// People are to see that this fix is wanted.
    Fix {
        /// Which.
        suggestion: Suggestion,
    },
    /// They need not any more.
    No {
        /// Of which request, or which suggestion.
        request: ActionId,
        /// The client that had asked.
        client: String,
    },
}

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRecord {
    /// As asked.
    pub request: Request,
    /// The question to people by which it is decided.
    pub approval: ApprovalId,
    /// When it was made.
    pub made_at: Timestamp,
    /// When its client took it back.
    pub taken_back_at: Option<Timestamp>,
}

impl RequestRecord {
    /// Whether people may still decide on it.
    #[must_use]
    pub fn is_open(&self, state: &State) -> bool {
        let standing = state
            .approval(&self.approval)
            .map(|record| &record.standing);
        self.taken_back_at.is_none() && standing == Some(&Standing::Open)
    }
}
