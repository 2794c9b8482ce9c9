//! GitHub's answers, as little of them as is needed: octocrab's own types hold several times as much of each of
//! thousands of commits, and refuse words that GitHub has added since.

use crate::code::change::{Request, Touched, TouchedFile};
use crate::code::remote::{self, Merged, kept};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct Comparison {
    pub(super) status: String,
    pub(super) total_commits: usize,
    pub(super) base_commit: Commit,
    pub(super) merge_base_commit: Commit,
    #[serde(default)]
    pub(super) commits: Vec<Commit>,
    /// Only of the first page, 300 at most.
    #[serde(default)]
    pub(super) files: Option<Vec<File>>,
}

#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) commits: Vec<Commit>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) commit: Told,
    #[serde(default)]
    pub(super) parents: Vec<Parent>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Told {
    pub(super) message: String,
    #[serde(default)]
    pub(super) author: Option<Who>,
    #[serde(default)]
    pub(super) committer: Option<Who>,
    #[serde(default)]
    pub(super) tree: Option<Parent>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Who {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) date: Option<Timestamp>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Parent {
    pub(super) sha: String,
}

#[derive(Deserialize)]
pub(super) struct WithFiles {
    #[serde(default)]
    pub(super) files: Vec<File>,
}

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) filename: String,
    #[serde(default)]
    pub(super) previous_filename: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) additions: u32,
    #[serde(default)]
    pub(super) deletions: u32,
    #[serde(default)]
    pub(super) patch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) user: Option<Login>,
    #[serde(default)]
    pub(super) labels: Vec<Label>,
    #[serde(default)]
    pub(super) requested_reviewers: Option<Vec<Login>>,
    #[serde(default)]
    pub(super) merged_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) updated_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) merge_commit_sha: Option<String>,
    /// Only of a single one.
    #[serde(default)]
    pub(super) merged_by: Option<Login>,
}

#[derive(Deserialize)]
pub(super) struct Review {
    #[serde(default)]
    pub(super) user: Option<Login>,
}

#[derive(Deserialize)]
pub(super) struct Login {
    #[serde(default)]
    pub(super) login: String,
}

#[derive(Deserialize)]
pub(super) struct Label {
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct Tree {
    pub(super) tree: Vec<Entry>,
    #[serde(default)]
    pub(super) truncated: bool,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) sha: String,
}

impl From<Commit> for remote::Commit {
    fn from(told: Commit) -> Self {
        let author = told.commit.author;
        let at = |who: &Option<Who>| who.as_ref().and_then(|who| who.date);
        Self {
            at: at(&told.commit.committer).or_else(|| at(&author)),
            author: author.map(Who::shown).unwrap_or_default(),
            message: kept(&told.commit.message),
            tree: told.commit.tree.map(|tree| tree.sha).unwrap_or_default(),
            parents: told.parents.into_iter().map(|one| one.sha).collect(),
            id: told.sha,
        }
    }
}

impl Who {
    fn shown(self) -> String {
        let name = self.name.unwrap_or_default();
        match self.email {
            Some(email) => format!("{name} <{email}>"),
            None => name,
        }
    }
}

impl From<File> for remote::File {
    fn from(told: File) -> Self {
        let how = match told.status.as_str() {
            "added" | "copied" => Touched::Added,
            "removed" => Touched::Deleted,
            "renamed" => Touched::Renamed,
            // `changed` is of the mode; a word that is new is of something that was there.
            _ => Touched::Modified,
        };
        let lines = told.additions > 0 || told.deletions > 0;
        Self {
            // Hunks are left out where they are too long; of binary files there are none.
            withheld: lines && told.patch.is_none(),
            file: TouchedFile {
                path: told.filename,
                old_path: told.previous_filename.filter(|_| how == Touched::Renamed),
                how,
                additions: told.additions,
                deletions: told.deletions,
                patch: told.patch.map(whole).unwrap_or_default(),
            },
        }
    }
}

/// GitHub leaves the last line without its end.
fn whole(mut patch: String) -> String {
    if !patch.is_empty() && !patch.ends_with('\n') {
        patch.push('\n');
    }
    patch
}

impl Pull {
    /// As a merged one, if it is.
    pub(super) fn merged(self, link: impl FnOnce(u64) -> String) -> Option<Merged> {
        self.merged_at?;
        let logins = |all: Vec<Login>| all.into_iter().map(|one| one.login).collect();
        Some(Merged {
            commits: self.merge_commit_sha.into_iter().collect(),
            request: Arc::new(Request {
                number: self.number,
                url: link(self.number),
                title: kept(&self.title.unwrap_or_default()),
                body: kept(&self.body.unwrap_or_default()),
                author: self.user.map(|user| user.login).unwrap_or_default(),
                merger: self.merged_by.map(|user| user.login),
                labels: self.labels.into_iter().map(|label| label.name).collect(),
                reviewers: self.requested_reviewers.map(logins).unwrap_or_default(),
            }),
        })
    }
}
