//! What is told of the way from one version to another.

use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// All that is known of the way from one version to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The commit of the version before.
    pub from: String,
    /// The commit of the version after.
    pub to: String,
    /// How the two are related.
    pub relation: Relation,
    /// What came with the new version, the oldest first.
    pub changes: Vec<Change>,
    /// What the old version had and the new one has not, the oldest first.
    pub gone: Vec<Change>,
    /// Files that differ and that none of the changes touched whose files are told: by whom is not known. Empty when
    /// the files of all changes are told.
    pub unattributed: Vec<TouchedFile>,
    /// What is not told. Nothing when all is told.
    pub missing: Vec<Missing>,
    /// Why it is not told, in words; none when nothing is missing but what is beyond the bounds.
    pub cut: Option<String>,
    /// What it cost: requests to a code host, 0 for a repository on this machine.
    pub requests: usize,
}

/// How the new version stands to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same commit.
    Same,
    /// The old one is an ancestor of the new one.
    Ahead,
    /// The new one is an ancestor of the old one: a step back.
    Behind,
    /// They have a common ancestor and went apart, as after a forced push.
    Diverged,
    /// They have nothing in common: told is the difference of their files, as one change.
    Unrelated,
}

/// One commit that is no mere merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its hash.
    pub id: String,
    /// The first line of its message.
    pub title: String,
    /// The rest of its message.
    pub body: String,
    /// Who wrote it: name and address.
    pub author: String,
    /// When it was committed.
    pub merged_at: Option<Timestamp>,
    /// The files that it touched.
    pub files: Vec<TouchedFile>,
    /// Its page at the code host, always below the configured address.
    pub url: Option<String>,
    /// The pull or merge request by which it came.
    pub request: Option<Arc<Request>>,
}

/// A pull request or merge request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Its number in the repository.
    pub number: u64,
    /// Its page at the code host, always below the configured address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What its author wrote, perhaps cut.
    pub body: String,
    /// Who opened it: the account.
    pub author: String,
    /// Who merged it: the account.
    pub merger: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who reviewed it or was asked to: the accounts.
    pub reviewers: Vec<String>,
}

/// A file that a change touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedFile {
    /// Where it is now, or was.
    pub path: String,
    /// Where it was before it was renamed.
    pub old_path: Option<String>,
    /// What was done to it.
    pub how: Touched,
    /// Lines added.
    pub additions: u32,
    /// Lines removed.
    pub deletions: u32,
    /// The hunks with three lines of context; empty where they are not told, as of binary files.
    pub patch: String,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// It is new.
    Added,
    /// It is another one now.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another name.
    Renamed,
}

/// What is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The oldest commits beyond the most that are told.
    Commits(usize),
    /// Files beyond the most that are told of one change.
    Files(usize),
    /// Hunks of so many files: beyond the most that is told, or after the time was over.
    Patches(usize),
    /// Ends of hunks of so many files that are longer than is told of one.
    Tails(usize),
    /// Commits whose files were not looked at when the time was over, or all requests were made.
    Unread(usize),
    /// Commits of which it was not found out by which request they came.
    Requests(usize),
    /// Requests of which it was not found out who merged and reviewed them.
    People(usize),
}

/// How much is told at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Commits; the newest are told.
    pub commits: usize,
    /// Files of one change.
    pub files: usize,
    /// Bytes of the hunks of one file.
    pub patch: usize,
    /// Bytes of all hunks.
    pub patches: usize,
    /// Bytes of a file beyond which its lines are not compared.
    pub blob: usize,
    /// Time in which it has to be done.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            commits: 5000,
            files: 3000,
            patch: 20_000,
            patches: 32_000_000,
            blob: 1_000_000,
            time: Duration::from_secs(8),
        }
    }
}
