//! Answers to deployment protection rules.

use super::ask::GitHub;
use super::error::CodeHostError;
use super::repository::Repository;
use super::status::cut;
use serde_json::json;

/// Characters of a comment.
const COMMENT: usize = 1000;

/// Where a rule is answered: a run of a workflow in a repository, and nothing else that an address could lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    repository: Repository,
    run: u64,
}

impl Callback {
    /// Of the address that GitHub names, by its end alone: its host is not believed, the configured one is asked.
    #[must_use]
    pub fn of(url: &str, repository: &Repository) -> Option<Self> {
        let (_, rest) = url.split_once(&format!("/repos/{repository}/actions/runs/"))?;
        let run = rest.strip_suffix("/deployment_protection_rule")?;
        Some(Self {
            repository: repository.clone(),
            run: run.parse().ok()?,
        })
    }
}

impl GitHub {
    /// Lets a deployment begin, or not.
    ///
    /// # Errors
    /// Why it was not answered.
    pub async fn answer_gate(
        &self,
        callback: &Callback,
        environment: &str,
        approved: bool,
        comment: &str,
    ) -> Result<(), CodeHostError> {
        let Callback { repository, run } = callback;
        let path = format!("/repos/{repository}/actions/runs/{run}/deployment_protection_rule");
        let body = json!({
            "environment_name": environment,
            "state": if approved { "approved" } else { "rejected" },
            "comment": cut(comment, COMMENT),
        });
        self.post(&path, &body).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_run_of_its_repository_and_nothing_else() {
        let repository = Repository::new("acme/shop").unwrap();
        let of = |url: &str| Callback::of(url, &repository).map(|callback| callback.run);
        let good =
            "https://api.github.com/repos/acme/shop/actions/runs/17/deployment_protection_rule";
        assert_eq!(of(good), Some(17));
        // Wherever it seems to lead, the configured host is asked.
        assert_eq!(
            of(&good.replace("api.github.com", "evil.example")),
            Some(17)
        );
        for bad in [
            "https://api.github.com/repos/acme/other/actions/runs/17/deployment_protection_rule",
            "https://api.github.com/repos/acme/shop/actions/runs/17/../../x/deployment_protection_rule",
            "https://api.github.com/repos/acme/shop/actions/runs/17/cancel",
            "http://169.254.169.254/latest",
            "",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
