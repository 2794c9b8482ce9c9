//! What is asked of a code host, in words that fit all of them.

use super::fault::Fault;
use crate::code::change::{Relation, Request, TouchedFile};
use jiff::Timestamp;
use std::sync::Arc;

/// A code host that is asked about two versions of one repository.
pub(crate) trait Forge: Sync {
    /// How two versions are related. `Refused` with 404 or 422 where one is unknown.
    fn way(&self, from: &str, to: &str) -> impl Future<Output = Result<Way, Fault>> + Send;

    /// The newest commits that `to` has and `from` has not, both hashes.
    fn commits(
        &self,
        from: &str,
        to: &str,
        most: usize,
    ) -> impl Future<Output = Result<Walk, Fault>> + Send;

    /// The files that a commit touched.
    fn files(&self, commit: &str) -> impl Future<Output = Result<Files, Fault>> + Send;

    /// The files in which two versions differ, whoever did it; hunks only where they cost nothing.
    fn difference(&self, way: &Way) -> impl Future<Output = Result<Files, Fault>> + Send;

    /// Requests that were merged since, the newest first, one batch after another until `enough` says so.
    fn merged(
        &self,
        since: Option<Timestamp>,
        enough: &(dyn Fn(&[Merged]) -> bool + Sync),
    ) -> impl Future<Output = (Vec<Merged>, Option<Fault>)> + Send;

    /// The request by which a commit came, where there is one.
    fn merged_with(
        &self,
        commit: &str,
    ) -> impl Future<Output = Result<Option<Merged>, Fault>> + Send;

    /// Who merged and reviewed; costs up to [`Forge::PEOPLE_COST`] requests.
    fn people(&self, number: u64) -> impl Future<Output = Result<People, Fault>> + Send;

    /// Requests that [`Forge::people`] costs; 0 where the list has them already.
    const PEOPLE_COST: usize;

    /// The page of a commit.
    fn link(&self, commit: &str) -> String;
}

/// Two versions.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) from: Commit,
    pub(crate) to: Commit,
    pub(crate) relation: Relation,
}

/// A commit as a list has it.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) id: String,
    /// The hash of its files, where the host says it.
    pub(crate) tree: String,
    pub(crate) parents: Vec<String>,
    pub(crate) message: String,
    /// Name and address.
    pub(crate) author: String,
    pub(crate) at: Option<Timestamp>,
}

/// Commits, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) commits: Vec<Commit>,
    /// How many more there are.
    pub(crate) beyond: usize,
    /// Why there are more.
    pub(crate) fault: Option<Fault>,
}

/// Files of one commit.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) files: Vec<File>,
    /// Whether the host says that there are more.
    pub(crate) more: bool,
}

/// A file, and whether the host kept its hunks to itself.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) file: TouchedFile,
    pub(crate) withheld: bool,
}

/// A merged request, and the commit that it became.
#[derive(Debug, Clone)]
pub(crate) struct Merged {
    pub(crate) request: Arc<Request>,
    /// Commits that are the request's: its merge, its squash, its last one.
    pub(crate) commits: Vec<String>,
}

/// Who had to do with a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    pub(crate) merger: Option<String>,
    pub(crate) reviewers: Vec<String>,
}
