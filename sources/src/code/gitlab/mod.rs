//! GitLab, in the cloud or one's own.

mod asked;
mod shapes;
mod way;

use super::change::{Bounds, Changes};
use super::error::CodeError;
use super::remote::{Errand, Fault, HostConfig, Line, Manners, collect};
use asked::Asked;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

const MANNERS: Manners = Manners {
    free_when_unchanged: false,
    accept: "application/json",
    version: None,
};
const TOKEN: HeaderName = HeaderName::from_static("private-token");

/// One GitLab. Clones share connections, cache and rate limit.
#[derive(Clone, Debug)]
pub struct GitLab {
    line: Arc<Line>,
    credentials: HeaderMap,
}

impl GitLab {
    /// Checks the settings; sends nothing. The token is a personal, group or project access token with `read_api`.
    ///
    /// # Errors
    /// What cannot be used, and what was expected. Holds no secret.
    pub fn new(config: HostConfig, token: Option<&SecretString>) -> Result<Self, String> {
        let line = Arc::new(Line::new(config, MANNERS)?);
        let mut credentials = HeaderMap::new();
        if let Some(token) = token {
            line.hide(token);
            let mut value = HeaderValue::from_str(token.expose_secret())
                .map_err(|_| "the token has characters that a header cannot carry")?;
            value.set_sensitive(true);
            credentials.insert(TOKEN, value);
        }
        Ok(Self { line, credentials })
    }

    /// A project there, `group/subgroup/name`; nothing is asked.
    #[must_use]
    pub fn repository(&self, path: impl Into<String>) -> GitLabRepository {
        GitLabRepository {
            host: self.clone(),
            path: path.into(),
        }
    }
}

/// A repository at GitLab.
#[derive(Clone, Debug)]
pub struct GitLabRepository {
    host: GitLab,
    path: String,
}

impl GitLabRepository {
    /// Its page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.host.line.web(), self.path)
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
        collect(&Asked::new(self, &errand), &errand, bounds, from, to).await
    }

    fn error(&self, fault: &Fault) -> CodeError {
        let advice = match fault.status() {
            Some(401) => "; the token is wrong or over: put a new one into `token`",
            Some(403) => "; the token lacks the scope `read_api`",
            Some(404) => {
                "; there is no such project, or the token may not see it: it needs the scope `read_api`"
            }
            _ => "",
        };
        CodeError::Host {
            repository: self.url(),
            reason: format!("{fault}{advice}"),
        }
    }
}
