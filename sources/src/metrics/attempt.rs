//! One HTTP exchange: send, read a bounded body, name what went wrong.

use std::io::Read;
use std::time::{Duration, SystemTime};

use flate2::read::MultiGzDecoder;

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};

use super::client::Inner;
use super::envelope::{beginning, error_of};
use super::error::{Problem, shorten, shown_url};
use super::token::Token;
use super::transport;

/// Longest query part of a URL, in bytes; what is longer goes as a form by POST,
/// since proxies and servers cut or refuse long URLs.
const LONGEST_URL_QUERY: usize = 2_000;

/// What to ask: a path below the base URL and its parameters.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Path segments below the base URL, such as `["api", "v1", "query"]`.
    pub(super) path: Vec<String>,
    /// Parameters, in order.
    pub(super) params: Vec<(&'static str, String)>,
    /// Whether the endpoint also takes its parameters as a form.
    pub(super) form_allowed: bool,
}

/// A 2xx answer.
pub(super) struct Body {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

/// Sends `request` once and reads the answer; anything but 2xx is a problem.
pub(super) async fn attempt(
    inner: &Inner,
    request: &Request,
    token: Option<&Token>,
    limit: Duration,
) -> Result<Body, Problem> {
    tokio::time::timeout(limit, exchange(inner, request, token))
        .await
        .unwrap_or(Err(Problem::Timeout(limit)))
}

async fn exchange(
    inner: &Inner,
    request: &Request,
    token: Option<&Token>,
) -> Result<Body, Problem> {
    let url = url_of(&inner.base, &request.path)?;
    let params = params_of(inner, request);
    let mut with_query = url.clone();
    with_query.query_pairs_mut().extend_pairs(&params);
    let long = with_query.query().map_or(0, str::len) > LONGEST_URL_QUERY;
    let builder = if params.is_empty() {
        inner.http.get(url)
    } else if long && request.form_allowed {
        inner.http.post(url).form(&params)
    } else {
        inner.http.get(with_query)
    };
    let mut headers = inner.headers.clone();
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, token.header());
    }
    let response = builder
        .headers(headers)
        .send()
        .await
        .map_err(|e| unsent(inner, e))?;
    if response.status().is_success() {
        let (status, content_type) = (response.status().as_u16(), content_type(&response));
        let bytes = read(inner, response).await?;
        return Ok(Body {
            status,
            content_type,
            bytes,
        });
    }
    Err(refusal(inner, response).await)
}

fn params_of<'a>(inner: &'a Inner, request: &'a Request) -> Vec<(&'a str, &'a str)> {
    let own = request.params.iter().map(|(n, v)| (*n, v.as_str()));
    let extra = inner.params.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let is_api = request.path.first().is_some_and(|first| first == "api");
    own.chain(extra.filter(|_| is_api)).collect()
}

/// The address below `base`, whatever the prefix and its slashes.
pub(super) fn url_of(base: &Url, path: &[String]) -> Result<Url, Problem> {
    let mut url = base.clone();
    match url.path_segments_mut() {
        Ok(mut segments) => segments.pop_if_empty().extend(path),
        Err(()) => return Err(Problem::Unusable("base_url cannot have a path".into())),
    };
    Ok(url)
}

async fn read(inner: &Inner, mut response: Response) -> Result<Vec<u8>, Problem> {
    let limit = inner.config.max_body_bytes;
    let too_large = Problem::TooLarge { limit };
    if response.content_length().is_some_and(|n| n > limit as u64) {
        return Err(too_large);
    }
    let encoding = response.headers().get(CONTENT_ENCODING);
    let is_gzip = encoding.is_some_and(|e| e.as_bytes().eq_ignore_ascii_case(b"gzip"));
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Err(too_large),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) if is_gzip => return unpacked(&bytes, limit),
            Ok(None) => return Ok(bytes),
            Err(error) => {
                let reason = chain(inner, error);
                return Err(Problem::Truncated(format!(
                    "{reason} after {} bytes",
                    bytes.len()
                )));
            }
        }
    }
}

/// Unpacks gzip, but never more than `limit` bytes.
fn unpacked(packed: &[u8], limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut unpacking = MultiGzDecoder::new(packed).take(limit as u64 + 1);
    match unpacking.read_to_end(&mut bytes) {
        Ok(_) if bytes.len() > limit => Err(Problem::TooLarge { limit }),
        Ok(_) => Ok(bytes),
        Err(error) => Err(Problem::Truncated(format!("gzip: {error}"))),
    }
}

/// Names what a status other than 2xx means.
async fn refusal(inner: &Inner, response: Response) -> Problem {
    let status = response.status();
    let code = status.as_u16();
    if status.is_redirection()
        && let Some(location) = location(&response)
    {
        return Problem::Redirect {
            status: code,
            location: inner.scrub(&location),
        };
    }
    let retry_after = retry_after(&response);
    // An unreadable body does not hide the status.
    let body = read(inner, response).await.unwrap_or_default();
    let said = error_of(&body).map(|(kind, text)| (kind, inner.scrub(&text)));
    let text = || match &said {
        Some((_, text)) => text.clone(),
        None => inner.scrub(&beginning(&body)),
    };
    match (status, &said) {
        (StatusCode::TOO_MANY_REQUESTS, _) => Problem::RateLimited {
            retry_after,
            text: text(),
        },
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Problem::Forbidden {
            status: code,
            text: text(),
        },
        _ if status.is_server_error() => Problem::Server {
            status: code,
            error_type: said.as_ref().map(|(kind, _)| kind.clone()),
            text: text(),
            retry_after,
        },
        (_, Some((kind, text))) => Problem::Refused {
            status: code,
            error_type: kind.clone(),
            text: text.clone(),
        },
        (_, None) => Problem::Status {
            status: code,
            text: text(),
        },
    }
}

fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE);
    let text = value.and_then(|v| v.to_str().ok()).unwrap_or("none");
    shorten(text, 100)
}

fn location(response: &Response) -> Option<String> {
    let text = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = response.url().join(text).ok()?;
    Some(shown_url(&target))
}

/// `Retry-After` as seconds or as an HTTP date.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(at.duration_since(SystemTime::now()).unwrap_or_default())
}

fn unsent(inner: &Inner, error: reqwest::Error) -> Problem {
    if error.is_builder() {
        Problem::Unusable(chain(inner, error))
    } else if transport::is_tls(&error) {
        Problem::Tls(chain(inner, error))
    } else {
        Problem::Connection(chain(inner, error))
    }
}

/// The causes of a client error, without the URL: it may hold the whole query.
fn chain(inner: &Inner, error: reqwest::Error) -> String {
    inner.scrub(&transport::causes(&error.without_url()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prefix_is_kept_with_and_without_a_slash_at_its_end() {
        let path = ["api".to_owned(), "v1".to_owned(), "query".to_owned()];
        for (base, expected) in [
            ("http://h:1", "http://h:1/api/v1/query"),
            ("http://h:1/", "http://h:1/api/v1/query"),
            ("http://h/prom", "http://h/prom/api/v1/query"),
            ("http://h/a/prom/", "http://h/a/prom/api/v1/query"),
        ] {
            let url = url_of(&Url::parse(base).unwrap(), &path).unwrap();
            assert_eq!(url.as_str(), expected);
        }
    }

    #[test]
    fn a_label_name_cannot_leave_its_path_segment() {
        let path = [
            "label".to_owned(),
            "../../admin?x".to_owned(),
            "values".to_owned(),
        ];
        let url = url_of(&Url::parse("http://h/").unwrap(), &path).unwrap();
        assert_eq!(url.as_str(), "http://h/label/..%2F..%2Fadmin%3Fx/values");
    }
}
