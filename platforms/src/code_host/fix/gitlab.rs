//! Opening a request at GitLab: it undoes the commit itself, on a branch of ours.

use super::super::ask::GitLab;
use super::super::error::CodeHostError;
use super::super::status::cut;
use super::pin::put_back;
use super::trees::{MOST_BYTES, read};
use super::{Name, Pin, Place, Proposal, Stop, encoded, is_commit, may_pin};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guard::fix::{FixAuthority, FixKind, FixOutcome, FixTrouble, How, Opened};
use serde::Deserialize;
use serde_json::{Value, json};

/// Characters of a title and of a text.
const TITLE: usize = 200;
const BODY: usize = 60_000;
/// Files of a commit that are counted.
const PAGE: usize = 100;

#[derive(Deserialize)]
struct Project {
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct Branch {
    commit: Commit,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
    #[serde(default)]
    parent_ids: Vec<String>,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct File {
    content: String,
    encoding: String,
    size: u64,
}

#[derive(Deserialize)]
struct Request {
    iid: u64,
    state: String,
    description: Option<String>,
    source_branch: String,
    target_branch: String,
}

/// One project, about which one thing is proposed.
struct At<'a> {
    gitlab: &'a GitLab,
    place: &'a Place,
    proposal: &'a Proposal,
    name: Name,
}

/// What is there already.
struct Begun {
    into: String,
    /// The number of the request.
    known: Option<u64>,
    branch: Option<Commit>,
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
        match self.opened(authority, proposal).await {
            Ok(opened) => Ok(FixOutcome::Opened { opened }),
            Err(Stop::For(trouble)) => Ok(FixOutcome::Failed { trouble }),
            Err(Stop::Not(error)) => Err(error),
        }
    }

    async fn opened(&self, authority: &FixAuthority, proposal: &Proposal) -> Result<Opened, Stop> {
        if !is_commit(&authority.fix().suspect) {
            return Err(FixTrouble::NoCommit.into());
        }
        if authority.fix().kind != FixKind::Revert {
            return Err(FixTrouble::NotConfigured.into());
        }
        let at = |place| At {
            gitlab: self,
            place,
            proposal,
            name: Name::of(authority),
        };
        let trouble = match at(&proposal.place).revert(&authority.fix().suspect).await {
            Err(Stop::For(trouble)) if may_pin(&trouble) => trouble,
            ended => return ended,
        };
        let (Some(pin), Some(from)) = (&proposal.pin, authority.from()) else {
            return Err(trouble.into());
        };
        let versions = (authority.to().as_str(), from.as_str());
        match at(&pin.place).pin(pin, versions, &trouble).await {
            // Why the suspect could not be undone is more worth knowing.
            Err(Stop::For(FixTrouble::NoPin { problem, .. })) => {
                tracing::warn!(problem, "the version could not be put back either");
                Err(trouble.into())
            }
            ended => ended,
        }
    }
}

impl At<'_> {
    async fn revert(&self, suspect: &str) -> Result<Opened, Stop> {
        let begun = self.begin().await?;
        let path = format!("/repository/commits/{suspect}?stats=false");
        let commit: Commit = self.find(&path).await?.ok_or(FixTrouble::NoCommit)?;
        match commit.parent_ids.len() {
            0 => return Err(FixTrouble::First.into()),
            1 => {}
            _ => return Err(FixTrouble::Merge.into()),
        }
        let files: Vec<Value> = self
            .get(&format!(
                "/repository/commits/{suspect}/diff?per_page={PAGE}"
            ))
            .await?;
        let how = How::Reverted {
            files: files.len(),
            merged: 0,
        };
        if begun.known.is_none() {
            self.undo(&begun, &commit.id).await?;
        }
        self.finish(begun, how).await
    }

    /// The branch without the suspect. Whether it can be undone is tried before there is a branch.
    async fn undo(&self, begun: &Begun, suspect: &str) -> Result<(), Stop> {
        let path = format!("/repository/commits/{suspect}/revert");
        let branch = &self.name.branch;
        match &begun.branch {
            Some(own)
                if own
                    .message
                    .contains(&format!("This reverts commit {suspect}")) =>
            {
                return Ok(());
            }
            // Made, and not used yet.
            Some(own) if self.is_within(&own.id, &begun.into).await? => {}
            Some(_) => return Err(self.taken()),
            None => {
                if !self.is_within(suspect, &begun.into).await? {
                    let branch = begun.into.clone();
                    return Err(FixTrouble::NotThere { branch }.into());
                }
                let tried = json!({ "branch": begun.into, "dry_run": true });
                self.undone(self.post(&path, &tried).await)?;
                let body = json!({ "branch": branch, "ref": begun.into });
                self.post("/repository/branches", &body).await?;
            }
        }
        self.undone(self.post(&path, &json!({ "branch": branch })).await)
    }

    /// What GitLab says to it, in our words.
    fn undone(&self, answer: Result<Value, CodeHostError>) -> Result<(), Stop> {
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

    /// The version before, where a file names the deployed one.
    async fn pin(
        &self,
        pin: &Pin,
        (deployed, before): (&str, &str),
        instead: &FixTrouble,
    ) -> Result<Opened, Stop> {
        let begun = self.begin().await?;
        let none = |problem: &str| FixTrouble::NoPin {
            file: pin.file.clone(),
            key: pin.key.clone(),
            problem: problem.to_owned(),
        };
        let own = begun.branch.as_ref();
        let made = own.is_some_and(|own| own.message.contains(&self.name.marker));
        if own.is_some() && !made {
            return Err(self.taken());
        }
        // On a branch of ours it is put back already: what stood there is on the other one.
        let file = encoded::part(&pin.file);
        let path = format!(
            "/repository/files/{file}?ref={}",
            encoded::part(&begun.into)
        );
        let file: Option<File> = self.find(&path).await?;
        let file = file.ok_or_else(|| none("there is no such file"))?;
        let bytes = (file.encoding == "base64" && file.size <= MOST_BYTES)
            .then(|| STANDARD.decode(&file.content).ok());
        let text = bytes
            .flatten()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| none("it is no text, or too large"))?;
        let (text, stood) =
            put_back(&text, &pin.key, deployed, before).map_err(|problem| none(&problem))?;
        let how = How::Pinned {
            file: pin.file.clone(),
            key: pin.key.clone(),
            was: stood.was,
            becomes: stood.becomes,
            instead: Some(Box::new(instead.clone())),
        };
        if !made {
            let message = (self.proposal.words)(&how).message;
            let body = json!({
                "branch": self.name.branch,
                "start_branch": begun.into,
                "commit_message": self.name.below(&message),
                "actions": [{
                    "action": "update",
                    "file_path": pin.file,
                    "content": STANDARD.encode(text),
                    "encoding": "base64",
                }],
            });
            self.post("/repository/commits", &body).await?;
        }
        self.finish(begun, how).await
    }

    async fn begin(&self) -> Result<Begun, Stop> {
        let into = match &self.place.into {
            Some(branch) => branch.clone(),
            None => {
                let project: Project = self.get("").await?;
                let branch = project.default_branch;
                branch.ok_or(FixTrouble::NotThere {
                    branch: "HEAD".to_owned(),
                })?
            }
        };
        let known = self.known().await?;
        if let Some(request) = &known {
            self.is_open(request)?;
        }
        let into = known
            .as_ref()
            .map_or(into, |request| request.target_branch.clone());
        let path = format!("/repository/branches/{}", encoded::part(&self.name.branch));
        let branch: Option<Branch> = self.find(&path).await?;
        Ok(Begun {
            into,
            known: known.map(|request| request.iid),
            branch: branch.map(|branch| branch.commit),
        })
    }

    async fn finish(&self, begun: Begun, how: How) -> Result<Opened, Stop> {
        let number = match begun.known {
            Some(number) => number,
            None => self.request(&begun.into, &how).await?,
        };
        Ok(Opened {
            number,
            url: self.url(number),
            branch: self.name.branch.clone(),
            into: begun.into,
            how,
        })
    }

    async fn request(&self, into: &str, how: &How) -> Result<u64, Stop> {
        let written = (self.proposal.words)(how);
        let body = json!({
            "source_branch": self.name.branch,
            "target_branch": into,
            "title": cut(&written.title, TITLE),
            "description": self.name.hidden_in(&cut(&written.body, BODY)),
            "labels": self.proposal.labels.join(","),
            "remove_source_branch": true,
        });
        match self.post("/merge_requests", &body).await {
            Ok(answer) => answer["iid"].as_u64().ok_or_else(|| {
                let why = "merge_requests: no number in the answer".to_owned();
                Stop::Not(CodeHostError::Unknown(why))
            }),
            // Somebody was faster: perhaps an earlier try of ours. The next look knows.
            Err(CodeHostError::Refused {
                status: 409,
                message,
                ..
            }) => Err(Stop::Not(CodeHostError::Unknown(message))),
            Err(error) => Err(error.into()),
        }
    }

    /// The request of this branch, open or not.
    async fn known(&self) -> Result<Option<Request>, Stop> {
        let branch = &self.name.branch;
        let path = format!(
            "/merge_requests?state=all&source_branch={}&per_page=100",
            encoded::part(branch)
        );
        let all: Vec<Request> = self.get(&path).await?;
        let Some(found) = all.into_iter().find(|one| one.source_branch == *branch) else {
            return Ok(None);
        };
        let ours = found.description.as_ref();
        if ours.is_some_and(|text| text.contains(&self.name.marker)) {
            return Ok(Some(found));
        }
        Err(self.taken())
    }

    fn is_open(&self, request: &Request) -> Result<(), FixTrouble> {
        let url = self.url(request.iid);
        match request.state.as_str() {
            "merged" => Err(FixTrouble::Merged { url }),
            "opened" | "locked" => Ok(()),
            _ => Err(FixTrouble::Closed { url }),
        }
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

    fn taken(&self) -> Stop {
        let branch = self.name.branch.clone();
        FixTrouble::BranchTaken { branch }.into()
    }

    fn url(&self, number: u64) -> String {
        format!("{}/-/merge_requests/{number}", self.place.web)
    }

    fn path(&self, path: &str) -> String {
        format!("/projects/{}{path}", encoded::part(&self.place.repository))
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, CodeHostError> {
        let path = self.path(path);
        read(&path, self.gitlab.talk.get(&path).await?)
    }

    /// As [`Self::get`]; none where the host knows of nothing there.
    async fn find<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, CodeHostError> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(CodeHostError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        self.gitlab.talk.post(&self.path(path), body).await
    }
}
