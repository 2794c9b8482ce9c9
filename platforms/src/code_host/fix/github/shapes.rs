//! What GitHub answers, as far as it is read.

use super::super::desk::{Known, Stands};
use super::super::trees::Sha;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(super) struct Home {
    pub(super) default_branch: String,
}

#[derive(Deserialize)]
pub(super) struct Ref {
    pub(super) object: Sha,
}

/// A commit as the Git data API has it.
#[derive(Deserialize)]
pub(super) struct Plain {
    pub(super) sha: String,
    pub(super) message: String,
    pub(super) tree: Sha,
    pub(super) parents: Vec<Sha>,
}

/// A commit with its files.
#[derive(Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) commit: Inner,
    pub(super) parents: Vec<Sha>,
    #[serde(default)]
    pub(super) files: Vec<File>,
}

#[derive(Deserialize)]
pub(super) struct Inner {
    pub(super) tree: Sha,
}

#[derive(Deserialize, Clone)]
pub(super) struct File {
    pub(super) filename: String,
    pub(super) status: String,
    pub(super) previous_filename: Option<String>,
    pub(super) patch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Compared {
    pub(super) status: String,
    #[serde(default)]
    pub(super) files: Vec<File>,
}

#[derive(Deserialize)]
pub(super) struct Pull {
    number: u64,
    state: String,
    merged_at: Option<String>,
    body: Option<String>,
    head: Side,
    base: Side,
}

#[derive(Deserialize)]
struct Side {
    #[serde(rename = "ref")]
    branch: String,
}

impl From<Pull> for Known {
    fn from(pull: Pull) -> Self {
        Self {
            number: pull.number,
            stands: match (pull.state.as_str(), &pull.merged_at) {
                (_, Some(_)) => Stands::Merged,
                ("open", None) => Stands::Open,
                _ => Stands::Closed,
            },
            text: pull.body.unwrap_or_default(),
            branch: pull.head.branch,
            into: pull.base.branch,
        }
    }
}

/// Where files went since, as far as the host says it.
pub(super) fn moved(files: &[File]) -> BTreeMap<String, String> {
    let renamed = files.iter().filter(|file| file.status == "renamed");
    renamed
        .filter_map(|file| Some((file.previous_filename.clone()?, file.filename.clone())))
        .collect()
}
