//! What changed between two versions: commits, the files that they touched, and how.

mod change;
mod error;
mod local;

pub use change::{Bounds, Change, Changes, Missing, Relation, Touched, TouchedFile};
pub use error::CodeError;
pub use local::LocalRepository;
