//! Webhooks as their senders see them: what is answered, and that each counts once.

mod alerts;
mod closed;
mod deployments;
mod door;
mod kept;
mod linked;
pub(crate) mod sent;
