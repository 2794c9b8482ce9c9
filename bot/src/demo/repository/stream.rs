//! Commits as `git fast-import` reads them.

use super::RepositoryError;
use super::history::{Change, Edit};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A commit with what its files are after it.
pub(super) struct Commit {
    pub(super) change: Change,
    /// Unix seconds.
    pub(super) at: i64,
    /// The files that it touches, whole.
    pub(super) files: BTreeMap<&'static str, String>,
}

/// All files as they are.
#[derive(Default)]
pub(super) struct Tree(BTreeMap<&'static str, String>);

impl Tree {
    /// Takes a change, and gives the files that it touched.
    pub(super) fn apply(
        &mut self,
        change: &Change,
    ) -> Result<BTreeMap<&'static str, String>, RepositoryError> {
        let mut touched = BTreeMap::new();
        for edit in change.edits {
            let (path, text) = match edit {
                Edit::Put(path, text) => (*path, (*text).to_owned()),
                Edit::Replace(path, from, to) => {
                    let text = self.0.get(path).map_or("", String::as_str);
                    let times = text.matches(from).count();
                    if times != 1 {
                        return Err(RepositoryError::Piece {
                            commit: change.message,
                            path,
                            times,
                        });
                    }
                    (*path, text.replacen(from, to, 1))
                }
            };
            self.0.insert(path, text.clone());
            touched.insert(path, text);
        }
        Ok(touched)
    }
}

/// The mark of the commit at this place.
pub(super) fn mark(place: usize) -> usize {
    place + 1
}

/// One branch, with a tag at each of these places.
pub(super) fn stream(commits: &[Commit], tags: &[(&str, usize)]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for (place, commit) in commits.iter().enumerate() {
        let (author, at) = (commit.change.author, commit.at);
        let who = format!("{} <{}> {at} +0000", author.0, author.1);
        let _ = writeln!(out, "commit refs/heads/main\nmark :{}", mark(place));
        let _ = writeln!(out, "author {who}\ncommitter {who}");
        data(&mut out, &format!("{}\n", commit.change.message));
        if place > 0 {
            let _ = writeln!(out, "from :{}", mark(place - 1));
        }
        for (path, text) in &commit.files {
            let _ = writeln!(out, "M 100644 inline {path}");
            data(&mut out, text);
        }
        out.push('\n');
    }
    for (tag, place) in tags {
        let _ = writeln!(out, "reset refs/tags/{tag}\nfrom :{}\n", mark(*place));
    }
    out
}

fn data(out: &mut String, text: &str) {
    let _ = writeln!(out, "data {}\n{text}", text.len());
}
