//! The same source for whoever must not hurt it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::attempt::Request;
use super::client::{Inner, Prometheus};
use super::config::RetryPolicy;

/// How much a guest may ask of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Requests under way at once, over all guests. They do not count to those of the house.
    pub max_concurrency: usize,
    /// Time for one request; the server is told to give up by then too.
    pub timeout: Duration,
    /// Longest answer that is read, in bytes.
    pub max_body_bytes: usize,
    /// Series, labels or values in an answer, where the server knows to keep to it (Prometheus 3; 2.53 for some).
    pub most_series: usize,
}

impl Default for Manners {
    /// Two at once, ten seconds, 8 MiB, 20,000 series.
    fn default() -> Self {
        Self {
            max_concurrency: 2,
            timeout: Duration::from_secs(10),
            max_body_bytes: 8 * 1024 * 1024,
            most_series: 20_000,
        }
    }
}

impl Prometheus {
    /// The same source within these manners: same way, same credentials, and out of the same query budget. A request is
    /// made once: what was too much would be too much again.
    #[must_use]
    pub fn for_guests(&self, manners: Manners) -> Self {
        let inner = &self.inner;
        let mut config = inner.config.clone();
        config.max_concurrency = manners.max_concurrency;
        config.max_body_bytes = config.max_body_bytes.min(manners.max_body_bytes);
        config.retry = RetryPolicy {
            max_attempts: 1,
            // Whoever waits for a slot waits as long as one request may take.
            total: manners.timeout * 2,
            ..config.retry
        };
        config.timeout = manners.timeout;
        let mut params = inner.params.clone();
        if !params.iter().any(|(name, _)| name == "timeout") {
            let seconds = format!("{}ms", manners.timeout.as_millis());
            params.push(("timeout".to_owned(), seconds));
        }
        Self {
            inner: Arc::new(Inner {
                http: inner.http.clone(),
                base: inner.base.clone(),
                headers: inner.headers.clone(),
                slots: Semaphore::new(manners.max_concurrency.clamp(1, Semaphore::MAX_PERMITS)),
                params,
                gate: Arc::clone(&inner.gate),
                tokens: inner.tokens.clone(),
                most_series: Some(manners.most_series),
                secrets: inner.secrets.clone(),
                config,
            }),
        }
    }

    /// The request with the limit of this client, if it has one.
    pub(super) fn limited(&self, request: Request) -> Request {
        match self.inner.most_series {
            Some(most) => request.param("limit", most.to_string()),
            None => request,
        }
    }
}
