//! Writes to a code host: how a deployment stands, what the verdict is, and which deliveries are to come again.
//!
//! None of it changes what runs, so none takes an [`Authority`](guard::authorise::Authority).

mod ask;
mod check;
mod deliveries;
mod error;
mod repository;
mod status;

pub use ask::{Credentials, GitHub, Way};
pub use check::{Check, Conclusion};
pub use deliveries::{Delivery, Hook};
pub use error::CodeHostError;
pub use repository::{BadRepository, Repository};
pub use status::{DeployState, Status};
