//! Why a fix could not be made.

use serde::{Deserialize, Serialize};

/// Why a fix could not be made. What to do instead is said in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "trouble")]
pub enum FixTrouble {
    /// Nobody may write code there.
    #[error("no account is configured that may write code there")]
    NotConfigured,
    /// The host does not know the commit.
    #[error("the code host does not know the commit")]
    NoCommit,
    /// The commit is not part of the branch into which the fix would go.
    #[error("the commit is not on the branch `{branch}`")]
    NotThere {
        /// Which branch.
        branch: String,
    },
    /// It is a merge: which of its sides is to be undone is not said by it.
    #[error("the commit is a merge")]
    Merge,
    /// It is the first one: undone, nothing is left.
    #[error("the commit is the first of the repository")]
    First,
    /// It touches more than is brought together.
    #[error("the commit changes {files} files")]
    TooLarge {
        /// So many.
        files: usize,
    },
    /// These were changed since in the same places.
    #[error("changed since in the same places: {}", paths.join(", "))]
    Conflict {
        /// Which files.
        paths: Vec<String>,
    },
    /// These were changed since, and are not text that could be brought together.
    #[error("changed since and no text: {}", paths.join(", "))]
    NoText {
        /// Which files.
        paths: Vec<String>,
    },
    /// These were moved or removed since.
    #[error("moved or removed since: {}", paths.join(", "))]
    Moved {
        /// Which files.
        paths: Vec<String>,
    },
    /// It is undone already.
    #[error("the branch has nothing of the commit any more")]
    Undone,
    /// The branch is there, and is somebody else's.
    #[error("the branch `{branch}` is there and is not tawny's")]
    BranchTaken {
        /// Which.
        branch: String,
    },
    /// It was opened before, and people closed it.
    #[error("it was closed: {url}")]
    Closed {
        /// Its page.
        url: String,
    },
    /// It was opened before, and people merged it.
    #[error("it was merged: {url}")]
    Merged {
        /// Its page.
        url: String,
    },
    /// The host refuses it for good.
    #[error("refused with {status} ({message})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// In the host's words.
        message: String,
    },
    /// The host could not be asked in time.
    #[error("the code host could not be asked in time: {why}")]
    Unreachable {
        /// Why.
        why: String,
    },
    /// The file that names the version does not say what was deployed.
    #[error("`{key}` in {file} is not the deployed version: {problem}")]
    NoPin {
        /// Which file.
        file: String,
        /// Which key.
        key: String,
        /// What was found.
        problem: String,
    },
    /// The model wrote nothing that can be used.
    #[error("the model's change cannot be used: {why}")]
    NoChange {
        /// Why: a word of [`Unusable`](super::Unusable).
        why: String,
    },
}

impl From<super::Unusable> for FixTrouble {
    fn from(why: super::Unusable) -> Self {
        let why = why.as_str().to_owned();
        Self::NoChange { why }
    }
}
