//! What changed between two versions: commits, the requests by which they came, the files that they touched, and how.

mod change;
mod error;
mod github;
mod gitlab;
mod local;
mod remote;
mod repository;

pub use change::{Bounds, Change, Changes, Missing, Relation, Request, Touched, TouchedFile};
pub use error::CodeError;
pub use github::{GitHub, GitHubAuth, GitHubRepository};
pub use gitlab::{GitLab, GitLabRepository};
pub use local::LocalRepository;
pub use remote::HostConfig;
pub use repository::Repository;
