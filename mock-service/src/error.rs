use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a mock service or its traffic could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum MockServiceError {
    /// An option has a value the shop cannot use.
    #[error("{name} is {value:?}, expected {expected}")]
    Option {
        /// The option as typed.
        name: &'static str,
        /// What it was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// An address is taken or not ours.
    #[error("cannot listen on {address} ({option}): {source}; choose another or port 0")]
    Listen {
        /// The option that named the address.
        option: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The state folder cannot be used.
    #[error("cannot use the state folder {path:?}: {source}")]
    State {
        /// The folder or file in it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The HTTP client could not be made.
    #[error("cannot make an HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}
