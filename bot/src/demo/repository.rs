//! The git repository of the demo's shop: weeks of commits by several people, and one of them guilty of what the
//! scenario shows. The same scenario and seed give the same commits, to the last digit.
//!
//! Made with the program `git`: the only libraries that write repositories are larger than the rest of the demo
//! together. Without it the demo plays all the same, and says so.

use super::scenario::Scenario;
use history::{BEFORE, BETWEEN, Change, guilty};
use mock_service::Vocabulary;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use stream::{Commit, Tree, stream};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

mod history;
mod stream;
mod words;

/// When the first commit was made: 2026-10-05 08:12:00 UTC, a Monday, in Unix seconds.
const FIRST: i64 = 1_791_187_920;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Why there is no repository.
#[derive(Debug, thiserror::Error)]
pub(super) enum RepositoryError {
    /// The program.
    #[error(
        "git cannot be run ({0}): the demo's shop has no commits to look at; install git for that"
    )]
    NoGit(std::io::Error),
    /// It was run and failed.
    #[error("git {what} failed: {said}")]
    Failed {
        /// The verb.
        what: &'static str,
        /// In its own words.
        said: String,
    },
    /// A piece that a commit replaces is not there, or not once.
    #[error(
        "commit `{commit}`: the piece to replace in {path} stands there {times} times: expected once"
    )]
    Piece {
        /// The commit's message.
        commit: &'static str,
        /// The file.
        path: &'static str,
        /// How often.
        times: usize,
    },
}

/// The repository as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repository {
    /// Its working folder.
    pub(super) path: PathBuf,
    /// The commit of the version that runs when the demo begins.
    pub(super) old: String,
    /// The commit of the version that comes.
    pub(super) new: String,
    /// The commit that does the harm, if one does.
    pub(super) guilty: Option<String>,
    /// What its code logs where the fault shows.
    pub(super) words: Vocabulary,
}

/// All commits in order, and the places of the old version's and the guilty one.
struct Story {
    commits: Vec<Commit>,
    old: usize,
    guilty: Option<usize>,
}

fn story(scenario: Scenario, seed: u64) -> Result<Story, RepositoryError> {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut changes: Vec<Change> = BEFORE.iter().chain(BETWEEN).copied().collect();
    let place = BEFORE.len() + dice.random_range(1..BETWEEN.len());
    let guilty = guilty(scenario).map(|change| {
        changes.insert(place, change);
        place
    });
    let mut tree = Tree::default();
    let mut at = FIRST;
    let mut commits = Vec::new();
    for change in changes {
        let files = tree.apply(&change)?;
        commits.push(Commit { change, at, files });
        at = next_working_hour(at + dice.random_range(HOUR..38 * HOUR));
    }
    Ok(Story {
        commits,
        old: BEFORE.len() - 1,
        guilty,
    })
}

/// Nobody commits at night or at the weekend.
fn next_working_hour(at: i64) -> i64 {
    let mut at = at;
    loop {
        // The first of January 1970 was a Thursday.
        let (day, hour) = ((at.div_euclid(DAY) + 3) % 7, at.rem_euclid(DAY) / HOUR);
        if day >= 5 || hour >= 18 {
            at += 13 * HOUR;
        } else if hour < 7 {
            at += 5 * HOUR;
        } else {
            return at;
        }
    }
}

/// Makes it in a folder that is not there yet; both versions are tags.
pub(super) async fn make(
    path: &Path,
    scenario: Scenario,
    seed: u64,
    tags: (&str, &str),
) -> Result<Repository, RepositoryError> {
    let story = story(scenario, seed)?;
    let last = story.commits.len() - 1;
    let text = stream(&story.commits, &[(tags.0, story.old), (tags.1, last)]);
    let folder = path.display().to_string();
    git(
        None,
        &["init", "--quiet", "--initial-branch=main", &folder],
        "",
    )
    .await?;
    git(
        Some(path),
        &["fast-import", "--quiet", "--export-marks=.git/marks"],
        &text,
    )
    .await?;
    git(Some(path), &["checkout", "--quiet", "main"], "").await?;
    let marks = tokio::fs::read_to_string(path.join(".git/marks"))
        .await
        .map_err(|error| RepositoryError::Failed {
            what: "fast-import",
            said: error.to_string(),
        })?;
    let marks: BTreeMap<usize, &str> = marks
        .lines()
        .filter_map(|line| {
            let (mark, hash) = line.strip_prefix(':')?.split_once(' ')?;
            Some((mark.parse().ok()?, hash))
        })
        .collect();
    let hash = |place: usize| {
        let found = marks.get(&stream::mark(place));
        found.map(|hash| (*hash).to_owned()).unwrap_or_default()
    };
    Ok(Repository {
        path: path.to_owned(),
        old: hash(story.old),
        new: hash(last),
        guilty: story.guilty.map(hash),
        words: words::words(scenario, &story.commits),
    })
}

/// Runs git as nobody in particular configured it.
async fn git(
    folder: Option<&Path>,
    arguments: &[&str],
    input: &str,
) -> Result<(), RepositoryError> {
    let what = match arguments.first() {
        Some(&"init") => "init",
        Some(&"checkout") => "checkout",
        _ => "fast-import",
    };
    let mut command = Command::new("git");
    if let Some(folder) = folder {
        command.arg("-C").arg(folder);
    }
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    let mut child = command
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_DEFAULT_HASH", "sha1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(RepositoryError::NoGit)?;
    let failed = |said: String| RepositoryError::Failed { what, said };
    if let Some(mut stdin) = child.stdin.take() {
        // It says itself why it reads no more.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let ended = child
        .wait_with_output()
        .await
        .map_err(|error| failed(error.to_string()))?;
    if ended.status.success() {
        Ok(())
    } else {
        Err(failed(
            String::from_utf8_lossy(&ended.stderr).trim().to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests;
