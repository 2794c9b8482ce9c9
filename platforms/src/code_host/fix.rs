//! Requests that undo or mend a change: opened for people, never merged, and each of them once.
//!
//! A request is found again by its branch and by a marker that nobody sees in its text; a branch whose request was never
//! opened, by the same words in its commit. So whatever was perhaps done is looked for before it is done.

mod desk;
mod encoded;
mod github;
mod gitlab;
mod pin;
mod trees;
mod undo;

use super::error::CodeHostError;
use guard::fix::{FixTrouble, How};
use std::sync::Arc;

/// What a request says, given what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// In a line.
    pub title: String,
    /// In Markdown; the marker comes below it.
    pub body: String,
    /// The commit's message; the marker comes below it.
    pub message: String,
}

/// Writes what a request says.
pub type Words = Arc<dyn Fn(&How) -> Written + Send + Sync>;

/// Where something is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The repository there: `owner/name`, `group/sub/name`.
    pub repository: String,
    /// Its page for people.
    pub web: String,
    /// The branch into which; the default one if not said.
    pub into: Option<String>,
}

/// A value in a YAML file that is the deployed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Where the file is.
    pub place: Place,
    /// Its path.
    pub file: String,
    /// The way to the value, with dots.
    pub key: String,
}

/// What is wanted of a code host.
#[derive(Clone)]
pub struct Proposal {
    /// Where the change is.
    pub place: Place,
    /// Where Git names the deployed version: put back where the change cannot be undone.
    pub pin: Option<Pin>,
    /// Labels that the request gets.
    pub labels: Vec<String>,
    /// Its words.
    pub words: Words,
}

/// The name of the branch, and what the request is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) branch: String,
    pub(crate) marker: String,
}

impl Name {
    pub(crate) fn of(authority: &guard::fix::FixAuthority) -> Self {
        let (fix, deployment) = (authority.fix(), authority.deployment());
        let (kind, suspect) = (fix.kind.as_str(), fix.suspect.as_str());
        let short: String = suspect.chars().take(7).collect();
        Self {
            branch: format!("tawny/{kind}-{short}-{deployment}"),
            marker: format!("Tawny-Fix: {kind}/{deployment}/{suspect}"),
        }
    }

    /// The branch of this name is somebody else's.
    pub(crate) fn taken(&self) -> FixTrouble {
        let branch = self.branch.clone();
        FixTrouble::BranchTaken { branch }
    }

    /// The text with the marker, which Markdown does not show.
    pub(crate) fn hidden_in(&self, body: &str) -> String {
        format!("{}\n\n<!-- {} -->\n", body.trim_end(), self.marker)
    }

    /// The message with the marker as its last line.
    pub(crate) fn below(&self, message: &str) -> String {
        format!("{}\n\n{}\n", message.trim_end(), self.marker)
    }
}

/// Whether this can be the name of a commit, and nothing else, in a path.
pub(crate) fn is_commit(id: &str) -> bool {
    (7..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_hexdigit())
}

/// Why it goes no further: for good, or not now.
pub(crate) enum Stop {
    For(FixTrouble),
    Not(CodeHostError),
}

impl From<CodeHostError> for Stop {
    fn from(error: CodeHostError) -> Self {
        match error {
            CodeHostError::Refused {
                status, message, ..
            } => Self::For(FixTrouble::Refused { status, message }),
            other => Self::Not(other),
        }
    }
}

impl From<FixTrouble> for Stop {
    fn from(trouble: FixTrouble) -> Self {
        Self::For(trouble)
    }
}

/// Whether the version before may be named instead: the change is what cannot be undone, and nobody said no.
pub(crate) fn may_pin(trouble: &FixTrouble) -> bool {
    matches!(
        trouble,
        FixTrouble::NoCommit
            | FixTrouble::NotThere { .. }
            | FixTrouble::Merge
            | FixTrouble::First
            | FixTrouble::TooLarge { .. }
            | FixTrouble::Conflict { .. }
            | FixTrouble::NoText { .. }
            | FixTrouble::Moved { .. }
    )
}
