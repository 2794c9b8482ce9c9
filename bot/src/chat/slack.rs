//! Slack as a channel: one parent message per deployment, edited in place; what happens, in its thread.
//!
//! Outwards: [`SlackChannel`] says what the outbox hands it. Inwards: what people press, over HTTP or by a socket
//! that Tawny opens itself, becomes an answer like any other.

mod api;
mod channel;
mod command;
mod compose;
mod connect;
mod dialog;
mod digests;
mod events;
mod groups;
mod hearing;
mod home;
mod http;
mod incident;
mod interaction;
mod kept;
mod languages;
mod later;
mod looking;
pub mod manifest;
mod mention;
mod pace;
mod people;
mod pictures;
mod places;
mod posts;
mod press;
mod questions;
mod rounds;
mod seen;
mod socket;
mod together;
mod told;
mod verify;
mod whisper;
mod wish;

pub use api::ClientError;
pub use channel::SlackChannel;
pub use groups::{GroupUnknown, Groups};
pub(crate) use hearing::Hearing;
pub(crate) use http::Listener;
pub use rounds::SlackRounds;
pub(crate) use socket::SocketMode;
pub(crate) use verify::signature;

use journal::JournalError;

/// The name of the channel.
pub const CHANNEL: &str = "slack";

/// Why Slack cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// The client.
    #[error("chat.slack: {0}")]
    Client(#[from] ClientError),
    /// The journal.
    #[error("journal: {0}")]
    Journal(#[from] JournalError),
}
