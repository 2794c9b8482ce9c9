//! One request to a code host, as politely as it asks for.

use super::error::CodeHostError;
use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT, HeaderMap, LINK, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response, Url};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Longest time for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Between two requests that write something: GitHub's own advice against its secondary limits.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);
/// Peace when GitHub asks for it and does not say how long.
const USUAL_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause that is believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// Bytes of an answer that are read.
const MOST: usize = 4 * 1024 * 1024;

/// Bytes of all the code, packed, and the longest time for them.
const MOST_OF_CODE: usize = 128 * 1024 * 1024;
const ARCHIVE: Duration = Duration::from_secs(120);

/// Gives what a request bears, or says why it cannot.
pub type Credentials = Arc<dyn Fn() -> BoxFuture<'static, Result<HeaderMap, String>> + Send + Sync>;

/// The way to a host.
#[derive(Clone)]
pub struct Way {
    /// A client that follows no redirects: credentials would travel with them.
    pub http: reqwest::Client,
    /// Where the API is; nothing else is asked.
    pub api: Url,
    /// As whom.
    pub credentials: Credentials,
}

/// An answer that can be read.
pub(super) struct Answered {
    pub(super) body: Value,
    /// Where the next page begins, if there is one.
    pub(super) cursor: Option<String>,
}

/// A GitHub that is written to.
#[derive(Debug)]
pub struct GitHub {
    talk: Talk,
}

impl GitHub {
    /// Sends nothing.
    #[must_use]
    pub fn new(way: Way) -> Self {
        let talk = Talk::new(
            way,
            "application/vnd.github+json",
            Some(("x-github-api-version", "2022-11-28")),
        );
        Self { talk }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, CodeHostError> {
        self.talk.get(path).await
    }

    pub(super) async fn page(&self, path: &str) -> Result<Answered, CodeHostError> {
        self.talk.page(path).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        self.talk.post(path, body).await
    }

    pub(super) async fn archive(&self, path: &str) -> Result<Vec<u8>, CodeHostError> {
        self.talk.archive(path).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        self.talk.write(Method::PATCH, path, body).await
    }
}

/// A GitLab that is written to.
#[derive(Debug)]
pub struct GitLab {
    pub(super) talk: Talk,
}

impl GitLab {
    /// Sends nothing.
    #[must_use]
    pub fn new(way: Way) -> Self {
        let talk = Talk::new(way, "application/json", None);
        Self { talk }
    }
}

/// What is said to a host, one thing after another.
pub(super) struct Talk {
    way: Way,
    accept: &'static str,
    version: Option<(&'static str, &'static str)>,
    /// Until when it wants to be left alone.
    closed_until: Mutex<Option<Instant>>,
    /// When the next thing may be written.
    next_write: tokio::sync::Mutex<Option<Instant>>,
}

impl Talk {
    fn new(way: Way, accept: &'static str, version: Option<(&'static str, &'static str)>) -> Self {
        Self {
            way,
            accept,
            version,
            closed_until: Mutex::default(),
            next_write: tokio::sync::Mutex::default(),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, CodeHostError> {
        Ok(self.page(path).await?.body)
    }

    /// As [`Talk::get`], with where the next page begins.
    pub(super) async fn page(&self, path: &str) -> Result<Answered, CodeHostError> {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, CodeHostError> {
        self.write(Method::POST, path, body).await
    }

    /// What is written goes one after another.
    async fn write(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, CodeHostError> {
        let mut next = self.next_write.lock().await;
        if let Some(next) = *next {
            tokio::time::sleep_until(next).await;
        }
        let answered = self.ask(method, path, Some(body)).await;
        *next = Some(Instant::now() + BETWEEN_WRITES);
        Ok(answered?.body)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answered, CodeHostError> {
        let reads = method == Method::GET;
        let what = format!("{method} {path}");
        let response = self.sent(method, path, body).await?;
        self.read(&what, reads, response).await
    }

    async fn sent(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, CodeHostError> {
        self.open()?;
        let base = self.way.api.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}"))
            .map_err(|_| CodeHostError::NotSent(format!("`{path}` is no path")))?;
        let credentials = (self.way.credentials)();
        let credentials = credentials.await.map_err(CodeHostError::NotSent)?;
        let reads = method == Method::GET;
        let mut request = self.way.http.request(method, url);
        request = request
            .headers(credentials)
            .header(ACCEPT, self.accept)
            .timeout(TIMEOUT);
        if let Some((name, version)) = self.version {
            request = request.header(name, version);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(|error| {
            let sent = !(error.is_connect() || error.is_builder());
            let why = error.without_url().to_string();
            perhaps(sent && !reads, why)
        })
    }

    /// Bytes that a host hands out, or has handed out elsewhere: there without credentials, and only over TLS or at the host
    /// itself.
    pub(super) async fn archive(&self, path: &str) -> Result<Vec<u8>, CodeHostError> {
        let lost = |error: reqwest::Error| CodeHostError::NotSent(error.without_url().to_string());
        let mut response = self.sent(Method::GET, path, None).await?;
        if response.status().is_redirection() {
            let elsewhere = CodeHostError::NotSent(format!("{path}: it leads elsewhere"));
            let location = response.headers().get(LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let url = location.and_then(|location| response.url().join(location).ok());
            let own = |url: &Url| url.origin() == self.way.api.origin();
            let url = url.filter(|url| url.scheme() == "https" || own(url));
            let request = self.way.http.get(url.ok_or(elsewhere)?);
            response = request.timeout(ARCHIVE).send().await.map_err(lost)?;
        }
        if !response.status().is_success() {
            let what = format!("GET {path}");
            return Err(match self.read(&what, true, response).await {
                Err(error) => error,
                Ok(_) => CodeHostError::NotSent(format!("{path}: no archive")),
            });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if bytes.len() + chunk.len() > MOST_OF_CODE {
                return Err(CodeHostError::NotSent(format!("{path}: it is too large")));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn open(&self) -> Result<(), CodeHostError> {
        let mut closed = self
            .closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match *closed {
            Some(until) if until > Instant::now() => {
                Err(CodeHostError::Wait(until.duration_since(Instant::now())))
            }
            _ => {
                *closed = None;
                Ok(())
            }
        }
    }

    async fn read(
        &self,
        what: &str,
        reads: bool,
        mut response: Response,
    ) -> Result<Answered, CodeHostError> {
        let status = response.status();
        let headers = response.headers().clone();
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() <= MOST => {
                    bytes.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => return Err(perhaps(!reads, "the answer is too long".to_owned())),
                Ok(None) => break,
                Err(error) => return Err(perhaps(!reads, error.without_url().to_string())),
            }
        }
        if status.is_success() {
            let body = if bytes.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(&bytes)
                    .map_err(|_| perhaps(!reads, "the answer is no JSON".to_owned()))?
            };
            let cursor = cursor(&headers);
            return Ok(Answered { body, cursor });
        }
        let said: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let message = said_in(&said);
        let message: String = message
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        let status = status.as_u16();
        if asks_too_much(status, &headers, &message) {
            let pause = pause(&headers);
            let mut closed = self
                .closed_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *closed = Some(Instant::now() + pause);
            return Err(CodeHostError::Wait(pause));
        }
        if status >= 500 {
            return Err(perhaps(!reads, format!("{what}: {status} ({message})")));
        }
        Err(CodeHostError::Refused {
            what: what.to_owned(),
            status,
            message,
        })
    }
}

impl std::fmt::Debug for Talk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Talk")
            .field("api", &self.way.api.as_str())
            .finish_non_exhaustive()
    }
}

/// The reason in a refusal. Of GitHub's list of mistakes the first one says more than `Validation Failed`.
fn said_in(said: &Value) -> String {
    let message = match &said["message"] {
        Value::String(message) => message.clone(),
        Value::Null => said["error"].as_str().unwrap_or("no message").to_owned(),
        // GitLab: the mistakes by field, or as a list.
        other => other.to_string(),
    };
    // GitLab: what kind of refusal it is.
    if let Some(code) = said["error_code"].as_str() {
        return format!("{code}: {message}");
    }
    match said["errors"][0]["message"].as_str() {
        Some(first) => format!("{message}: {first}"),
        None => message,
    }
}

fn perhaps(perhaps: bool, why: String) -> CodeHostError {
    if perhaps {
        CodeHostError::Unknown(why)
    } else {
        CodeHostError::NotSent(why)
    }
}

// GitHub says a refusal for good and a pause with the same status.
fn asks_too_much(status: u16, headers: &HeaderMap, message: &str) -> bool {
    let used_up = || header(headers, "x-ratelimit-remaining") == Some(0);
    let says = || message.to_ascii_lowercase().contains("rate limit");
    status == 429 || (status == 403 && (headers.contains_key(RETRY_AFTER) || used_up() || says()))
}

fn pause(headers: &HeaderMap) -> Duration {
    let after = header(headers, RETRY_AFTER.as_str()).map(Duration::from_secs);
    let until_reset = || {
        let used_up = header(headers, "x-ratelimit-remaining") == Some(0);
        let reset = header(headers, "x-ratelimit-reset").filter(|_| used_up)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(Duration::from_secs(reset).saturating_sub(now))
    };
    let pause = after.or_else(until_reset).unwrap_or(USUAL_PAUSE);
    pause.clamp(Duration::from_secs(1), LONGEST_PAUSE)
}

/// The cursor of the next page. Of the link nothing else is taken: it might lead elsewhere.
fn cursor(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let next = links
        .split(',')
        .find(|link| link.contains("rel=\"next\""))?;
    let url = next.split(['<', '>']).nth(1)?;
    let url = Url::parse(url).ok()?;
    let (_, cursor) = url.query_pairs().find(|(name, _)| name == "cursor")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=.".contains(c);
    (cursor.len() <= 200 && cursor.chars().all(plain)).then(|| cursor.into_owned())
}

fn header(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
