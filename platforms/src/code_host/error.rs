//! Why something was not written.

use std::time::Duration;

/// Why something was not written, or not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeHostError {
    /// The host wants to be left alone for so long.
    #[error("the host wants {} s of peace", .0.as_secs())]
    Wait(Duration),
    /// It surely was not done, and may be later.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Nobody knows whether it was done.
    #[error("perhaps done: {0}")]
    Unknown(String),
    /// The same will be refused again, until somebody sets something right.
    #[error("{what}: refused with {status} ({message}){}", advice(*status))]
    Refused {
        /// What was asked.
        what: String,
        /// The HTTP status.
        status: u16,
        /// The host's own words, shortened.
        message: String,
    },
}

fn advice(status: u16) -> &'static str {
    match status {
        401 => ": the credentials are wrong or over: put new ones into `auth`",
        403 => {
            ": the credentials may not write there: give them the rights that docs/integrations/github-webhooks.md names"
        }
        404 => ": there is no such thing, or the credentials may not see it",
        _ => "",
    }
}
