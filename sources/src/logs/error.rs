//! Why a log cannot be read.

use std::path::PathBuf;
use std::time::Duration;

/// Why a log cannot be read. No text of it holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A setting.
    #[error("{0}")]
    Unusable(String),
    /// A file.
    #[error("reading {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No file is there.
    #[error("no file is there that fits `{0}`: expected at least one that tawny may read")]
    NoFile(String),
    /// `journalctl`.
    #[error("journalctl: {0}")]
    Journald(String),
    /// Nobody answers.
    #[error("{url}: {reason}")]
    Unreachable {
        /// Who, without parameters.
        url: String,
        /// Why.
        reason: String,
    },
    /// The answer is an error.
    #[error("{url}: status {status}: {said}")]
    Refused {
        /// Who, without parameters.
        url: String,
        /// The status.
        status: u16,
        /// What it says, redacted and cut.
        said: String,
    },
    /// The answer is none.
    #[error("{url}: the answer is not as expected: {reason}")]
    Unreadable {
        /// Who, without parameters.
        url: String,
        /// Why.
        reason: String,
    },
    /// The time is over.
    #[error("not done after {} s", .0.as_secs_f64())]
    TooLong(Duration),
}
