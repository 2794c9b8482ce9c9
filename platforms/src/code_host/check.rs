//! Check runs: the verdict beside the commit.

use super::ask::GitHub;
use super::error::CodeHostError;
use super::repository::Repository;
use super::status::cut;
use serde::Deserialize;
use serde_json::{Value, json};

/// Characters of a title and of a summary.
const TITLE: usize = 200;
const SUMMARY: usize = 60_000;

/// What a check run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Good.
    Success,
    /// It hurts.
    Failure,
    /// Nobody can be sure.
    Neutral,
    /// It never came so far.
    Cancelled,
}

impl Conclusion {
    /// GitHub's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Neutral => "neutral",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it is called.
    pub name: String,
    /// Our own id of it: by that we know it again.
    pub own_id: String,
    /// Our page of it.
    pub page: String,
    /// What it came to; none while it goes on.
    pub conclusion: Option<Conclusion>,
    /// In a line.
    pub title: String,
    /// In Markdown.
    pub summary: String,
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    external_id: Option<String>,
}

impl GitHub {
    /// Begins a check run; its id.
    ///
    /// # Errors
    /// Why not; [`CodeHostError::Unknown`] where it perhaps was begun.
    pub async fn begin_check(
        &self,
        repository: &Repository,
        commit: &str,
        check: &Check,
    ) -> Result<u64, CodeHostError> {
        let mut body = body(check);
        body["name"] = json!(check.name);
        body["head_sha"] = json!(commit);
        body["external_id"] = json!(check.own_id);
        let path = format!("/repos/{repository}/check-runs");
        let answer = self.post(&path, &body).await?;
        let id = answer["id"].as_u64();
        id.ok_or_else(|| CodeHostError::Unknown(format!("{path}: no id in the answer")))
    }

    /// Changes one that was begun.
    ///
    /// # Errors
    /// Why not.
    pub async fn change_check(
        &self,
        repository: &Repository,
        id: u64,
        check: &Check,
    ) -> Result<(), CodeHostError> {
        let path = format!("/repos/{repository}/check-runs/{id}");
        self.patch(&path, &body(check)).await.map(drop)
    }

    /// The run of ours that was perhaps begun.
    ///
    /// # Errors
    /// What the host refused.
    pub async fn find_check(
        &self,
        repository: &Repository,
        commit: &str,
        own_id: &str,
    ) -> Result<Option<u64>, CodeHostError> {
        let path =
            format!("/repos/{repository}/commits/{commit}/check-runs?filter=all&per_page=100");
        let runs: Runs = serde_json::from_value(self.get(&path).await?)
            .map_err(|_| CodeHostError::NotSent(format!("{path}: a strange answer")))?;
        let mut runs = runs.check_runs.into_iter();
        let own = runs.find(|run| run.external_id.as_deref() == Some(own_id));
        Ok(own.map(|run| run.id))
    }
}

fn body(check: &Check) -> Value {
    let mut body = json!({
        "details_url": check.page,
        "status": if check.conclusion.is_some() { "completed" } else { "in_progress" },
        "output": { "title": cut(&check.title, TITLE), "summary": cut(&check.summary, SUMMARY) },
    });
    if let Some(conclusion) = check.conclusion {
        body["conclusion"] = json!(conclusion.as_str());
    }
    body
}
