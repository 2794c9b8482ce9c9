//! Trees and files of a repository at GitHub, read once each.

use super::super::ask::GitHub;
use super::super::error::CodeHostError;
use super::super::repository::Repository;
use super::desk::{MOST_BYTES, read};
use super::undo::Entry;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Listed {
    tree: Vec<Named>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize, Clone)]
struct Named {
    path: String,
    mode: String,
    sha: String,
}

#[derive(Deserialize)]
struct Blob {
    content: String,
    encoding: String,
    size: u64,
}

/// What was read of trees.
pub(super) struct Trees<'a> {
    github: &'a GitHub,
    repository: &'a Repository,
    known: BTreeMap<String, BTreeMap<String, Named>>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(github: &'a GitHub, repository: &'a Repository) -> Self {
        Self {
            github,
            repository,
            known: BTreeMap::new(),
        }
    }

    /// What is at this path of a tree; none where nothing is, or a folder.
    pub(super) async fn at(
        &mut self,
        tree: &str,
        path: &str,
    ) -> Result<Option<Entry>, CodeHostError> {
        let mut tree = tree.to_owned();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let Some(found) = self.listed(&tree).await?.get(part).cloned() else {
                return Ok(None);
            };
            let folder = found.mode == "040000";
            match (parts.peek().is_some(), folder) {
                (true, true) => tree = found.sha,
                (false, false) => {
                    return Ok(Some(Entry {
                        mode: found.mode,
                        sha: found.sha,
                    }));
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    async fn listed(&mut self, tree: &str) -> Result<&BTreeMap<String, Named>, CodeHostError> {
        if !self.known.contains_key(tree) {
            let path = format!("/repos/{}/git/trees/{tree}", self.repository);
            let listed: Listed = read(&path, self.github.get(&path).await?)?;
            if listed.truncated {
                return Err(CodeHostError::NotSent(format!(
                    "{path}: the folder is too large to be listed"
                )));
            }
            let named = listed.tree.into_iter();
            let named = named.map(|one| (one.path.clone(), one)).collect();
            self.known.insert(tree.to_owned(), named);
        }
        self.known
            .get(tree)
            .ok_or_else(|| CodeHostError::NotSent("a tree that is not known".to_owned()))
    }

    /// The bytes of a file; none where it is too large.
    pub(super) async fn bytes(&self, sha: &str) -> Result<Option<Vec<u8>>, CodeHostError> {
        let path = format!("/repos/{}/git/blobs/{sha}", self.repository);
        let blob: Blob = read(&path, self.github.get(&path).await?)?;
        if blob.size > MOST_BYTES {
            return Ok(None);
        }
        let strange = || CodeHostError::NotSent(format!("{path}: a file in a strange form"));
        if blob.encoding != "base64" {
            return Err(strange());
        }
        let packed: String = blob.content.split_whitespace().collect();
        let bytes = STANDARD.decode(packed).map_err(|_| strange())?;
        Ok(Some(bytes))
    }

    /// Puts a file there; its name.
    pub(super) async fn put(&self, bytes: &[u8]) -> Result<String, CodeHostError> {
        let path = format!("/repos/{}/git/blobs", self.repository);
        let body = json!({ "content": STANDARD.encode(bytes), "encoding": "base64" });
        let put: Sha = read(&path, self.github.post(&path, &body).await?)?;
        Ok(put.sha)
    }
}

/// A name of an object.
#[derive(Deserialize)]
pub(super) struct Sha {
    pub(super) sha: String,
}
