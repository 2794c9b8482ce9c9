//! Mending it where the code is: a request to revert what did it, or to mend it, that people review and merge.
//!
//! It changes nothing that runs. A person asks for it, the state says whether it may be opened, and it is opened once.

mod authorise;
mod limits;
mod may;
mod suggested;
mod trouble;

#[cfg(test)]
mod tests;

pub use authorise::{FixAuthority, authorise};
pub use limits::{MOST_CHANGED_LINES, Unusable, off_limits};
pub use may::{may, may_kind};
pub use suggested::{Suggestion, SuggestionRecord, SuggestionStanding};
pub use trouble::FixTrouble;

use crate::cause::{Accused, Cause};
use crate::ids::ActionId;
use crate::state::{State, Status};
use crate::suspects::Verdict;
use crate::verdict::Tier;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of a title that are kept.
const MOST_TITLE: usize = 200;

/// What is proposed to whoever owns the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixKind {
    /// To undo the suspect.
    Revert,
    /// To mend it: a draft, written by a model.
    Hotfix,
}

impl FixKind {
    /// The word on the wire: `revert`, `hotfix`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revert => "revert",
            Self::Hotfix => "hotfix",
        }
    }

    /// The word by which it is asked for: `revert-pr`, `hotfix-pr`.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Revert => "revert-pr",
            Self::Hotfix => "hotfix-pr",
        }
    }
}

impl std::str::FromStr for FixKind {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "revert" | "revert-pr" => Ok(Self::Revert),
            "hotfix" | "hotfix-pr" => Ok(Self::Hotfix),
            other => Err(format!(
                "fix `{other}` does not exist: expected revert-pr or hotfix-pr"
            )),
        }
    }
}

/// Which of them are offered: those for which somebody may write code there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// To undo the suspect.
    #[serde(default)]
    pub revert: bool,
    /// To mend it.
    #[serde(default)]
    pub hotfix: bool,
}

impl Offered {
    /// Whether this one is.
    #[must_use]
    pub fn has(self, kind: FixKind) -> bool {
        match kind {
            FixKind::Revert => self.revert,
            FixKind::Hotfix => self.hotfix,
        }
    }

    /// Whether none is.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Its id.
    pub id: ActionId,
    /// What.
    pub kind: FixKind,
    /// The commit that it is about.
    pub suspect: String,
    /// Its first line, as far as it is known.
    #[serde(default)]
    pub title: String,
    /// After this moment it is asked for again instead of opened late.
    pub not_after: Timestamp,
}

/// A request that is open at the code host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its number there.
    pub number: u64,
    /// Its page, made of the configured address.
    pub url: String,
    /// The branch that it wants merged.
    pub branch: String,
    /// The branch into which.
    pub into: String,
    /// What it does.
    pub how: How,
}

/// What a request does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum How {
    /// It undoes the suspect.
    Reverted {
        /// Files that it changes.
        files: usize,
        /// Those of them that had changed since, so that both changes were brought together.
        #[serde(default)]
        merged: usize,
    },
    /// It puts the version before into the file that names the version.
    Pinned {
        /// Which file.
        file: String,
        /// Which key in it.
        key: String,
        /// What stood there.
        was: String,
        /// What stands there then.
        becomes: String,
        /// Why the suspect was not undone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<Box<FixTrouble>>,
    },
    /// It mends the suspect: a draft.
    Mended {
        /// Files that it changes.
        files: usize,
        /// Lines that it brings.
        added: usize,
        /// Lines that it takes.
        removed: usize,
        /// What the configured command said of it; none where there is none.
        #[serde(default)]
        checked: Option<bool>,
        /// What the model says of it.
        #[serde(default)]
        why: String,
        /// The end of what the command printed.
        #[serde(default)]
        printed: String,
    },
}

/// Where a fix stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixStanding {
    /// It is being opened.
    UnderWay,
    /// People have it.
    Opened(Opened),
    /// It could not be made.
    Failed(FixTrouble),
}

/// A fix and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FixRecord {
    /// As asked for.
    pub fix: Fix,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub standing: FixStanding,
}

/// How opening one ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum FixOutcome {
    /// People have it.
    Opened {
        /// What they have.
        opened: Opened,
    },
    /// It could not be made.
    Failed {
        /// Why not.
        trouble: FixTrouble,
    },
}

/// The first line of a change, short enough to be kept twice.
pub(crate) fn title(cause: &Cause, id: &str) -> String {
    let known = cause.suspects.iter().find(|one| one.id == id);
    let title = known.map_or("", |one| one.title.as_str());
    title.chars().take(MOST_TITLE).collect()
}

impl State {
    /// What people asked to be proposed, in the order of its ids.
    pub fn fixes(&self) -> impl Iterator<Item = &FixRecord> {
        self.fixes.values()
    }

    /// One of them.
    #[must_use]
    pub fn fix(&self, id: &ActionId) -> Option<&FixRecord> {
        self.fixes.get(id)
    }

    /// The newest of a kind for a suspect.
    #[must_use]
    pub fn fix_of(&self, kind: FixKind, suspect: &str) -> Option<&FixRecord> {
        let same = |one: &&FixRecord| one.fix.kind == kind && one.fix.suspect == suspect;
        self.fixes().filter(same).max_by_key(|one| one.at)
    }

    /// The suspect of which this is offered: where the deployment hurts, is blamed for it, and nobody has asked for it yet.
    #[must_use]
    pub fn offers(&self, kind: FixKind) -> Option<&Accused> {
        let stands = match self.status {
            Status::Paused | Status::RolledBack | Status::Promoted | Status::Failed => true,
            Status::Pending | Status::Progressing | Status::Superseded => self.rolling_back(),
        };
        let hurts = self.highest_tier >= Tier::Pause;
        if !stands || !hurts || !self.plan.policy.fixes.has(kind) {
            return None;
        }
        let (cause, _) = self.cause()?;
        let first = cause.suspects.first()?;
        let asked = self.fix_of(kind, &first.id);
        let again = asked.is_none_or(|one| matches!(one.standing, FixStanding::Failed(_)));
        (cause.verdict == Verdict::Change && again).then_some(first)
    }
}
