//! The way to one code host: one client, one cache, one pace, whoever asks.

use super::cache::Cache;
use super::pace::Pace;
use crate::metrics::transport::{careful_client, is_loopback, web_url};
use crate::metrics::{Proxy, Tls};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Where a code host is and how politely to ask it. `Debug` prints no secret.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// What people open: `https://github.com`, `https://gitlab.example.com/prefix`. Links begin with it.
    pub web_url: String,
    /// Where its API is: `https://api.github.com`, `https://gitlab.example.com/prefix/api/v4`. Nothing else is asked.
    pub api_url: String,
    /// Longest time for one attempt.
    pub timeout: Duration,
    /// Most requests under way at once, over all that ask it.
    pub concurrency: usize,
    /// Most requests for one release; where the host answers for nothing that nothing changed, that is not counted.
    pub requests: usize,
    /// Who is trusted, and the client certificate to show.
    pub tls: Tls,
    /// How it is reached.
    pub proxy: Proxy,
}

impl HostConfig {
    /// Usual manners: 5 s for an attempt, six at once, 240 for a release.
    #[must_use]
    pub fn new(web_url: impl Into<String>, api_url: impl Into<String>) -> Self {
        Self {
            web_url: web_url.into(),
            api_url: api_url.into(),
            timeout: Duration::from_secs(5),
            concurrency: 6,
            requests: 240,
            tls: Tls::default(),
            proxy: Proxy::default(),
        }
    }
}

/// In what the hosts differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    /// Whether an answer that is still the same (304) costs nothing of the host's rate limit.
    pub(crate) free_when_unchanged: bool,
    /// The media type to ask for.
    pub(crate) accept: &'static str,
    /// A header that says which API is meant.
    pub(crate) version: Option<(&'static str, &'static str)>,
}

/// The way to one code host.
pub(crate) struct Line {
    pub(super) http: reqwest::Client,
    pub(super) base: Url,
    pub(super) config: HostConfig,
    pub(super) manners: Manners,
    pub(super) pace: Pace,
    pub(super) slots: Semaphore,
    pub(super) gzip: bool,
    web: String,
    cache: Mutex<Cache>,
    secrets: Mutex<Vec<SecretString>>,
}

impl Line {
    pub(crate) fn new(config: HostConfig, manners: Manners) -> Result<Self, String> {
        let base = web_url("api_url", &config.api_url)?;
        let web = web_url("url", &config.web_url)?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err("api_url holds credentials, expected them apart".to_owned());
        }
        if config.requests == 0 || config.concurrency == 0 {
            return Err("no requests are allowed, expected at least 1".to_owned());
        }
        let connecting = config.timeout / 2;
        Ok(Self {
            http: careful_client(&config.tls, &config.proxy, connecting, &base)?,
            gzip: !is_loopback(&base),
            base,
            manners,
            pace: Pace::default(),
            slots: Semaphore::new(config.concurrency.min(Semaphore::MAX_PERMITS)),
            web: web.as_str().trim_end_matches('/').to_owned(),
            config,
            cache: Mutex::default(),
            secrets: Mutex::default(),
        })
    }

    /// Where the API is.
    pub(crate) fn api(&self) -> Url {
        self.base.clone()
    }

    /// The client; it follows no redirects.
    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// What links begin with, without a slash at its end.
    pub(crate) fn web(&self) -> &str {
        &self.web
    }

    /// From now on this is blotted out of everything that the host writes.
    pub(crate) fn hide(&self, secret: &SecretString) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        // Tokens that live for an hour come one after another.
        if secrets.len() >= 16 {
            secrets.remove(1);
        }
        secrets.push(secret.clone());
    }

    pub(super) fn scrub(&self, text: &str) -> String {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().fold(text.to_owned(), |text, secret| {
            match secret.expose_secret() {
                "" => text,
                secret => text.replace(secret, "[secret]"),
            }
        })
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an address is below the configured one.
    pub(super) fn owns(&self, url: &Url) -> bool {
        let prefix = self.base.path().trim_end_matches('/');
        let below = url.path().strip_prefix(prefix);
        url.origin() == self.base.origin()
            && below.is_some_and(|rest| rest.starts_with('/'))
            && url.username().is_empty()
            && url.password().is_none()
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_the_configured_address_is_its_own() {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let config = HostConfig::new("https://ghe.example", "https://ghe.example/api/v3/");
        let manners = Manners {
            free_when_unchanged: true,
            accept: "*/*",
            version: None,
        };
        let line = Line::new(config, manners).unwrap();
        let owns = |url: &str| line.owns(&Url::parse(url).unwrap());
        assert!(owns("https://ghe.example/api/v3/repos/a/b"));
        for other in [
            "https://ghe.example/api/v30/repos",
            "https://ghe.example/login",
            "http://ghe.example/api/v3/repos",
            "https://ghe.example:444/api/v3/repos",
            "https://ghe.example.evil/api/v3/repos",
            "https://me@ghe.example/api/v3/repos",
            "https://ghe.example/api/v3/../../login",
        ] {
            assert!(!owns(other), "{other}");
        }
        assert_eq!(line.web(), "https://ghe.example");
    }
}
