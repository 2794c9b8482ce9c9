//! A call: slot, deadline, attempts, and the error with its context.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::attempt::{Body, Request, attempt, url_of};
use super::client::{Inner, Prometheus};
use super::envelope::{Answer, success};
use super::error::{MetricsError, Problem, shown_url};
use super::retry;
use super::token::{Token, Tokens};

/// With less than this left before the deadline, no answer is to be had: a source is not asked in vain.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(50);

impl Request {
    /// `GET /api/v1/<path>`.
    pub(super) fn api(path: &[&str]) -> Self {
        let mut segments = vec!["api".to_owned(), "v1".to_owned()];
        segments.extend(path.iter().map(|&s| s.to_owned()));
        Self {
            path: segments,
            params: Vec::new(),
            form_allowed: false,
        }
    }

    /// May be sent as a form by POST when long.
    pub(super) fn or_form(mut self) -> Self {
        self.form_allowed = true;
        self
    }

    pub(super) fn param(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.params.push((name, value.into()));
        self
    }

    /// The PromQL text or the first selector, for errors.
    fn shown_query(&self) -> Option<String> {
        let wanted = |name: &str| name == "query" || name == "match[]" || name == "metric";
        let found = self.params.iter().find(|(name, _)| wanted(name));
        found.map(|(_, value)| value.clone())
    }
}

impl Prometheus {
    /// Asks and reads Prometheus' JSON.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        request: Request,
    ) -> Result<Answer<T>, MetricsError> {
        let body = self.fetch(&request).await?;
        self.read(&request, &body)
    }

    /// Reads Prometheus' JSON.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        request: &Request,
        body: &Body,
    ) -> Result<Answer<T>, MetricsError> {
        let answer = success(body.status, &body.content_type, &body.bytes)
            .map_err(|problem| self.error(request, 1, self.scrubbed(problem)))?;
        self.inner.config.meter.warned(answer.warnings.len());
        Ok(answer)
    }

    /// Asks and returns the body of the 2xx answer.
    pub(super) async fn fetch(&self, request: &Request) -> Result<Body, MetricsError> {
        let inner = &self.inner;
        let policy = &inner.config.retry;
        let begun = Instant::now();
        let deadline = begun + policy.total;
        let meter = &inner.config.meter;
        let result = retry::run(policy, deadline, meter, || async {
            // A slot is held for one attempt and given back while waiting for the next.
            let slot = timeout_at(deadline, inner.slots.acquire()).await;
            let Ok(Ok(_slot)) = slot else {
                return Err(Problem::Busy(policy.total));
            };
            let arrived = Instant::now();
            let passed = inner.gate.pass(deadline, policy.total).await;
            meter.waited(arrived.elapsed());
            passed?;
            let answer = authorized(inner, request, deadline).await;
            if let Err(
                Problem::RateLimited {
                    retry_after: Some(pause),
                    ..
                }
                | Problem::Server {
                    retry_after: Some(pause),
                    ..
                },
            ) = &answer
            {
                inner.gate.close_for(*pause);
            }
            answer
        })
        .instrument(tracing::info_span!(
            "query",
            source = meter.name(),
            api = request.path.last().map(String::as_str)
        ))
        .await;
        meter.called(begun.elapsed(), &result);
        result.map_err(|(attempts, problem)| self.error(request, attempts, problem))
    }

    /// An error of this client about `request`.
    pub(super) fn error(&self, request: &Request, attempts: u32, problem: Problem) -> MetricsError {
        let url = match url_of(&self.inner.base, &request.path) {
            Ok(url) => shown_url(&url),
            Err(_) => self.base_url(),
        };
        MetricsError {
            url,
            query: request.shown_query(),
            attempts,
            problem: Box::new(problem),
        }
    }

    fn scrubbed(&self, problem: Problem) -> Problem {
        let scrub = |text: String| self.inner.scrub(&text);
        match problem {
            Problem::Refused {
                status,
                error_type,
                text,
            } => Problem::Refused {
                status,
                error_type: scrub(error_type),
                text: scrub(text),
            },
            Problem::NotJson { content_type, text } => Problem::NotJson {
                content_type,
                text: scrub(text),
            },
            Problem::Shape(text) => Problem::Shape(scrub(text)),
            other => other,
        }
    }
}

/// One attempt, with an access token where one is needed; after a 401 once more with another.
async fn authorized(inner: &Inner, request: &Request, deadline: Instant) -> Result<Body, Problem> {
    let Some(tokens) = &inner.tokens else {
        return attempt(inner, request, None, limit(inner, deadline)?).await;
    };
    let mut token = token(tokens, deadline).await?;
    let mut answer = attempt(inner, request, Some(&token), limit(inner, deadline)?).await;
    if matches!(answer, Err(Problem::Forbidden { status: 401, .. })) && tokens.refused(&token) {
        token = self::token(tokens, deadline).await?;
        answer = attempt(inner, request, Some(&token), limit(inner, deadline)?).await;
    }
    match &answer {
        Err(Problem::Forbidden { status: 401, .. }) => {
            tokens.refused(&token);
        }
        // Who could not be reached said nothing about the token.
        Ok(_) | Err(Problem::Forbidden { .. } | Problem::Refused { .. }) => tokens.accepted(&token),
        Err(_) => {}
    }
    answer
}

async fn token(tokens: &Tokens, deadline: Instant) -> Result<Token, Problem> {
    let waited = deadline.saturating_duration_since(Instant::now());
    let late = || Problem::Token {
        reason: format!(
            "the token endpoint: none within {:.1} s",
            waited.as_secs_f64()
        ),
        transient: true,
    };
    timeout_at(deadline, tokens.token())
        .await
        .unwrap_or_else(|_| Err(late()))
}

/// How long one attempt may take.
fn limit(inner: &Inner, deadline: Instant) -> Result<Duration, Problem> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left < SHORTEST_ATTEMPT {
        return Err(Problem::Busy(inner.config.retry.total));
    }
    Ok(inner.config.timeout.min(left))
}

/// Unix milliseconds as the API takes times: seconds with three decimals.
pub(super) fn seconds(at_ms: i64) -> String {
    let sign = if at_ms < 0 { "-" } else { "" };
    let ms = at_ms.unsigned_abs();
    format!("{sign}{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_milliseconds() {
        assert_eq!(seconds(1_700_000_000_007), "1700000000.007");
        assert_eq!(seconds(0), "0.000");
        assert_eq!(seconds(-1), "-0.001");
    }
}
