//! A fix that a client of models asks people for. Nothing is opened by it: whoever may has it opened by a press of their own,
//! or nobody does.

use super::FixKind;
use crate::ids::{ActionId, PersonId};
use crate::state::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a client asks people for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its id.
    pub id: ActionId,
    /// Which client asks, as configured.
    pub client: String,
    /// On whose behalf; their roles count for nothing in it.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// What is to be opened.
    pub kind: FixKind,
    /// For which commit, or its beginning; for the most suspect one where none is named.
    #[serde(default)]
    pub suspect: Option<String>,
    /// Why, in its words: they may be a model's.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What became of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuggestionStanding {
    /// Nobody has taken it up.
    Open,
    /// Somebody who may has asked for this fix since.
    Taken {
        /// Who.
        by: String,
        /// The fix.
        fix: ActionId,
    },
    /// Its client does not want it any more.
    TakenBack,
}

/// A suggestion as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestionRecord {
    /// As asked.
    pub suggestion: Suggestion,
    /// The commit that is meant.
    pub suspect: String,
    /// Its first line, as far as it is known.
    pub title: String,
    /// Until when it is shown.
    pub until: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// What became of it.
    pub standing: SuggestionStanding,
}

impl SuggestionRecord {
    /// Whether people may still take it up.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.standing == SuggestionStanding::Open && now < self.until
    }
}

impl State {
    /// One suggestion.
    #[must_use]
    pub fn suggestion(&self, id: &ActionId) -> Option<&SuggestionRecord> {
        self.suggestions.get(id)
    }

    /// All of them.
    pub fn suggestions(&self) -> impl Iterator<Item = &SuggestionRecord> {
        self.suggestions.values()
    }
}
