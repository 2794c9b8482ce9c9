//! Fetches a package and holds it against what was promised, before anything else sees it.

use super::allowed;
use super::config::{PackageSources, seconds};
use super::unpack::ArchiveError;
use backon::{ExponentialBuilder, Retryable};
use guard::plan::Package;
use md5::{Digest, Md5};
use reqwest::{Client, StatusCode, Url};
use sha2::Sha256;
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MAX_REDIRECTS: usize = 5;
const STALLED: Duration = Duration::from_secs(30);

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
    #[error("package {url}: it names neither md5 nor sha256: name one")]
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
        "package {url}: it is larger than {limit} bytes: raise `packages.max_bytes` if that is meant"
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

/// A package on disk, measured. The file goes away with the value.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) file: NamedTempFile,
    pub(super) size: u64,
    pub(super) md5: String,
    pub(super) sha256: String,
}

/// The URL without what may be secret in it.
pub(super) fn shown(url: &str) -> String {
    let short: String = url.chars().take(300).collect();
    match Url::parse(&short) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            // These fail only for URLs that can hold no credentials.
            let _ = url.set_password(None);
            let _ = url.set_username("");
            url.to_string()
        }
        Err(_) => short.escape_debug().to_string(),
    }
}

/// The client for packages: no redirect and no name leads outside of the allowed sources.
pub(super) fn client(sources: &PackageSources) -> Result<Client, reqwest::Error> {
    let allowed = sources.clone();
    let policy = reqwest::redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > MAX_REDIRECTS {
            return attempt.error("it is redirected too often");
        }
        // A redirect into the file system is never meant.
        let verdict = match attempt.url().scheme() {
            "file" => Err("it is redirected to a file".to_owned()),
            _ => allowed::check(attempt.url(), &allowed),
        };
        match verdict {
            Ok(()) => attempt.follow(),
            Err(why) => attempt.error(format!("it is redirected to a url that is refused: {why}")),
        }
    });
    Client::builder()
        .redirect(policy)
        .dns_resolver(allowed::Resolver {
            allow_loopback: sources.allow_loopback,
        })
        // A proxy would resolve names in its own way, past the check of addresses.
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(STALLED)
        .build()
}

/// Fetches a package into a fresh file in `folder`, and returns it only if it is what was promised.
pub(super) async fn download(
    client: &Client,
    sources: &PackageSources,
    package: &Package,
    folder: &Path,
) -> Result<Fetched, PackageError> {
    let at = shown(&package.url);
    let url = allowed::parse(&package.url, sources).map_err(|reason| PackageError::Refused {
        url: at.clone(),
        reason,
    })?;
    promises(package, sources, &at)?;
    let fetch = || async {
        let once = fetch(client, sources, package, &url, folder, &at);
        tokio::time::timeout(seconds(sources.timeout_s), once)
            .await
            .unwrap_or_else(|_| {
                Err(PackageError::TooSlow {
                    url: at.clone(),
                    limit_s: sources.timeout_s,
                })
            })
    };
    let pace = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_times(2)
        .with_jitter();
    let fetched = fetch
        .retry(pace)
        .when(|error| error.may_pass() && !matches!(error, PackageError::TooSlow { .. }))
        .await?;
    verify(package, &fetched, at)?;
    Ok(fetched)
}

fn promises(package: &Package, sources: &PackageSources, at: &str) -> Result<(), PackageError> {
    for (field, value, digits) in [("md5", &package.md5, 32), ("sha256", &package.sha256, 64)] {
        if let Some(value) = value
            && (value.len() != digits || !value.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return Err(PackageError::BadDigest {
                field,
                value: value
                    .chars()
                    .take(80)
                    .collect::<String>()
                    .escape_debug()
                    .to_string(),
                digits,
            });
        }
    }
    if sources.require_digest && package.md5.is_none() && package.sha256.is_none() {
        return Err(PackageError::NoDigest { url: at.to_owned() });
    }
    if package.size.is_some_and(|size| size > sources.max_bytes) {
        return Err(PackageError::TooLarge {
            url: at.to_owned(),
            limit: sources.max_bytes,
        });
    }
    Ok(())
}

/// Whether what came is what was promised: everything that is named has to match.
fn verify(package: &Package, found: &Fetched, url: String) -> Result<(), PackageError> {
    if let Some(expected) = package.size
        && expected != found.size
    {
        return Err(PackageError::WrongSize {
            url,
            expected,
            found: found.size,
        });
    }
    if let Some(expected) = &package.md5
        && !expected.eq_ignore_ascii_case(&found.md5)
    {
        return Err(PackageError::WrongMd5 {
            url,
            expected: expected.clone(),
            found: found.md5.clone(),
        });
    }
    if let Some(expected) = &package.sha256
        && !expected.eq_ignore_ascii_case(&found.sha256)
    {
        return Err(PackageError::WrongSha256 {
            url,
            expected: expected.clone(),
            found: found.sha256.clone(),
        });
    }
    Ok(())
}

async fn fetch(
    client: &Client,
    sources: &PackageSources,
    package: &Package,
    url: &Url,
    folder: &Path,
    at: &str,
) -> Result<Fetched, PackageError> {
    let mut sink = Sink::new(folder, at, sources.max_bytes, package.size)?;
    if url.scheme() == "file" {
        let path = allowed::file(url, sources).map_err(|reason| PackageError::Refused {
            url: at.to_owned(),
            reason,
        })?;
        read(&path, &mut sink).await?;
    } else {
        receive(client, url, &mut sink).await?;
    }
    sink.end().await
}

async fn read(path: &Path, sink: &mut Sink) -> Result<(), PackageError> {
    let refuse = |url: &str, reason: String| PackageError::Refused {
        url: url.to_owned(),
        reason,
    };
    // Opening a pipe would wait for a writer.
    if !path.is_file() {
        return Err(refuse(&sink.url, "it is not a regular file".to_owned()));
    }
    let mut file = File::open(path)
        .await
        .map_err(|error| refuse(&sink.url, error.to_string()))?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file
            .read(&mut buffer)
            .await
            .map_err(|error| refuse(&sink.url, error.to_string()))?;
        if count == 0 {
            return Ok(());
        }
        sink.push(buffer.get(..count).unwrap_or_default()).await?;
    }
}

async fn receive(client: &Client, url: &Url, sink: &mut Sink) -> Result<(), PackageError> {
    let unreachable = |url: &str, error: &reqwest::Error| {
        let reason = chain(error);
        if error.is_redirect() {
            PackageError::Refused {
                url: url.to_owned(),
                reason,
            }
        } else {
            PackageError::Unreachable {
                url: url.to_owned(),
                reason,
            }
        }
    };
    let mut answer = client
        .get(url.clone())
        .send()
        .await
        .map_err(|error| unreachable(&sink.url, &error.without_url()))?;
    if answer.status() != StatusCode::OK {
        return Err(PackageError::Status {
            url: sink.url.clone(),
            status: answer.status(),
        });
    }
    let announced = answer.content_length();
    sink.announce(announced)?;
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => sink.push(&chunk).await?,
            Ok(None) => return Ok(()),
            Err(_) => {
                return Err(PackageError::Truncated {
                    url: sink.url.clone(),
                    expected: announced.or(sink.promised),
                    found: sink.size,
                });
            }
        }
    }
}

/// Counts, measures and stores.
struct Sink {
    url: String,
    file: NamedTempFile,
    out: File,
    size: u64,
    limit: u64,
    promised: Option<u64>,
    md5: Md5,
    sha256: Sha256,
}

impl Sink {
    fn new(
        folder: &Path,
        url: &str,
        limit: u64,
        promised: Option<u64>,
    ) -> Result<Self, PackageError> {
        let disk = |error: std::io::Error| PackageError::Disk {
            url: url.to_owned(),
            reason: error.to_string(),
        };
        let file = tempfile::Builder::new()
            .prefix("package-")
            .tempfile_in(folder)
            .map_err(disk)?;
        let out = File::from_std(file.reopen().map_err(disk)?);
        Ok(Self {
            url: url.to_owned(),
            file,
            out,
            size: 0,
            limit,
            promised,
            md5: Md5::new(),
            sha256: Sha256::new(),
        })
    }

    fn announce(&self, length: Option<u64>) -> Result<(), PackageError> {
        let Some(found) = length else { return Ok(()) };
        match self.promised {
            Some(expected) if expected != found => Err(PackageError::WrongSize {
                url: self.url.clone(),
                expected,
                found,
            }),
            _ => self.fits(found),
        }
    }

    fn fits(&self, size: u64) -> Result<(), PackageError> {
        if size > self.limit {
            return Err(PackageError::TooLarge {
                url: self.url.clone(),
                limit: self.limit,
            });
        }
        Ok(())
    }

    async fn push(&mut self, chunk: &[u8]) -> Result<(), PackageError> {
        self.size += chunk.len() as u64;
        self.fits(self.size)?;
        self.md5.update(chunk);
        self.sha256.update(chunk);
        self.out
            .write_all(chunk)
            .await
            .map_err(|error| PackageError::Disk {
                url: self.url.clone(),
                reason: error.to_string(),
            })
    }

    async fn end(mut self) -> Result<Fetched, PackageError> {
        self.out.flush().await.map_err(|error| PackageError::Disk {
            url: self.url.clone(),
            reason: error.to_string(),
        })?;
        Ok(Fetched {
            file: self.file,
            size: self.size,
            md5: hex::encode(self.md5.finalize()),
            sha256: hex::encode(self.sha256.finalize()),
        })
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn bytes(count: Option<u64>) -> String {
    count.map_or_else(|| "more".to_owned(), |count| format!("{count}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        assert_eq!(
            shown("https://me:pw@host/a.tgz?X-Signature=s#f"),
            "https://host/a.tgz"
        );
    }

    #[test]
    fn a_package_without_any_digest_is_refused_unless_configured() {
        let package = Package {
            url: "https://h/a".into(),
            md5: None,
            sha256: None,
            size: Some(3),
            created_at: None,
        };
        let mut sources = PackageSources::default();
        assert!(matches!(
            promises(&package, &sources, "u"),
            Err(PackageError::NoDigest { .. })
        ));
        sources.require_digest = false;
        assert!(promises(&package, &sources, "u").is_ok());
        let bad = Package {
            md5: Some("xyz".into()),
            ..package
        };
        let error = promises(&bad, &sources, "u").unwrap_err().to_string();
        assert_eq!(error, "package.md5 `xyz`: expected 32 hex digits");
    }
}
