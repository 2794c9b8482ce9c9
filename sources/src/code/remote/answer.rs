//! One answer of a code host: read within a bound, and named by its status.

use super::fault::Fault;
use super::line::Line;
use super::pace;
use crate::metrics::error::shorten;
use crate::metrics::transport::causes;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, ETAG, HeaderMap, LINK, LOCATION};
use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;
use std::io::Read;
use std::time::Duration;

/// Longest answer that is read, unpacked.
const MOST: usize = 24_000_000;

/// What an answer says.
pub(super) enum Answer {
    /// 2xx: the body, the tag under which it is kept, and whether a page follows.
    Good {
        body: Bytes,
        etag: Option<String>,
        next: bool,
    },
    /// 304.
    Unchanged,
    /// Ask there instead.
    Moved(Url),
    /// Come back after so long.
    TooMuch(Duration),
    /// Anything else.
    Bad(Fault),
}

pub(super) async fn read(line: &Line, response: Response) -> Answer {
    let status = response.status();
    let headers = response.headers().clone();
    if status == StatusCode::NOT_MODIFIED {
        return Answer::Unchanged;
    }
    if status.is_redirection() {
        return moved(line, &response);
    }
    let body = match bytes(line, response).await {
        Ok(body) => body,
        Err(fault) if status.is_success() => return Answer::Bad(fault),
        Err(_) => Bytes::new(),
    };
    if status.is_success() {
        let etag = headers.get(ETAG).and_then(|tag| tag.to_str().ok());
        return Answer::Good {
            etag: etag.map(str::to_owned),
            next: has_next(&headers),
            body,
        };
    }
    let text = said(line, &body);
    let status = status.as_u16();
    if asks_too_much(status, &headers, &text) {
        return Answer::TooMuch(pace::too_much(&headers));
    }
    Answer::Bad(match status {
        500.. => Fault::Failed { status, text },
        _ => Fault::Refused { status, text },
    })
}

fn asks_too_much(status: u16, headers: &HeaderMap, text: &str) -> bool {
    let limited = || {
        pace::is_used_up(headers)
            || pace::retry_after(headers).is_some()
            || text.to_ascii_lowercase().contains("rate limit")
    };
    // Hosts say a refusal for good and a pause with the same status.
    status == 429 || (status == 403 && limited())
}

fn moved(line: &Line, response: &Response) -> Answer {
    let told = response.headers().get(LOCATION);
    let told = told.and_then(|to| to.to_str().ok());
    match told.and_then(|to| response.url().join(to).ok()) {
        Some(to) if line.owns(&to) => Answer::Moved(to),
        Some(to) => {
            let host = to.host_str().unwrap_or("nowhere");
            Answer::Bad(Fault::Elsewhere(shorten(host, 100)))
        }
        None => Answer::Bad(Fault::Shape("a redirect to nowhere".to_owned())),
    }
}

/// Whether another page follows, as GitHub or GitLab say it.
fn has_next(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    says(LINK.as_str()).is_some_and(|link| link.contains("rel=\"next\""))
        || says("x-next-page").is_some_and(|page| !page.trim().is_empty())
}

async fn bytes(line: &Line, mut response: Response) -> Result<Bytes, Fault> {
    let encoding = response.headers().get(CONTENT_ENCODING);
    let packed = encoding.is_some_and(|e| e.as_bytes().eq_ignore_ascii_case(b"gzip"));
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MOST => {
                return Err(Fault::TooLong(MOST));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) if packed => return unpacked(&bytes).map(Bytes::from),
            Ok(None) => return Ok(Bytes::from(bytes)),
            Err(error) => {
                let why = causes(&error.without_url());
                return Err(Fault::Connection(line.scrub(&why)));
            }
        }
    }
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut unpacking = MultiGzDecoder::new(packed).take(MOST as u64 + 1);
    match unpacking.read_to_end(&mut bytes) {
        Ok(_) if bytes.len() > MOST => Err(Fault::TooLong(MOST)),
        Ok(_) => Ok(bytes),
        Err(error) => Err(Fault::Shape(format!("gzip: {error}"))),
    }
}

/// What the host wrote about a refusal, in one short line.
fn said(line: &Line, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        #[serde(alias = "error")]
        message: serde_json::Value,
    }
    let text = match serde_json::from_slice::<Said>(body) {
        Ok(Said { message }) => match message.as_str() {
            Some(message) => message.to_owned(),
            None => message.to_string(),
        },
        Err(_) => String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned(),
    };
    // Scrubbed first: a secret that is cut in two would not be found.
    match shorten(&line.scrub(&text), 200) {
        text if text.is_empty() => "nothing else".to_owned(),
        text => text,
    }
}
