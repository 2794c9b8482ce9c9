//! A repository, wherever it is.

use super::change::{Bounds, Changes};
use super::error::CodeError;
use super::github::GitHubRepository;
use super::gitlab::GitLabRepository;
use super::local::LocalRepository;

/// Where the code of a service is.
#[derive(Debug, Clone)]
pub enum Repository {
    /// On this machine.
    Local(LocalRepository),
    /// At GitHub.
    GitHub(GitHubRepository),
    /// At GitLab.
    GitLab(GitLabRepository),
}

impl Repository {
    /// What changed from one version to another. What is on this machine is read on a thread for that.
    ///
    /// # Errors
    /// As [`LocalRepository::changes`], [`GitHubRepository::changes`] and [`GitLabRepository::changes`].
    pub async fn changes(
        &self,
        from: &str,
        to: &str,
        bounds: &Bounds,
    ) -> Result<Changes, CodeError> {
        match self {
            Self::Local(local) => {
                let (local, from, to) = (local.clone(), from.to_owned(), to.to_owned());
                let (path, bounds) = (local.path().to_owned(), *bounds);
                let span = tracing::Span::current();
                let read = move || span.in_scope(|| local.changes(&from, &to, &bounds));
                let read = tokio::task::spawn_blocking(read).await;
                read.unwrap_or_else(|error| {
                    let reason = error.to_string();
                    Err(CodeError::Unreadable { path, reason })
                })
            }
            Self::GitHub(there) => there.changes(from, to, bounds).await,
            Self::GitLab(there) => there.changes(from, to, bounds).await,
        }
    }
}
