//! Opening a request at GitHub: the tree without the suspect, a commit on a branch of its own, and the request.

mod shapes;
mod undoing;

use super::super::ask::GitHub;
use super::super::error::CodeHostError;
use super::super::repository::Repository;
use super::super::status::cut;
use super::desk::{
    self, At, BODY, Begun, Desk, Known, TITLE, numbered, perhaps, read, unless_there,
};
use super::encoded;
use super::trees::{Sha, Trees};
use super::undo::Entry;
use super::{Proposal, Stop};
use guard::fix::{FixAuthority, FixOutcome, FixTrouble, How};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shapes::{Commit, Compared, File, Home, Plain, Pull, Ref, moved};
use std::collections::BTreeMap;
use undoing::{Content, Undone, Work};

/// Files of a commit that is undone.
const MOST_FILES: usize = 100;

/// A branch of ours: where it begins and what is in it.
pub(super) struct Base {
    commit: String,
    tree: String,
    /// The message of our commit, if it is there already.
    made: Option<String>,
}

impl GitHub {
    /// Opens what a person asked for, or finds it open. Doing so twice does no harm.
    ///
    /// # Errors
    /// Why it is not known what became of it, or cannot be now; what is refused for good is an outcome.
    pub async fn open_fix(
        &self,
        authority: &FixAuthority,
        proposal: &Proposal,
    ) -> Result<FixOutcome, CodeHostError> {
        desk::open(self, authority, proposal).await
    }
}

impl Desk for At<'_, GitHub> {
    type Base = Base;

    async fn default_branch(&self) -> Result<String, Stop> {
        Ok(self.get::<Home>("").await?.default_branch)
    }

    async fn requests(&self) -> Result<Vec<Known>, Stop> {
        let repository = self.repository()?;
        let owner = repository.as_str().split('/').next().unwrap_or_default();
        let branch = &self.name.branch;
        let path = format!("/pulls?state=all&head={owner}:{branch}&per_page=100");
        let pulls: Vec<Pull> = self.get(&path).await?;
        Ok(pulls.into_iter().map(Known::from).collect())
    }

    async fn base(&self, into: &str) -> Result<Base, Stop> {
        let own = format!("/git/ref/heads/{}", encoded::path(&self.name.branch));
        if let Some(found) = self.find::<Ref>(&own).await? {
            let commit = self.plain(&found.object.sha).await?;
            let [parent] = &commit.parents[..] else {
                return Err(self.name.taken().into());
            };
            if !commit.message.contains(&self.name.marker) {
                return Err(self.name.taken().into());
            }
            let parent = self.plain(&parent.sha).await?;
            return Ok(Base {
                commit: parent.sha,
                tree: parent.tree.sha,
                made: Some(commit.message),
            });
        }
        let head: Ref = self
            .get(&format!("/git/ref/heads/{}", encoded::path(into)))
            .await?;
        let head = self.plain(&head.object.sha).await?;
        Ok(Base {
            commit: head.sha,
            tree: head.tree.sha,
            made: None,
        })
    }

    async fn revert(&self, begun: &Begun<Base>, suspect: &str) -> Result<How, Stop> {
        let undone = self.undone(suspect, begun).await?;
        let how = How::Reverted {
            files: undone.files.len(),
            merged: undone.merged,
        };
        self.push(begun, undone.files, &how).await?;
        Ok(how)
    }

    async fn file(&self, base: &Base, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let repository = self.repository()?;
        let mut trees = Trees::new(self.host, &repository);
        let entry = trees.at(&base.tree, path).await?.filter(Entry::is_file);
        match entry {
            Some(entry) => Ok(trees.bytes(&entry.sha).await?),
            None => Ok(None),
        }
    }

    async fn write(
        &self,
        begun: &Begun<Base>,
        files: BTreeMap<String, String>,
        how: &How,
    ) -> Result<(), Stop> {
        let repository = self.repository()?;
        let mut trees = Trees::new(self.host, &repository);
        let mut contents = BTreeMap::new();
        for (path, text) in files {
            let known = trees.at(&begun.base.tree, &path).await?;
            let mode = known.map_or_else(|| "100644".to_owned(), |entry| entry.mode);
            let bytes = text.into_bytes();
            contents.insert(path, Content::New { mode, bytes });
        }
        self.push(begun, contents, how).await
    }

    async fn guilty(
        &self,
        begun: &Begun<Base>,
        suspect: &str,
    ) -> Result<Vec<(String, String)>, Stop> {
        let (commit, _) = self.suspected(suspect, begun).await?;
        let files = commit.files.into_iter();
        let changed = files.filter(|file| file.status != "removed");
        let of = |file: File| Some((file.filename, file.patch?));
        Ok(changed.filter_map(of).collect())
    }

    async fn code(&self, base: &Base) -> Result<Vec<u8>, Stop> {
        let path = self.path(&format!("/tarball/{}", base.commit))?;
        Ok(self.host.archive(&path).await?)
    }

    fn message<'b>(&self, base: &'b Base) -> Option<&'b str> {
        base.made.as_deref()
    }

    async fn request(&self, begun: &Begun<Base>, how: &How) -> Result<u64, Stop> {
        let number = match begun.known {
            Some(number) => number,
            None => self.new_request(&begun.into, how).await?,
        };
        self.label(number).await?;
        Ok(number)
    }

    fn url(&self, number: u64) -> String {
        format!("{}/pull/{number}", self.place.web)
    }
}

impl At<'_, GitHub> {
    fn repository(&self) -> Result<Repository, FixTrouble> {
        Repository::new(&self.place.repository).map_err(|_| FixTrouble::NotConfigured)
    }

    fn path(&self, path: &str) -> Result<String, CodeHostError> {
        let repository = self.repository();
        let repository = repository.map_err(|error| CodeHostError::NotSent(error.to_string()))?;
        Ok(format!("/repos/{repository}{path}"))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CodeHostError> {
        let path = self.path(path)?;
        read(&path, self.host.get(&path).await?)
    }

    /// As [`Self::get`]; none where the host knows of nothing there.
    async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, CodeHostError> {
        perhaps(self.get(path).await, &[404, 409, 422])
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        self.host.post(&self.path(path)?, body).await
    }

    async fn plain(&self, commit: &str) -> Result<Plain, CodeHostError> {
        self.get(&format!("/git/commits/{commit}")).await
    }

    /// The suspect with its files, and what came since; where it is one change that is part of the branch.
    async fn suspected(
        &self,
        suspect: &str,
        begun: &Begun<Base>,
    ) -> Result<(Commit, Compared), Stop> {
        let base = &begun.base;
        let path = format!("/commits/{suspect}?per_page={}&page=1", MOST_FILES + 1);
        let commit: Commit = self.find(&path).await?.ok_or(FixTrouble::NoCommit)?;
        match commit.parents.len() {
            0 => return Err(FixTrouble::First.into()),
            1 => {}
            _ => return Err(FixTrouble::Merge.into()),
        }
        let path = format!("/compare/{}...{}?per_page=1", commit.sha, base.commit);
        let compared: Option<Compared> = self.find(&path).await?;
        let since = compared.filter(|one| ["ahead", "identical"].contains(&one.status.as_str()));
        let Some(since) = since else {
            let branch = begun.into.clone();
            return Err(FixTrouble::NotThere { branch }.into());
        };
        // Of one page there are so many at most.
        if commit.files.len() >= MOST_FILES {
            let files = commit.files.len();
            return Err(FixTrouble::TooLarge { files }.into());
        }
        Ok((commit, since))
    }

    /// The files of the tree that is as if the suspect had never been.
    async fn undone(&self, suspect: &str, begun: &Begun<Base>) -> Result<Undone, Stop> {
        let base = &begun.base;
        let (commit, since) = self.suspected(suspect, begun).await?;
        let parent = commit.parents.first().ok_or(FixTrouble::First)?;
        let before = self.plain(&parent.sha).await?;
        let repository = self.repository()?;
        let mut work = Work {
            trees: Trees::new(self.host, &repository),
            before: before.tree.sha,
            made: commit.commit.tree.sha,
            now: base.tree.clone(),
            moved: moved(&since.files),
            files: BTreeMap::new(),
            merged: 0,
            clashes: BTreeMap::new(),
        };
        for file in &commit.files {
            work.undo(file).await?;
        }
        work.done()
    }

    /// The commit, and the branch that points to it, where they are not there yet.
    async fn push(
        &self,
        begun: &Begun<Base>,
        files: BTreeMap<String, Content>,
        how: &How,
    ) -> Result<(), Stop> {
        let base = &begun.base;
        if begun.known.is_some() || base.made.is_some() {
            return Ok(());
        }
        let repository = self.repository()?;
        let trees = Trees::new(self.host, &repository);
        let mut listed = Vec::new();
        for (path, content) in files {
            listed.push(match content {
                Content::Gone => {
                    json!({ "path": path, "mode": "100644", "type": "blob", "sha": null })
                }
                Content::Known(entry) => {
                    json!({ "path": path, "mode": entry.mode, "type": entry.kind(), "sha": entry.sha })
                }
                Content::New { mode, bytes } => {
                    let sha = trees.put(&bytes).await?;
                    json!({ "path": path, "mode": mode, "type": "blob", "sha": sha })
                }
            });
        }
        let body = json!({ "base_tree": base.tree, "tree": listed });
        let tree: Sha = read("git/trees", self.post("/git/trees", &body).await?)?;
        let written = (self.proposal.words)(how);
        let message = self.name.below(&written.message, how);
        let body = json!({ "message": message, "tree": tree.sha, "parents": [base.commit] });
        let commit: Sha = read("git/commits", self.post("/git/commits", &body).await?)?;
        let body = json!({ "ref": format!("refs/heads/{}", self.name.branch), "sha": commit.sha });
        unless_there(self.post("/git/refs", &body).await)?;
        Ok(())
    }

    async fn new_request(&self, into: &str, how: &How) -> Result<u64, Stop> {
        let written = (self.proposal.words)(how);
        let body = self.name.hidden_in(&cut(&written.body, BODY));
        let body = json!({
            "title": cut(&written.title, TITLE),
            "head": self.name.branch,
            "base": into,
            "body": body,
            "maintainer_can_modify": true,
            "draft": matches!(how, How::Mended { .. }),
        });
        numbered(&unless_there(self.post("/pulls", &body).await)?, "number")
    }

    /// A request without its labels is a request: what is refused is logged.
    async fn label(&self, number: u64) -> Result<(), Stop> {
        if self.proposal.labels.is_empty() {
            return Ok(());
        }
        let body = json!({ "labels": self.proposal.labels });
        match self.post(&format!("/issues/{number}/labels"), &body).await {
            Ok(_) => Ok(()),
            Err(error @ CodeHostError::Refused { .. }) => {
                tracing::warn!(%error, number, "a request is open without its labels");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
