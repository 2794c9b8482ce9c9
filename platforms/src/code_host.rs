//! Writes to a code host: how a deployment stands, what the verdict is, and which deliveries are to come again.
//!
//! None of it changes what runs, so none takes an [`Authority`](guard::authorise::Authority).

mod ask;
mod check;
mod deliveries;
mod error;
mod fix;
mod gate;
mod repository;
mod status;

pub use ask::{Credentials, GitHub, GitLab, Way};
pub use check::{Check, Conclusion};
pub use deliveries::{Delivery, Hook};
pub use error::CodeHostError;
pub use fix::{
    Draft, Guilty, Mender, Mends, Patched, Pin, Place, Proposal, ToMend, Words, Written, patched,
};
pub use gate::Callback;
pub use repository::{BadRepository, Repository};
pub use status::{DeployState, Status};
