//! What GitLab answers, as far as it is read.

use super::super::desk::{Known, Stands};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Project {
    pub(super) default_branch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Branch {
    pub(super) commit: Commit,
}

#[derive(Deserialize)]
pub(super) struct Commit {
    pub(super) id: String,
    #[serde(default)]
    pub(super) parent_ids: Vec<String>,
    #[serde(default)]
    pub(super) message: String,
}

/// A file of a commit.
#[derive(Deserialize)]
pub(super) struct Changed {
    pub(super) new_path: String,
    #[serde(default)]
    pub(super) diff: String,
    #[serde(default)]
    pub(super) deleted_file: bool,
}

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) content: String,
    pub(super) encoding: String,
    pub(super) size: u64,
}

#[derive(Deserialize)]
pub(super) struct Request {
    iid: u64,
    state: String,
    description: Option<String>,
    source_branch: String,
    target_branch: String,
}

impl From<Request> for Known {
    fn from(request: Request) -> Self {
        Self {
            number: request.iid,
            stands: match request.state.as_str() {
                "merged" => Stands::Merged,
                "opened" | "locked" => Stands::Open,
                _ => Stands::Closed,
            },
            text: request.description.unwrap_or_default(),
            branch: request.source_branch,
            into: request.target_branch,
        }
    }
}
