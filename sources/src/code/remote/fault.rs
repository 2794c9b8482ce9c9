//! What can go wrong with one request to a code host.

use std::time::Duration;

/// Why there is no answer. Holds no secret: what the host wrote is scrubbed and shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The time for all requests is over.
    #[error("the time for it was over")]
    Late,
    /// As many requests were made as are allowed for one release.
    #[error("all requests that it may cost were made")]
    Spent,
    /// The host wants to be left alone, longer than there is time.
    #[error("the host's rate limit is used up; it may be asked again in {} s", .0.as_secs())]
    Limited(Duration),
    /// No connection, or it broke.
    #[error("could not connect: {0}")]
    Connection(String),
    /// The host failed (5xx).
    #[error("the host failed with http {status}: {text}")]
    Failed {
        /// The status.
        status: u16,
        /// What it wrote.
        text: String,
    },
    /// The host says no (other 4xx).
    #[error("the host answered http {status}: {text}")]
    Refused {
        /// The status.
        status: u16,
        /// What it wrote.
        text: String,
    },
    /// An answer points to another host, to which nothing is sent.
    #[error("redirected to another place ({0}), which is not asked")]
    Elsewhere(String),
    /// The answer is longer than is read.
    #[error("the answer is longer than {} MB", .0 / 1_000_000)]
    TooLong(usize),
    /// The answer is not what is documented.
    #[error("the answer cannot be read: {0}")]
    Shape(String),
    /// The credentials cannot be used.
    #[error("{0}")]
    Unusable(String),
}

impl Fault {
    /// Whether the next request would meet the same end.
    pub(crate) fn ends_it(&self) -> bool {
        !matches!(
            self,
            Self::Refused { .. } | Self::TooLong(_) | Self::Shape(_)
        )
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::Failed { status, .. } => Some(*status),
            _ => None,
        }
    }
}
