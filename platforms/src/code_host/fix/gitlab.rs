//! Opening a request at GitLab: it undoes the commit itself, on a branch of ours.

mod shapes;

use super::super::ask::GitLab;
use super::super::error::CodeHostError;
use super::super::status::cut;
use super::desk::{
    self, At, BODY, Begun, Desk, Known, MOST_BYTES, TITLE, numbered, perhaps, read, unless_there,
};
use super::{Proposal, Stop, encoded};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guard::fix::{FixAuthority, FixOutcome, FixTrouble, How};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shapes::{Branch, Changed, Commit, File, Project, Request};
use std::collections::BTreeMap;

/// Files of a commit that are counted.
const PAGE: usize = 100;

/// Where a branch of ours begins, and what it is now.
pub(super) struct Base {
    /// The commit on which it stands.
    commit: String,
    own: Option<Commit>,
}

impl GitLab {
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

impl Desk for At<'_, GitLab> {
    type Base = Base;

    async fn default_branch(&self) -> Result<String, Stop> {
        let project: Project = self.get("").await?;
        let branch = project.default_branch.ok_or(FixTrouble::NotThere {
            branch: "HEAD".to_owned(),
        })?;
        Ok(branch)
    }

    async fn requests(&self) -> Result<Vec<Known>, Stop> {
        let path = format!(
            "/merge_requests?state=all&source_branch={}&per_page=100",
            encoded::part(&self.name.branch)
        );
        let all: Vec<Request> = self.get(&path).await?;
        Ok(all.into_iter().map(Known::from).collect())
    }

    async fn base(&self, into: &str) -> Result<Base, Stop> {
        let own = self.branch(&self.name.branch).await?;
        // Whoever made it may have been faster than whoever changed the other one since.
        let begins = match own.as_ref().map(|own| &own.parent_ids[..]) {
            Some([parent]) if own.as_ref().is_some_and(|own| self.is_ours(own)) => parent.clone(),
            _ => {
                let head = self.branch(into).await?;
                let branch = into.to_owned();
                head.ok_or(FixTrouble::NotThere { branch })?.id
            }
        };
        let commit = begins;
        Ok(Base { commit, own })
    }

    async fn revert(&self, begun: &Begun<Base>, suspect: &str) -> Result<How, Stop> {
        let (commit, files) = self.suspected(suspect).await?;
        if begun.known.is_none() {
            self.undo(begun, &commit.id).await?;
        }
        Ok(How::Reverted {
            files: files.len(),
            merged: 0,
        })
    }

    async fn file(&self, base: &Base, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let (file, at) = (encoded::part(path), &base.commit);
        let path = format!("/repository/files/{file}?ref={at}");
        let file: Option<File> = self.find(&path).await?;
        let file = file.filter(|file| file.encoding == "base64" && file.size <= MOST_BYTES);
        Ok(file.and_then(|file| STANDARD.decode(&file.content).ok()))
    }

    async fn write(
        &self,
        begun: &Begun<Base>,
        files: BTreeMap<String, String>,
        how: &How,
    ) -> Result<(), Stop> {
        match &begun.base.own {
            Some(own) if self.is_ours(own) => return Ok(()),
            Some(_) => return Err(self.name.taken().into()),
            None => {}
        }
        let actions = files.into_iter().map(|(path, text)| {
            json!({
                "action": "update",
                "file_path": path,
                "content": STANDARD.encode(text),
                "encoding": "base64",
            })
        });
        let message = (self.proposal.words)(how).message;
        let body = json!({
            "branch": self.name.branch,
            "start_sha": begun.base.commit,
            "commit_message": self.name.below(&message, how),
            "actions": actions.collect::<Vec<_>>(),
        });
        unless_there(self.post("/repository/commits", &body).await)?;
        Ok(())
    }

    async fn guilty(
        &self,
        begun: &Begun<Base>,
        suspect: &str,
    ) -> Result<Vec<(String, String)>, Stop> {
        let (commit, files) = self.suspected(suspect).await?;
        if !self.is_within(&commit.id, &begun.base.commit).await? {
            let branch = begun.into.clone();
            return Err(FixTrouble::NotThere { branch }.into());
        }
        let changed = files.into_iter().filter(|file| !file.deleted_file);
        Ok(changed.map(|file| (file.new_path, file.diff)).collect())
    }

    async fn code(&self, base: &Base) -> Result<Vec<u8>, Stop> {
        let path = self.path(&format!("/repository/archive.tar.gz?sha={}", base.commit));
        Ok(self.host.talk.archive(&path).await?)
    }

    fn message<'b>(&self, base: &'b Base) -> Option<&'b str> {
        base.own.as_ref().map(|own| own.message.as_str())
    }

    async fn request(&self, begun: &Begun<Base>, how: &How) -> Result<u64, Stop> {
        if let Some(number) = begun.known {
            return Ok(number);
        }
        let written = (self.proposal.words)(how);
        // As GitLab knows a draft.
        let draft = matches!(how, How::Mended { .. });
        let title = if draft { "Draft: " } else { "" }.to_owned() + &written.title;
        let body = json!({
            "source_branch": self.name.branch,
            "target_branch": begun.into,
            "title": cut(&title, TITLE),
            "description": self.name.hidden_in(&cut(&written.body, BODY)),
            "labels": self.proposal.labels.join(","),
            "remove_source_branch": true,
        });
        let answer = unless_there(self.post("/merge_requests", &body).await)?;
        numbered(&answer, "iid")
    }

    fn url(&self, number: u64) -> String {
        format!("{}/-/merge_requests/{number}", self.place.web)
    }
}

impl At<'_, GitLab> {
    /// The suspect with its files, where it is one change.
    async fn suspected(&self, suspect: &str) -> Result<(Commit, Vec<Changed>), Stop> {
        let path = format!("/repository/commits/{suspect}?stats=false");
        let commit: Commit = self.find(&path).await?.ok_or(FixTrouble::NoCommit)?;
        match commit.parent_ids.len() {
            0 => return Err(FixTrouble::First.into()),
            1 => {}
            _ => return Err(FixTrouble::Merge.into()),
        }
        let path = format!("/repository/commits/{suspect}/diff?per_page={PAGE}");
        let files = self.get(&path).await?;
        Ok((commit, files))
    }

    fn is_ours(&self, commit: &Commit) -> bool {
        commit.message.contains(&self.name.marker)
    }

    /// The branch without the suspect. Whether it can be undone is tried before there is a branch.
    async fn undo(&self, begun: &Begun<Base>, suspect: &str) -> Result<(), Stop> {
        let path = format!("/repository/commits/{suspect}/revert");
        let branch = &self.name.branch;
        match &begun.base.own {
            Some(own)
                if own
                    .message
                    .contains(&format!("This reverts commit {suspect}")) =>
            {
                return Ok(());
            }
            // Made, and not used yet.
            Some(own) if self.is_within(&own.id, &begun.into).await? => {}
            Some(_) => return Err(self.name.taken().into()),
            None => {
                if !self.is_within(suspect, &begun.into).await? {
                    let branch = begun.into.clone();
                    return Err(FixTrouble::NotThere { branch }.into());
                }
                let tried = json!({ "branch": begun.into, "dry_run": true });
                undone(self.post(&path, &tried).await)?;
                let body = json!({ "branch": branch, "ref": begun.into });
                unless_there(self.post("/repository/branches", &body).await)?;
            }
        }
        undone(self.post(&path, &json!({ "branch": branch })).await)
    }

    /// The newest commit of a branch.
    async fn branch(&self, name: &str) -> Result<Option<Commit>, CodeHostError> {
        let path = format!("/repository/branches/{}", encoded::part(name));
        let branch: Option<Branch> = self.find(&path).await?;
        Ok(branch.map(|branch| branch.commit))
    }

    /// Whether a commit is part of a branch.
    async fn is_within(&self, commit: &str, branch: &str) -> Result<bool, CodeHostError> {
        let path = format!(
            "/repository/merge_base?refs[]={commit}&refs[]={}",
            encoded::part(branch)
        );
        let base: Option<Commit> = self.find(&path).await?;
        Ok(base.is_some_and(|base| base.id == commit))
    }

    fn path(&self, path: &str) -> String {
        format!("/projects/{}{path}", encoded::part(&self.place.repository))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CodeHostError> {
        let path = self.path(path);
        read(&path, self.host.talk.get(&path).await?)
    }

    /// As [`Self::get`]; none where the host knows of nothing there.
    async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, CodeHostError> {
        perhaps(self.get(path).await, &[404])
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        self.host.talk.post(&self.path(path), body).await
    }
}

/// What GitLab says to a revert, in our words.
fn undone(answer: Result<Value, CodeHostError>) -> Result<(), Stop> {
    match answer {
        Ok(_) => Ok(()),
        Err(CodeHostError::Refused {
            status: 400,
            message,
            ..
        }) if message.starts_with("conflict:") => {
            Err(FixTrouble::Conflict { paths: Vec::new() }.into())
        }
        Err(CodeHostError::Refused {
            status: 400,
            message,
            ..
        }) if message.starts_with("empty:") => Err(FixTrouble::Undone.into()),
        Err(error) => Err(error.into()),
    }
}
