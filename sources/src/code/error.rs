//! Why a code host or a repository tells nothing.

use std::path::PathBuf;

/// Why nothing is known of what changed.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// There is no repository.
    #[error("{} is no git repository that can be read: {reason}", path.display())]
    NoRepository {
        /// Where one was expected.
        path: PathBuf,
        /// In the library's words.
        reason: String,
    },
    /// A version is unknown there.
    #[error(
        "`{version}` is no tag, branch or commit of {}: expected what the deployment calls its version, or a commit; \
         fetch it there, or say which commit it is",
        path.display()
    )]
    NoVersion {
        /// Which.
        version: String,
        /// Of which repository.
        path: PathBuf,
    },
    /// A version is unknown to a code host.
    #[error(
        "`{version}` is no tag, branch or commit of {repository}: expected what the deployment calls its version, or \
         a commit; push it there, or say which commit it is"
    )]
    NotThere {
        /// Which.
        version: String,
        /// Of which repository, as a URL.
        repository: String,
    },
    /// A code host says nothing about a repository.
    #[error("{repository} cannot be read: {reason}")]
    Host {
        /// Which, as a URL.
        repository: String,
        /// Why, and what to do about it. Holds no secret.
        reason: String,
    },
    /// An object is missing or broken, as in a shallow clone.
    #[error("the repository {} cannot be read to the end: {reason}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// In the library's words.
        reason: String,
    },
}
