//! Statuses of deployments.

use super::ask::GitHub;
use super::error::CodeHostError;
use super::repository::Repository;
use serde::Deserialize;
use serde_json::json;

/// Characters of a description that GitHub takes.
const LONGEST: usize = 140;

/// How a deployment stands, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployState {
    /// It waits for its turn.
    Queued,
    /// It is being made, or watched.
    InProgress,
    /// It is out and good.
    Success,
    /// It is not, or it hurts.
    Failure,
    /// Another one took over.
    Inactive,
}

impl DeployState {
    /// GitHub's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Inactive => "inactive",
        }
    }
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How it stands.
    pub state: DeployState,
    /// The same in a sentence; what is beyond 140 characters is cut.
    pub description: String,
    /// Our page of it: by that we know our own statuses again.
    pub page: String,
}

#[derive(Deserialize)]
struct Known {
    state: String,
    #[serde(default)]
    log_url: String,
}

impl GitHub {
    /// Says how a deployment stands.
    ///
    /// # Errors
    /// Why not; [`CodeHostError::Unknown`] where it perhaps was said.
    pub async fn say_status(
        &self,
        repository: &Repository,
        deployment: u64,
        status: &Status,
    ) -> Result<(), CodeHostError> {
        let body = json!({
            "state": status.state.as_str(),
            "description": cut(&status.description, LONGEST),
            "log_url": status.page,
            "environment_url": status.page,
            // Which deployment is in force is for whoever deploys to say.
            "auto_inactive": false,
        });
        let path = format!("/repos/{repository}/deployments/{deployment}/statuses");
        self.post(&path, &body).await.map(drop)
    }

    /// Whether the last status of ours says this already.
    ///
    /// # Errors
    /// What the host refused.
    pub async fn says_status(
        &self,
        repository: &Repository,
        deployment: u64,
        status: &Status,
    ) -> Result<bool, CodeHostError> {
        // The newest first.
        let path = format!("/repos/{repository}/deployments/{deployment}/statuses?per_page=100");
        let known: Vec<Known> = serde_json::from_value(self.get(&path).await?)
            .map_err(|_| CodeHostError::NotSent(format!("{path}: a strange answer")))?;
        let own = known.iter().find(|known| known.log_url == status.page);
        Ok(own.is_some_and(|own| own.state == status.state.as_str()))
    }

    /// The commit of a deployment.
    ///
    /// # Errors
    /// What the host refused.
    pub async fn commit_of_deployment(
        &self,
        repository: &Repository,
        deployment: u64,
    ) -> Result<String, CodeHostError> {
        let path = format!("/repos/{repository}/deployments/{deployment}");
        sha(&path, &self.get(&path).await?)
    }

    /// The commit of a tag, a branch or a commit.
    ///
    /// # Errors
    /// What the host refused.
    pub async fn commit_of(
        &self,
        repository: &Repository,
        version: &str,
    ) -> Result<String, CodeHostError> {
        // A version is letters, digits and a few signs, of which `+` and `@` mean themselves in a path.
        let path = format!("/repos/{repository}/commits/{version}");
        sha(&path, &self.get(&path).await?)
    }
}

fn sha(path: &str, answer: &serde_json::Value) -> Result<String, CodeHostError> {
    let sha = answer["sha"].as_str().unwrap_or_default();
    let good = sha.len() >= 40 && sha.chars().all(|c| c.is_ascii_hexdigit());
    good.then(|| sha.to_owned())
        .ok_or_else(|| CodeHostError::NotSent(format!("{path}: no commit in the answer")))
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept = text.chars().take(most.saturating_sub(1));
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_description_is_cut_by_characters_and_says_that_it_is() {
        assert_eq!(cut("爱爱爱", 3), "爱爱爱");
        assert_eq!(cut("爱爱爱爱", 3), "爱爱…");
    }
}
