//! What can be wrong with a package.

use super::unpack::ArchiveError;
use reqwest::StatusCode;

/// Why a package cannot be used. Nothing was touched. URLs are shown without their query, which may
/// hold a signature.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The URL may not be fetched.
    #[error("package {url}: {reason}")]
    Refused {
        /// The URL.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Neither MD5 nor SHA-256 is named.
    #[error(
        "package {url}: it names neither md5 nor sha256: say one with the deployment (`--sha256 HEX`), or under `versions` of the service"
    )]
    NoDigest {
        /// The URL.
        url: String,
    },
    /// A digest is no digest.
    #[error("package.{field} `{value}`: expected {digits} hex digits")]
    BadDigest {
        /// `md5` or `sha256`.
        field: &'static str,
        /// As named, shortened.
        value: String,
        /// How many digits it has.
        digits: usize,
    },
    /// The server did not answer.
    #[error("package {url}: the server cannot be reached: {reason}")]
    Unreachable {
        /// The URL.
        url: String,
        /// What was said.
        reason: String,
    },
    /// The server answered something else than the package.
    #[error("package {url}: the server answered {status}: expected 200")]
    Status {
        /// The URL.
        url: String,
        /// The answer.
        status: StatusCode,
    },
    /// The body ended early.
    #[error("package {url}: the body was cut off after {found} bytes: expected {}", bytes(*expected))]
    Truncated {
        /// The URL.
        url: String,
        /// Bytes announced, if they were.
        expected: Option<u64>,
        /// Bytes that came.
        found: u64,
    },
    /// It is larger than allowed.
    #[error(
        "package {url}: it is larger than {limit} bytes: raise `packages.max_size` if that is meant"
    )]
    TooLarge {
        /// The URL.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// It took too long.
    #[error("package {url}: it did not arrive within {limit_s} s")]
    TooSlow {
        /// The URL.
        url: String,
        /// The limit in seconds.
        limit_s: f64,
    },
    /// The size is not the promised one.
    #[error("package {url}: its size is {found} bytes: expected {expected}")]
    WrongSize {
        /// The URL.
        url: String,
        /// As promised.
        expected: u64,
        /// As found.
        found: u64,
    },
    /// The MD5 is not the promised one.
    #[error("package {url}: its md5 is {found}: expected {expected}")]
    WrongMd5 {
        /// The URL.
        url: String,
        /// As promised.
        expected: String,
        /// As found.
        found: String,
    },
    /// The SHA-256 is not the promised one.
    #[error("package {url}: its sha256 is {found}: expected {expected}")]
    WrongSha256 {
        /// The URL.
        url: String,
        /// As promised.
        expected: String,
        /// As found.
        found: String,
    },
    /// The disk said no.
    #[error("package {url}: it cannot be stored: {reason}")]
    Disk {
        /// The URL.
        url: String,
        /// What was said.
        reason: String,
    },
    /// What it holds cannot be unpacked.
    #[error("package {url}: {error}")]
    Archive {
        /// The URL.
        url: String,
        /// Why not.
        error: ArchiveError,
    },
}

impl PackageError {
    /// Whether the same fetch may succeed later without anybody mending anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Truncated { .. } | Self::TooSlow { .. } => true,
            Self::Status { status, .. } => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            _ => false,
        }
    }
}

fn bytes(count: Option<u64>) -> String {
    count.map_or_else(|| "more".to_owned(), |count| format!("{count}"))
}
