//! Asking a web address for logs: bounded, without redirects, and never with the token in a text.

use super::error::LogError;
use crate::metrics::client::{authorization, extra_headers};
use crate::metrics::error::without_userinfo;
use crate::metrics::transport::{causes, client, web_url};
use crate::metrics::{Auth, PrometheusConfig, SecretString, Tls};
use guard::redact::{MASK, redact};
use reqwest::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use secrecy::ExposeSecret;
use std::time::Duration;

/// What is shown of an answer that is an error, in bytes.
const SAID: usize = 300;
/// A wait that is asked for and longer than this is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// A server, and how to prove who asks. `Debug` prints no secret.
#[derive(Clone)]
pub struct Web {
    base: Url,
    client: reqwest::Client,
    headers: HeaderMap,
    secrets: Vec<SecretString>,
}

/// A successful answer.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The body was longer than was wanted.
    pub(super) cut: bool,
}

impl Web {
    /// Checks the settings and sends nothing; `timeout` is for connecting.
    ///
    /// # Errors
    /// [`LogError::Unusable`]: the URL, a header or a certificate cannot be used.
    pub fn new(
        base: &str,
        auth: Auth,
        headers: &[(String, SecretString)],
        tls: Tls,
        timeout: Duration,
    ) -> Result<Self, LogError> {
        let built = || {
            let base = web_url("url", base)?;
            let mut config = PrometheusConfig::new(base.as_str());
            config.timeout = timeout;
            config.tls = tls;
            let client = client(&config, None, &base)?;
            let mut all = extra_headers(headers)?;
            let mut secrets: Vec<SecretString> =
                headers.iter().map(|(_, value)| value.clone()).collect();
            if let Some(value) = authorization(&client, &auth)? {
                all.insert(AUTHORIZATION, value);
            }
            match auth {
                Auth::Bearer(token) => secrets.push(token),
                Auth::Basic { password, .. } => secrets.push(password),
                Auth::None | Auth::ClientCredentials(_) => {}
            }
            Ok(Self {
                base,
                client,
                headers: all,
                secrets,
            })
        };
        built().map_err(LogError::Unusable)
    }

    /// The address without credentials.
    pub(super) fn shown(&self) -> String {
        without_userinfo(self.base.as_str())
    }

    /// The address of a path below the base; each part is escaped.
    pub(super) fn url(&self, parts: &[&str], params: &[(&str, String)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        url
    }

    /// An address that the server named, if it is the server's own.
    pub(super) fn own(&self, text: &str) -> Option<Url> {
        let url = self.base.join(text).ok()?;
        (url.origin() == self.base.origin()).then_some(url)
    }

    /// Asks by GET and reads at most so many bytes. Where the server wants to be left alone for a moment, it asks once
    /// more after it.
    pub(super) async fn get(&self, url: &Url, most: usize) -> Result<Answer, LogError> {
        let mut waited = false;
        loop {
            let request = self.client.get(url.clone()).headers(self.headers.clone());
            let mut answer = request
                .send()
                .await
                .map_err(|error| self.lost(url, error))?;
            let status = answer.status();
            let mut body = Vec::new();
            let mut cut = false;
            while let Some(chunk) = answer
                .chunk()
                .await
                .map_err(|error| self.lost(url, error))?
            {
                body.extend_from_slice(&chunk);
                if body.len() > most {
                    body.truncate(most);
                    cut = true;
                    break;
                }
            }
            if status.is_success() {
                return Ok(Answer {
                    headers: answer.headers().clone(),
                    body,
                    cut,
                });
            }
            let pause = pause(status, answer.headers());
            if let Some(pause) = pause.filter(|pause| !waited && *pause <= LONGEST_WAIT) {
                waited = true;
                tokio::time::sleep(pause).await;
                continue;
            }
            return Err(LogError::Refused {
                url: bare(url),
                status: status.as_u16(),
                said: self.said(&body),
            });
        }
    }

    /// Foreign text without our secrets or anybody's, on one line.
    fn said(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(&body[..body.len().min(4 * SAID)]).into_owned();
        let text = self.secrets.iter().fold(text, |text, secret| {
            let secret = secret.expose_secret();
            if secret.len() < 4 {
                text
            } else {
                text.replace(secret, MASK)
            }
        });
        let text = redact(&text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        text[..text.floor_char_boundary(SAID)].to_owned()
    }

    fn lost(&self, url: &Url, error: reqwest::Error) -> LogError {
        LogError::Unreachable {
            url: bare(url),
            reason: causes(&error.without_url()),
        }
    }

    /// An answer that cannot be used.
    pub(super) fn unreadable(&self, url: &Url, reason: impl std::fmt::Display) -> LogError {
        LogError::Unreadable {
            url: bare(url),
            reason: self.said(reason.to_string().as_bytes()),
        }
    }
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web")
            .field("base", &self.shown())
            .finish_non_exhaustive()
    }
}

fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    without_userinfo(url.as_str())
}

/// How long to wait before asking once more.
fn pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let busy = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    let told = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: f64 = told.trim().parse().ok()?;
    (busy && (0.0..1e6).contains(&seconds)).then(|| Duration::from_secs_f64(seconds))
}
