//! `get_diff`: what came with a deployment: first which files, then how one of them changed.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::said::{name, time};
use crate::world::World;
use guard::state::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sources::code::{Bounds, Change, Changes, Missing, Relation, Touched, TouchedFile};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a code host may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// Characters of the hunks of one commit in one file.
const HUNKS: usize = 6_000;

/// The tool.
pub struct GetDiff;

/// Of which deployment, and how closely.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
    /// A file, or a folder with `/` at its end: its hunks. Without it, all files without hunks.
    path: Option<String>,
    /// Only this commit, or the beginning of its id.
    commit: Option<String>,
}

/// What came with it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diff {
    /// Commits of the versions before and after.
    from: String,
    to: String,
    /// `same ahead behind diverged unrelated`.
    relation: &'static str,
    /// The last first; empty where a path was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commits: Vec<Commit>,
    files: Vec<File>,
    /// What is not told because there is too much of it, or it took too long.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_told: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Commit {
    id: String,
    #[schemars(extend("x-untrusted" = "the commit"))]
    title: Untrusted,
    #[schemars(extend("x-untrusted" = "the commit"))]
    author: Untrusted,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// The pull or merge request by which it came.
#[derive(Debug, Serialize, JsonSchema)]
struct Request {
    number: u64,
    url: String,
    #[schemars(extend("x-untrusted" = "the request"))]
    title: Untrusted,
    #[schemars(extend("x-untrusted" = "the code host"))]
    author: Untrusted,
    #[schemars(extend("x-untrusted" = "the code host"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_by: Option<Untrusted>,
    #[schemars(extend("x-untrusted" = "the code host"))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviewers: Vec<Untrusted>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct File {
    #[schemars(extend("x-untrusted" = "the repository"))]
    path: Untrusted,
    /// `added modified deleted renamed`.
    how: &'static str,
    additions: u32,
    deletions: u32,
    /// Commits that touched it, shortened, the last first.
    commits: Vec<String>,
    /// One entry for each of them, where a path was asked for.
    #[schemars(extend("x-untrusted" = "the repository"))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hunks: Vec<Untrusted>,
}

impl Tool for GetDiff {
    const NAME: &'static str = "get_diff";
    const TITLE: &'static str = "Get diff";
    const DESCRIPTION: &'static str = "What a deployment changed: commits with requests and authors, and files; with \
        `path` the hunks. Use before blaming a change: never blame a diff you have not read.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("files");
    type Arguments = Arguments;
    type Output = Diff;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Diff>, ToolError> {
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        call.progress(0.0, 1.0, "reading the changes").await;
        let changes = read(world, &found.state).await?;
        call.progress(1.0, 1.0, "read").await;
        let diff = diff(&changes, &arguments);
        if diff.files.is_empty() && (arguments.path.is_some() || arguments.commit.is_some()) {
            let why = "no file of this deployment is there, or no commit of that id: call it without `path` and `commit` to see which there are";
            return Err(ToolError::Absent(why.to_owned()));
        }
        Ok(Answer::of(diff))
    }
}

async fn read(world: &World, state: &State) -> Result<Changes, ToolError> {
    let plan = state.plan();
    let Some(from) = &plan.from else {
        let why = "it is the first release: there is no version to compare it with";
        return Err(ToolError::Absent(why.to_owned()));
    };
    let outside = world.outside.get();
    let place = outside
        .services
        .get(&(plan.service.clone(), plan.environment.clone()));
    let Some(code) = place.and_then(|place| place.code.as_ref()) else {
        let why = "it is not configured where the service's code is (`repo`), or the service is not configured any more";
        return Err(ToolError::Absent(why.to_owned()));
    };
    let bounds = Bounds {
        time: PATIENCE,
        ..Bounds::default()
    };
    let read = code.changes(from.as_str(), plan.to.as_str(), &bounds).await;
    read.map_err(|error| {
        ToolError::Unavailable(guard::redact::redact(&error.to_string()).into_owned())
    })
}

fn diff(changes: &Changes, arguments: &Arguments) -> Diff {
    let of_commit = |change: &&Change| {
        let wanted = arguments.commit.as_deref();
        wanted.is_none_or(|wanted| change.id.starts_with(wanted))
    };
    let told: Vec<&Change> = changes.changes.iter().rev().filter(of_commit).collect();
    Diff {
        from: changes.from.clone(),
        to: changes.to.clone(),
        relation: match changes.relation {
            Relation::Same => "same",
            Relation::Ahead => "ahead",
            Relation::Behind => "behind",
            Relation::Diverged => "diverged",
            Relation::Unrelated => "unrelated",
        },
        commits: match arguments.path {
            Some(_) => Vec::new(),
            None => told.iter().map(|change| commit(change)).collect(),
        },
        files: files(changes, &told, arguments),
        not_told: changes.missing.iter().map(missing).collect(),
    }
}

fn commit(change: &Change) -> Commit {
    Commit {
        id: change.id.clone(),
        title: Untrusted::line(&change.title),
        author: Untrusted::label(name(&change.author)),
        at: change.merged_at.map(time),
        request: change.request.as_ref().map(|request| Request {
            number: request.number,
            url: request.url.clone(),
            title: Untrusted::line(&request.title),
            author: Untrusted::label(&request.author),
            merged_by: request.merger.as_deref().map(Untrusted::label),
            reviewers: request
                .reviewers
                .iter()
                .map(|who| Untrusted::label(who))
                .collect(),
        }),
        url: change.url.clone(),
    }
}

/// The files by path, each with the commits that touched it; those of no known commit too.
fn files(changes: &Changes, told: &[&Change], arguments: &Arguments) -> Vec<File> {
    let own = told.iter().flat_map(|change| {
        change
            .files
            .iter()
            .map(|file| (Some(change.id.as_str()), file))
    });
    let unknown = changes.unattributed.iter().map(|file| (None, file));
    let unknown = unknown.filter(|_| arguments.commit.is_none());
    let mut found: BTreeMap<&str, File> = BTreeMap::new();
    for (commit, touched) in own.chain(unknown) {
        let hunks = match &arguments.path {
            Some(path) if !is_at(touched, path) => continue,
            Some(_) if !touched.patch.is_empty() => Some(Untrusted::new(&touched.patch, HUNKS)),
            _ => None,
        };
        let file = found.entry(&touched.path).or_insert_with(|| File {
            path: Untrusted::line(&touched.path),
            how: how(touched),
            additions: 0,
            deletions: 0,
            commits: Vec::new(),
            hunks: Vec::new(),
        });
        file.additions = file.additions.saturating_add(touched.additions);
        file.deletions = file.deletions.saturating_add(touched.deletions);
        file.commits
            .extend(commit.map(|id| id.chars().take(10).collect()));
        file.hunks.extend(hunks);
    }
    found.into_values().collect()
}

fn is_at(file: &TouchedFile, path: &str) -> bool {
    let here = |known: &str| known == path || (path.ends_with('/') && known.starts_with(path));
    here(&file.path) || file.old_path.as_deref().is_some_and(here)
}

fn how(file: &TouchedFile) -> &'static str {
    match file.how {
        Touched::Added => "added",
        Touched::Modified => "modified",
        Touched::Deleted => "deleted",
        Touched::Renamed => "renamed",
    }
}

fn missing(missing: &Missing) -> String {
    match missing {
        Missing::Commits(count) => format!("{count} older commits"),
        Missing::Files(count) => format!("{count} files"),
        Missing::Patches(count) => format!("hunks of {count} files"),
        Missing::Tails(count) => format!("the ends of the hunks of {count} files"),
        Missing::Unread(count) => format!("files of {count} commits"),
        Missing::Requests(count) => format!("the requests of {count} commits"),
        Missing::People(count) => format!("who merged and reviewed {count} requests"),
    }
}
