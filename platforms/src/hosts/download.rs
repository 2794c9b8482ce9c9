//! Fetches a package and holds it against what was promised, before anything else sees it.

use super::allowed;
use super::config::{PackageSources, seconds};
use super::package_error::PackageError;
use super::sink::{Fetched, Sink};
use backon::{ExponentialBuilder, Retryable};
use guard::plan::Package;
use reqwest::{Client, StatusCode, Url};
use std::path::Path;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

const MAX_REDIRECTS: usize = 5;
const STALLED: Duration = Duration::from_secs(30);

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

/// Whether a package could be taken, as far as can be told without asking for it.
pub(super) fn acceptable(package: &Package, sources: &PackageSources) -> Result<(), PackageError> {
    let at = shown(&package.url);
    place(package, sources, &at)?;
    promises(package, sources, &at)
}

fn place(package: &Package, sources: &PackageSources, at: &str) -> Result<Url, PackageError> {
    allowed::parse(&package.url, sources).map_err(|reason| PackageError::Refused {
        url: at.to_owned(),
        reason,
    })
}

/// Fetches a package into a fresh file in `folder`, and returns it only if it is what was promised.
pub(super) async fn download(
    client: &Client,
    sources: &PackageSources,
    package: &Package,
    folder: &Path,
) -> Result<Fetched, PackageError> {
    let at = shown(&package.url);
    let url = place(package, sources, &at)?;
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
