//! GitHub, in the cloud or one's own (GitHub Enterprise Server).

mod account;
mod asked;
mod service;
mod shapes;
mod trees;
mod way;

use super::change::{Bounds, Changes};
use super::error::CodeError;
use super::remote::{Errand, Fault, HostConfig, Line, Manners, collect};
use account::Account;
pub use account::GitHubAuth;
use asked::Asked;
use std::sync::Arc;

const MANNERS: Manners = Manners {
    free_when_unchanged: true,
    accept: "application/vnd.github+json",
    version: Some(("x-github-api-version", "2022-11-28")),
};

/// One GitHub. Clones share connections, cache and rate limit.
#[derive(Clone, Debug)]
pub struct GitHub {
    line: Arc<Line>,
    account: Arc<Account>,
}

impl GitHub {
    /// Checks the settings; sends nothing.
    ///
    /// # Errors
    /// What cannot be used, and what was expected. Holds no secret.
    pub fn new(config: HostConfig, auth: &GitHubAuth) -> Result<Self, String> {
        let line = Arc::new(Line::new(config, MANNERS)?);
        let account = Arc::new(Account::new(auth, &line)?);
        Ok(Self { line, account })
    }

    /// A repository there; nothing is asked.
    #[must_use]
    pub fn repository(
        &self,
        owner: impl Into<String>,
        name: impl Into<String>,
    ) -> GitHubRepository {
        GitHubRepository {
            host: self.clone(),
            owner: owner.into(),
            name: name.into(),
        }
    }
}

/// A repository at GitHub.
#[derive(Clone, Debug)]
pub struct GitHubRepository {
    host: GitHub,
    owner: String,
    name: String,
}

impl GitHubRepository {
    /// Its page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}/{}", self.host.line.web(), self.owner, self.name)
    }

    /// What changed from one version to another: tags, branches or commits.
    ///
    /// # Errors
    /// [`CodeError::NotThere`] for an unknown version; [`CodeError::Host`] where nothing at all could be read.
    pub async fn changes(
        &self,
        from: &str,
        to: &str,
        bounds: &Bounds,
    ) -> Result<Changes, CodeError> {
        let errand = Errand::new(self.host.line.clone(), bounds.time);
        let asked = Asked::new(self, errand.clone()).map_err(|fault| self.error(&fault))?;
        collect(&asked, &errand, bounds, from, to).await
    }

    fn error(&self, fault: &Fault) -> CodeError {
        let advice = match fault.status() {
            Some(401) => "; the token is wrong or over: put a new one into `auth`",
            Some(403) => "; the token lacks the right to read contents and pull requests",
            Some(404) => {
                "; there is no such repository, or the credentials may not see it: they need the right to read \
                 contents and pull requests"
            }
            _ => "",
        };
        CodeError::Host {
            repository: self.url(),
            reason: format!("{fault}{advice}"),
        }
    }
}
