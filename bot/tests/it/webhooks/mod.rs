//! Webhooks as their senders see them: what is answered, and that each counts once.

mod alerts;
mod deployments;
mod door;
mod kept;
pub(crate) mod sent;
