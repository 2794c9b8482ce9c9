//! Which files differ between two lists of files.

use super::shapes::{Entry, Tree};
use crate::code::change::{Touched, TouchedFile};
use crate::code::remote::{File, Files};
use std::collections::BTreeMap;

/// What was added, deleted and modified. What has another name and the same content is renamed.
pub(super) fn difference(old: Tree, new: Tree) -> Files {
    let more = old.truncated || new.truncated;
    let named = |tree: Tree| -> BTreeMap<String, String> {
        let files = tree.tree.into_iter().filter(|one| one.kind == "blob");
        files.map(|Entry { path, sha, .. }| (path, sha)).collect()
    };
    let (mut old, mut new) = (named(old), named(new));
    let mut files = Vec::new();
    let both: Vec<String> = old
        .keys()
        .filter(|path| new.contains_key(*path))
        .cloned()
        .collect();
    for path in both {
        if old.remove(&path) != new.remove(&path) {
            files.push(file(path, None, Touched::Modified));
        }
    }
    let mut by_content: BTreeMap<String, String> = old
        .iter()
        .map(|(path, sha)| (sha.clone(), path.clone()))
        .collect();
    for (path, sha) in new {
        match by_content.remove(&sha) {
            Some(before) => {
                old.remove(&before);
                files.push(file(path, Some(before), Touched::Renamed));
            }
            None => files.push(file(path, None, Touched::Added)),
        }
    }
    files.extend(
        old.into_keys()
            .map(|path| file(path, None, Touched::Deleted)),
    );
    Files { files, more }
}

fn file(path: String, old_path: Option<String>, how: Touched) -> File {
    File {
        // A renamed file of the same content has no hunks.
        withheld: how != Touched::Renamed,
        file: TouchedFile {
            path,
            old_path,
            how,
            additions: 0,
            deletions: 0,
            patch: String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let entry = |(path, sha): &(&str, &str)| Entry {
            path: (*path).to_owned(),
            kind: if sha.is_empty() { "tree" } else { "blob" }.to_owned(),
            sha: (*sha).to_owned(),
        };
        Tree {
            tree: files.iter().map(entry).collect(),
            truncated: false,
        }
    }

    #[test]
    fn files_are_told_apart_by_name_and_content() {
        let old = tree(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("x", "")]);
        let new = tree(&[("a", "1"), ("b", "5"), ("e", "3"), ("f", "6"), ("x", "")]);
        let told = difference(old, new);
        let mut told: Vec<_> = told
            .files
            .iter()
            .map(|one| {
                (
                    one.file.path.as_str(),
                    one.file.how,
                    one.file.old_path.as_deref(),
                )
            })
            .collect();
        told.sort_by_key(|(path, ..)| *path);
        assert_eq!(
            told,
            [
                ("b", Touched::Modified, None),
                ("d", Touched::Deleted, None),
                ("e", Touched::Renamed, Some("c")),
                ("f", Touched::Added, None),
            ]
        );
    }
}
