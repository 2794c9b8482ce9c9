//! All requests for one release: within their time and their number, and as politely as the host asks for.

use super::answer::{self, Answer};
use super::cache::Kept;
use super::fault::Fault;
use super::line::Line;
use super::pace;
use crate::metrics::transport::causes;
use bytes::Bytes;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, Request, Url};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Redirects that are followed, all within the host.
const REDIRECTS: usize = 3;
/// Attempts after a connection error or a 5xx.
const ATTEMPTS: u32 = 2;
/// Wait before the second one.
const BETWEEN: Duration = Duration::from_millis(250);

/// The requests for one release.
pub(crate) struct Errand {
    line: Arc<Line>,
    until: Instant,
    half: Instant,
    left: AtomicUsize,
    asked: AtomicUsize,
}

/// An answer that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// The body.
    pub(crate) body: Bytes,
    /// Whether another page follows.
    pub(crate) next: bool,
}

impl Errand {
    pub(crate) fn new(line: Arc<Line>, time: Duration) -> Arc<Self> {
        Arc::new(Self {
            until: Instant::now() + time,
            half: Instant::now() + time / 2,
            left: AtomicUsize::new(line.config.requests),
            asked: AtomicUsize::new(0),
            line,
        })
    }

    pub(crate) fn line(&self) -> &Arc<Line> {
        &self.line
    }

    /// Requests that the host may still be asked.
    pub(crate) fn left(&self) -> usize {
        self.left.load(Relaxed)
    }

    /// Requests that were sent.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }

    /// Whether half of the time is over: what is listed by then must do, for without its files it is worth little.
    pub(crate) fn is_half_over(&self) -> bool {
        Instant::now() >= self.half
    }

    /// Most requests under way at once.
    pub(crate) fn abreast(&self) -> usize {
        self.line.config.concurrency
    }

    /// The address of a path with its query, both encoded already, below the configured one.
    pub(crate) fn url(&self, path: &str) -> Result<Url, Fault> {
        let base = self.line.base.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}"));
        url.map_err(|_| Fault::Unusable(format!("`{path}` is no path")))
    }

    /// Asks with these credentials, and again where that helps.
    pub(crate) async fn ask(
        &self,
        method: Method,
        url: Url,
        credentials: &HeaderMap,
    ) -> Result<Reply, Fault> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let answer = self.follow(&method, url.clone(), credentials).await;
            let wait = match &answer {
                Err(Step::Pause(pause)) => *pause,
                Err(Step::Fault(Fault::Connection(_) | Fault::Failed { .. })) => BETWEEN,
                Err(Step::Fault(fault)) => return Err(fault.clone()),
                Ok(reply) => return Ok(reply.clone()),
            };
            let in_time = Instant::now() + wait < self.until;
            if attempts < ATTEMPTS && in_time && method == Method::GET {
                tokio::time::sleep(wait).await;
                continue;
            }
            return Err(match answer {
                Err(Step::Fault(fault)) => fault,
                _ => Fault::Limited(wait),
            });
        }
    }

    async fn follow(
        &self,
        method: &Method,
        mut url: Url,
        credentials: &HeaderMap,
    ) -> Result<Reply, Step> {
        for _ in 0..=REDIRECTS {
            match self.once(method, &url, credentials).await? {
                Went::Here(reply) => return Ok(reply),
                Went::There(other) => url = other,
            }
        }
        let much = "redirected in a circle".to_owned();
        Err(Fault::Shape(much).into())
    }

    async fn once(
        &self,
        method: &Method,
        url: &Url,
        credentials: &HeaderMap,
    ) -> Result<Went, Step> {
        let line = &self.line;
        if !line.owns(url) {
            let host = url.host_str().unwrap_or("nowhere").to_owned();
            return Err(Fault::Elsewhere(host).into());
        }
        let slot = timeout_at(self.until, line.slots.acquire()).await;
        let Ok(Ok(_slot)) = slot else {
            return Err(Fault::Late.into());
        };
        let closed = line.pace.wait();
        if Instant::now() + closed >= self.until {
            return Err(match closed {
                Duration::ZERO => Fault::Late,
                closed => Fault::Limited(closed),
            }
            .into());
        }
        tokio::time::sleep(closed).await;
        self.take()?;
        let known = (method == Method::GET)
            .then(|| line.cache().get(url.as_str()))
            .flatten();
        let request = self.request(method, url, credentials, known.as_ref());
        self.asked.fetch_add(1, Relaxed);
        let until = self.until.min(Instant::now() + line.config.timeout);
        let answered = timeout_at(until, async {
            let response = line.http.execute(request).await.map_err(|error| {
                let why = causes(&error.without_url());
                Fault::Connection(line.scrub(&why))
            })?;
            if let Some(pause) = pace::running_out(response.headers()) {
                line.pace.close_for(pause);
            }
            Ok::<_, Fault>(answer::read(line, response).await)
        });
        let answered = answered.await.map_err(|_| self.late())??;
        match answered {
            Answer::Good { body, etag, next } => {
                if let Some(etag) = etag.filter(|_| method == Method::GET) {
                    let body = body.clone();
                    let kept = Kept { etag, body, next };
                    line.cache().put(url.as_str(), kept);
                }
                Ok(Went::Here(Reply { body, next }))
            }
            Answer::Unchanged => {
                if line.manners.free_when_unchanged {
                    self.left.fetch_add(1, Relaxed);
                }
                let known = known.ok_or_else(|| {
                    Fault::Shape("nothing changed, of what was never told".to_owned())
                })?;
                let Kept { body, next, .. } = known;
                Ok(Went::Here(Reply { body, next }))
            }
            Answer::Moved(to) => Ok(Went::There(to)),
            Answer::TooMuch(pause) => {
                line.pace.close_for(pause);
                Err(Step::Pause(pause))
            }
            Answer::Bad(fault) => Err(fault.into()),
        }
    }

    /// One attempt that took too long may be tried again; the time for all of them not.
    fn late(&self) -> Fault {
        if Instant::now() >= self.until {
            return Fault::Late;
        }
        Fault::Connection("no answer in time".to_owned())
    }

    fn take(&self) -> Result<(), Fault> {
        self.left
            .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
            .map(drop)
            .map_err(|_| Fault::Spent)
    }

    fn request(
        &self,
        method: &Method,
        url: &Url,
        credentials: &HeaderMap,
        known: Option<&Kept>,
    ) -> Request {
        let manners = &self.line.manners;
        let mut request = Request::new(method.clone(), url.clone());
        let headers = request.headers_mut();
        headers.extend(credentials.clone());
        headers.insert(ACCEPT, HeaderValue::from_static(manners.accept));
        if let Some((name, value)) = manners.version {
            let name = HeaderName::from_static(name);
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.line.gzip {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let tag = known.and_then(|known| HeaderValue::from_str(&known.etag).ok());
        if let Some(tag) = tag {
            headers.insert(IF_NONE_MATCH, tag);
        }
        request
    }
}

enum Went {
    Here(Reply),
    There(Url),
}

enum Step {
    Pause(Duration),
    Fault(Fault),
}

impl From<Fault> for Step {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
