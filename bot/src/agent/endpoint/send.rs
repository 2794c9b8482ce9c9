//! One request, one answer.

use super::fault::said;
use super::{Endpoint, Fault, Reply, Request, body, stream};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use std::time::Duration;
use tokio::time::timeout;

/// Bytes of an answer at most.
const MOST: usize = 2_000_000;
/// Bytes that are read of an error.
const ERROR: usize = 20_000;

impl Endpoint {
    /// Asks once.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, request: &Request) -> Result<Reply, Fault> {
        let silence = self.settings.timeout;
        let sent = self
            .http
            .post(self.url.clone())
            .headers(self.headers.clone())
            .json(&body(self, request));
        let answer = timeout(silence, sent.send())
            .await
            .map_err(|_| Fault::Silent(silence))?
            .map_err(|error| Fault::Unreachable(said(&causes(&error.without_url()))))?;
        let status = answer.status();
        if !status.is_success() {
            let wait = retry_after(answer.headers());
            let body = whole(answer, silence, ERROR).await.unwrap_or_default();
            let body = String::from_utf8_lossy(&body);
            return Err(Fault::of(status.as_u16(), wait, &body));
        }
        let kind = answer.headers().get(CONTENT_TYPE);
        let parts = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        if parts {
            let bytes = Box::pin(answer.bytes_stream());
            return stream::read(bytes, silence, MOST).await;
        }
        Reply::read(&whole(answer, silence, MOST).await?)
    }
}

async fn whole(
    mut answer: reqwest::Response,
    silence: Duration,
    most: usize,
) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    loop {
        let part = timeout(silence, answer.chunk()).await;
        match part.map_err(|_| Fault::Silent(silence))? {
            Ok(Some(part)) if body.len() + part.len() <= most => body.extend_from_slice(&part),
            Ok(Some(_)) => return Err(Fault::TooLong(most)),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Fault::CutOff),
        }
    }
}

/// Seconds, milliseconds as OpenAI says them too, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(millis));
    }
    let said = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = said.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = httpdate::parse_http_date(said).ok()?;
    at.duration_since(std::time::SystemTime::now()).ok()
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        said.push_str(": ");
        said.push_str(&cause.to_string());
        next = cause.source();
    }
    said
}
