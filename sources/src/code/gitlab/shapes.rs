//! GitLab's answers, as little of them as is needed.

use crate::code::change::{Request, Touched, TouchedFile};
use crate::code::remote::{self, Merged, kept};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct Commit {
    pub(super) id: String,
    #[serde(default)]
    pub(super) parent_ids: Vec<String>,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) author_name: String,
    #[serde(default)]
    pub(super) author_email: String,
    #[serde(default)]
    pub(super) committed_date: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(super) struct Comparison {
    #[serde(default)]
    pub(super) diffs: Vec<Diff>,
    #[serde(default)]
    pub(super) compare_timeout: bool,
}

#[derive(Deserialize)]
pub(super) struct Diff {
    pub(super) old_path: String,
    pub(super) new_path: String,
    #[serde(default)]
    pub(super) diff: String,
    #[serde(default)]
    pub(super) new_file: bool,
    #[serde(default)]
    pub(super) renamed_file: bool,
    #[serde(default)]
    pub(super) deleted_file: bool,
    #[serde(default)]
    pub(super) collapsed: bool,
    #[serde(default)]
    pub(super) too_large: bool,
}

#[derive(Clone, Deserialize)]
pub(super) struct MergeRequest {
    pub(super) iid: u64,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) author: Option<User>,
    #[serde(default)]
    pub(super) merge_user: Option<User>,
    /// What older ones call `merge_user`.
    #[serde(default)]
    pub(super) merged_by: Option<User>,
    #[serde(default)]
    pub(super) labels: Vec<String>,
    #[serde(default)]
    pub(super) reviewers: Vec<User>,
    #[serde(default)]
    pub(super) sha: Option<String>,
    #[serde(default)]
    pub(super) merge_commit_sha: Option<String>,
    #[serde(default)]
    pub(super) squash_commit_sha: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(super) struct User {
    #[serde(default)]
    pub(super) username: String,
}

impl From<Commit> for remote::Commit {
    fn from(told: Commit) -> Self {
        Self {
            id: told.id,
            tree: String::new(),
            parents: told.parent_ids,
            message: kept(&told.message.unwrap_or(told.title)),
            author: format!("{} <{}>", told.author_name, told.author_email),
            at: told.committed_date,
        }
    }
}

impl From<Diff> for remote::File {
    fn from(told: Diff) -> Self {
        let how = if told.new_file {
            Touched::Added
        } else if told.deleted_file {
            Touched::Deleted
        } else if told.renamed_file {
            Touched::Renamed
        } else {
            Touched::Modified
        };
        let (additions, deletions) = counted(&told.diff);
        Self {
            withheld: told.diff.is_empty() && (told.collapsed || told.too_large),
            file: TouchedFile {
                old_path: (how == Touched::Renamed).then_some(told.old_path),
                path: told.new_path,
                how,
                additions,
                deletions,
                patch: told.diff,
            },
        }
    }
}

/// Lines added and removed; within a hunk each line says by its first character what it is.
fn counted(diff: &str) -> (u32, u32) {
    let mut within = false;
    let mut counted = (0, 0);
    for line in diff.lines() {
        match line.as_bytes().first() {
            Some(b'@') => within = true,
            Some(b'+') if within => counted.0 += 1,
            Some(b'-') if within => counted.1 += 1,
            _ => {}
        }
    }
    counted
}

impl MergeRequest {
    /// As a merged one, if it is.
    pub(super) fn merged(self, link: impl FnOnce(u64) -> String) -> Option<Merged> {
        if self.state != "merged" {
            return None;
        }
        let name = |user: Option<User>| user.map(|user| user.username);
        let commits = [self.merge_commit_sha, self.squash_commit_sha, self.sha];
        Some(Merged {
            commits: commits.into_iter().flatten().collect(),
            request: Arc::new(Request {
                number: self.iid,
                url: link(self.iid),
                title: kept(&self.title),
                body: kept(&self.description.unwrap_or_default()),
                author: name(self.author).unwrap_or_default(),
                merger: name(self.merge_user).or(name(self.merged_by)),
                labels: self.labels,
                reviewers: self.reviewers.into_iter().map(|one| one.username).collect(),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_within_hunks_even_if_they_look_like_headers() {
        let diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n--- b\n+++ c\n+d\n";
        assert_eq!(counted(diff), (2, 1));
    }
}
