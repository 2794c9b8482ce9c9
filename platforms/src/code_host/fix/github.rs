//! Opening a request at GitHub: the tree without the suspect, a commit on a branch of its own, and the request.

use super::super::ask::GitHub;
use super::super::error::CodeHostError;
use super::super::repository::Repository;
use super::super::status::cut;
use super::encoded;
use super::pin::put_back;
use super::trees::{Sha, Trees, read};
use super::undo::Entry;
use super::{Name, Pin, Place, Proposal, Stop, is_commit, may_pin};
use guard::fix::{FixAuthority, FixKind, FixOutcome, FixTrouble, How, Opened};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use undoing::{Content, Undone, Work};

mod undoing;

/// Files of a commit that is undone.
const MOST_FILES: usize = 100;
/// Characters of a title and of a text.
const TITLE: usize = 200;
const BODY: usize = 60_000;

#[derive(Deserialize)]
struct Home {
    default_branch: String,
}

#[derive(Deserialize)]
struct Ref {
    object: Sha,
}

/// A commit as the Git data API has it.
#[derive(Deserialize)]
struct Plain {
    sha: String,
    message: String,
    tree: Sha,
    parents: Vec<Sha>,
}

/// A commit with its files.
#[derive(Deserialize)]
struct Commit {
    sha: String,
    commit: Inner,
    parents: Vec<Sha>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Inner {
    tree: Sha,
}

#[derive(Deserialize, Clone)]
struct File {
    filename: String,
    status: String,
    previous_filename: Option<String>,
}

#[derive(Deserialize)]
struct Compared {
    status: String,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Pull {
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

/// One repository, about which one thing is proposed.
struct At<'a> {
    github: &'a GitHub,
    repository: Repository,
    place: &'a Place,
    proposal: &'a Proposal,
    name: Name,
}

/// What is there already, and what it begins with.
struct Begun {
    into: String,
    /// The number of the request.
    known: Option<u64>,
    base: Base,
}

/// A branch of ours: where it begins and what is in it.
struct Base {
    commit: String,
    tree: String,
    /// Whether our commit is there already.
    made: bool,
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
        let name = Name::of(authority);
        let at = At::new(self, &proposal.place, proposal, name.clone())?;
        if authority.fix().kind != FixKind::Revert {
            return Err(FixTrouble::NotConfigured.into());
        }
        let trouble = match at.revert(&authority.fix().suspect).await {
            Err(Stop::For(trouble)) if may_pin(&trouble) => trouble,
            ended => return ended,
        };
        let (Some(pin), Some(from)) = (&proposal.pin, authority.from()) else {
            return Err(trouble.into());
        };
        let there = At::new(self, &pin.place, proposal, name)?;
        let versions = (authority.to().as_str(), from.as_str());
        match there.pin(pin, versions, &trouble).await {
            // Why the suspect could not be undone is more worth knowing.
            Err(Stop::For(FixTrouble::NoPin { problem, .. })) => {
                tracing::warn!(problem, "the version could not be put back either");
                Err(trouble.into())
            }
            ended => ended,
        }
    }
}

impl<'a> At<'a> {
    fn new(
        github: &'a GitHub,
        place: &'a Place,
        proposal: &'a Proposal,
        name: Name,
    ) -> Result<Self, Stop> {
        let repository = Repository::new(&place.repository);
        Ok(Self {
            github,
            repository: repository.map_err(|_| FixTrouble::NotConfigured)?,
            place,
            proposal,
            name,
        })
    }

    async fn revert(&self, suspect: &str) -> Result<Opened, Stop> {
        let begun = self.begin().await?;
        let undone = self.undone(suspect, &begun.base, &begun.into).await?;
        let how = How::Reverted {
            files: undone.files.len(),
            merged: undone.merged,
        };
        self.finish(begun, undone.files, how).await
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
        let mut trees = Trees::new(self.github, &self.repository);
        let entry = trees.at(&begun.base.tree, &pin.file).await?;
        let entry = entry.filter(Entry::is_file);
        let entry = entry.ok_or_else(|| none("there is no such file"))?;
        let bytes = trees.bytes(&entry.sha).await?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| none("it is no text, or too large"))?;
        let (text, stood) =
            put_back(&text, &pin.key, deployed, before).map_err(|problem| none(&problem))?;
        let content = Content::New {
            mode: entry.mode,
            bytes: text.into_bytes(),
        };
        let how = How::Pinned {
            file: pin.file.clone(),
            key: pin.key.clone(),
            was: stood.was,
            becomes: stood.becomes,
            instead: Some(Box::new(instead.clone())),
        };
        let files = BTreeMap::from([(pin.file.clone(), content)]);
        self.finish(begun, files, how).await
    }

    /// What is there already, and what it begins with.
    async fn begin(&self) -> Result<Begun, Stop> {
        let into = self.into().await?;
        let known = self.known().await?;
        if let Some(pull) = &known {
            self.is_open(pull)?;
        }
        let into = known.as_ref().map_or(into, |pull| pull.base.branch.clone());
        let base = self.base(&into).await?;
        Ok(Begun {
            into,
            known: known.map(|pull| pull.number),
            base,
        })
    }

    /// Whatever of it is not there yet.
    async fn finish(
        &self,
        begun: Begun,
        files: BTreeMap<String, Content>,
        how: How,
    ) -> Result<Opened, Stop> {
        let Begun { into, known, base } = begun;
        let number = match known {
            Some(number) => number,
            None => {
                if !base.made {
                    self.push(&base, files, &how).await?;
                }
                self.request(&into, &how).await?
            }
        };
        self.label(number).await?;
        Ok(Opened {
            number,
            url: self.url(number),
            branch: self.name.branch.clone(),
            into,
            how,
        })
    }

    fn url(&self, number: u64) -> String {
        format!("{}/pull/{number}", self.place.web)
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, CodeHostError> {
        let path = format!("/repos/{}{path}", self.repository);
        read(&path, self.github.get(&path).await?)
    }

    /// As [`Self::get`]; none where the host knows of nothing there.
    async fn find<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, CodeHostError> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(CodeHostError::Refused {
                status: 404 | 409 | 422,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        let path = format!("/repos/{}{path}", self.repository);
        self.github.post(&path, body).await
    }

    async fn into(&self) -> Result<String, CodeHostError> {
        match &self.place.into {
            Some(branch) => Ok(branch.clone()),
            None => Ok(self.get::<Home>("").await?.default_branch),
        }
    }

    /// The request of this branch, open or not.
    async fn known(&self) -> Result<Option<Pull>, Stop> {
        let owner = self
            .repository
            .as_str()
            .split('/')
            .next()
            .unwrap_or_default();
        let branch = &self.name.branch;
        let path = format!("/pulls?state=all&head={owner}:{branch}&per_page=100");
        let pulls: Vec<Pull> = self.get(&path).await?;
        let Some(found) = pulls.into_iter().find(|pull| pull.head.branch == *branch) else {
            return Ok(None);
        };
        let ours = found.body.as_ref();
        if ours.is_some_and(|body| body.contains(&self.name.marker)) {
            return Ok(Some(found));
        }
        let branch = branch.clone();
        Err(FixTrouble::BranchTaken { branch }.into())
    }

    fn is_open(&self, pull: &Pull) -> Result<(), FixTrouble> {
        let url = self.url(pull.number);
        match (pull.state.as_str(), &pull.merged_at) {
            (_, Some(_)) => Err(FixTrouble::Merged { url }),
            ("open", None) => Ok(()),
            _ => Err(FixTrouble::Closed { url }),
        }
    }

    async fn plain(&self, commit: &str) -> Result<Plain, CodeHostError> {
        self.get(&format!("/git/commits/{commit}")).await
    }

    /// What our branch begins with: the head of the branch into which it goes, or what it began with before.
    async fn base(&self, into: &str) -> Result<Base, Stop> {
        let own = format!("/git/ref/heads/{}", encoded::path(&self.name.branch));
        if let Some(found) = self.find::<Ref>(&own).await? {
            let commit = self.plain(&found.object.sha).await?;
            let [parent] = &commit.parents[..] else {
                return Err(self.taken());
            };
            if !commit.message.contains(&self.name.marker) {
                return Err(self.taken());
            }
            let parent = self.plain(&parent.sha).await?;
            return Ok(Base {
                commit: parent.sha,
                tree: parent.tree.sha,
                made: true,
            });
        }
        let head: Ref = self
            .get(&format!("/git/ref/heads/{}", encoded::path(into)))
            .await?;
        let head = self.plain(&head.object.sha).await?;
        Ok(Base {
            commit: head.sha,
            tree: head.tree.sha,
            made: false,
        })
    }

    fn taken(&self) -> Stop {
        let branch = self.name.branch.clone();
        FixTrouble::BranchTaken { branch }.into()
    }

    /// The files of the tree that is as if the suspect had never been.
    async fn undone(&self, suspect: &str, base: &Base, into: &str) -> Result<Undone, Stop> {
        let path = format!("/commits/{suspect}?per_page={}&page=1", MOST_FILES + 1);
        let commit: Commit = self.find(&path).await?.ok_or(FixTrouble::NoCommit)?;
        let parent = match &commit.parents[..] {
            [] => return Err(FixTrouble::First.into()),
            [only] => only,
            _ => return Err(FixTrouble::Merge.into()),
        };
        let path = format!("/compare/{}...{}?per_page=1", commit.sha, base.commit);
        let compared: Option<Compared> = self.find(&path).await?;
        let since = compared.filter(|one| ["ahead", "identical"].contains(&one.status.as_str()));
        let Some(since) = since else {
            let branch = into.to_owned();
            return Err(FixTrouble::NotThere { branch }.into());
        };
        // Of one page there are so many at most.
        if commit.files.len() >= MOST_FILES {
            let files = commit.files.len();
            return Err(FixTrouble::TooLarge { files }.into());
        }
        let before = self.plain(&parent.sha).await?;
        let mut work = Work {
            trees: Trees::new(self.github, &self.repository),
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

    /// The commit, and the branch that points to it.
    async fn push(
        &self,
        base: &Base,
        files: BTreeMap<String, Content>,
        how: &How,
    ) -> Result<(), Stop> {
        let trees = Trees::new(self.github, &self.repository);
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
        let message = self.name.below(&written.message);
        let body = json!({ "message": message, "tree": tree.sha, "parents": [base.commit] });
        let commit: Sha = read("git/commits", self.post("/git/commits", &body).await?)?;
        let body = json!({ "ref": format!("refs/heads/{}", self.name.branch), "sha": commit.sha });
        match self.post("/git/refs", &body).await {
            Ok(_) => Ok(()),
            // Somebody was faster: perhaps an earlier try of ours. The next look knows.
            Err(CodeHostError::Refused {
                status: 422,
                message,
                ..
            }) if message.to_ascii_lowercase().contains("already exists") => {
                Err(Stop::Not(CodeHostError::Unknown(message)))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn request(&self, into: &str, how: &How) -> Result<u64, Stop> {
        let written = (self.proposal.words)(how);
        let body = self.name.hidden_in(&cut(&written.body, BODY));
        let body = json!({
            "title": cut(&written.title, TITLE),
            "head": self.name.branch,
            "base": into,
            "body": body,
            "maintainer_can_modify": true,
        });
        match self.post("/pulls", &body).await {
            Ok(answer) => answer["number"].as_u64().ok_or_else(|| {
                Stop::Not(CodeHostError::Unknown(
                    "pulls: no number in the answer".to_owned(),
                ))
            }),
            Err(CodeHostError::Refused {
                status: 422,
                message,
                ..
            }) if message.to_ascii_lowercase().contains("already exists") => {
                Err(Stop::Not(CodeHostError::Unknown(message)))
            }
            Err(error) => Err(error.into()),
        }
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

/// Where files went since, as far as the host says it.
fn moved(files: &[File]) -> BTreeMap<String, String> {
    let renamed = files.iter().filter(|file| file.status == "renamed");
    renamed
        .filter_map(|file| Some((file.previous_filename.clone()?, file.filename.clone())))
        .collect()
}
