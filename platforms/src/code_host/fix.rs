//! Requests that undo or mend a change: opened for people, never merged, and each of them once.
//!
//! A request is found again by its branch and by a marker that nobody sees in its text; a branch whose request was never
//! opened, by the same words in its commit. So whatever was perhaps done is looked for before it is done.

mod desk;
mod encoded;
mod github;
mod gitlab;
mod patch;
mod pin;
mod trees;
mod undo;

pub use patch::{Patched, patched};

use super::error::CodeHostError;
use futures_util::future::BoxFuture;
use guard::fix::{FixTrouble, How};
use std::collections::BTreeMap;
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
    /// Who mends a suspect; only asked where nothing of it is there yet.
    pub mender: Option<Mender>,
}

/// What a suspect did to a file, and how the file is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guilty {
    /// Which file.
    pub path: String,
    /// The hunks of the suspect in it.
    pub change: String,
    /// Its text where the draft begins.
    pub text: String,
}

/// What is to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToMend {
    /// The files of the suspect that a draft may touch.
    pub files: Vec<Guilty>,
    /// All of the code where the draft begins, as an archive (tar.gz), if the mender wants it.
    pub code: Option<Vec<u8>>,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Files as they become.
    pub files: BTreeMap<String, String>,
    /// What it does.
    pub how: How,
}

/// Writes a draft, or says why there is none.
pub type Mends = Arc<dyn Fn(ToMend) -> BoxFuture<'static, Result<Draft, FixTrouble>> + Send + Sync>;

/// Who mends a suspect.
#[derive(Clone)]
pub struct Mender {
    /// Whether all of the code is wanted.
    pub wants_code: bool,
    /// Writes the draft.
    pub mends: Mends,
}

/// What a draft does, in the message of its commit.
const DRAFTED: &str = "Tawny-Draft: ";

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

    /// The message with the marker as its last line; with what a draft does above it, which cannot be made out again.
    pub(crate) fn below(&self, message: &str, how: &How) -> String {
        let drafted = match (how, serde_json::to_string(how)) {
            (How::Mended { .. }, Ok(how)) => format!("{DRAFTED}{how}\n"),
            _ => String::new(),
        };
        format!("{}\n\n{drafted}{}\n", message.trim_end(), self.marker)
    }

    /// What a draft of ours does, by its message.
    pub(crate) fn drafted(message: &str) -> Option<How> {
        let line = message
            .lines()
            .find_map(|line| line.strip_prefix(DRAFTED))?;
        serde_json::from_str(line).ok()
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
