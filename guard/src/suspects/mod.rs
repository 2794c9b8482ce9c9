//! Which change did it: the changes of a deployment, ranked by what hurts, without a model of language.
//!
//! Everything is counted from the case alone: the same case gives the same answer.

mod case;
mod commonness;
mod elsewhere;
pub mod facts;
mod features;
mod frames;
mod lexical;
mod meets;
mod model;
mod nature;
mod patch;
mod query;
mod rank;
mod reason;
mod risk;
mod tongue;
mod topics;
mod words;

pub use case::{
    Case, Change, Context, Control, Dependency, Deployment, File, Moved, Neighbour, SameHour,
    Status, Symptoms, Traffic,
};
pub use elsewhere::{Elsewhere, Supports};
pub use features::{FEATURES, NAMES};
pub use frames::{Frame, frames, is_library, parse};
pub use nature::{Nature, nature};
pub use patch::{Hunk, Line, Side, hunks};
pub use rank::{Ranking, Suspect, Verdict, rank};
pub use reason::{Meets, Place, Reason};
pub use topics::Topic;

/// What the model sees of each change: for those who fit it.
#[must_use]
pub fn features(case: &Case) -> Vec<[f64; FEATURES]> {
    features::Seen::of(case).rows
}
