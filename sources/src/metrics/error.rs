//! What can go wrong between a query and its answer.

use std::time::Duration;

use reqwest::Url;

/// Longest query text shown in an error, in characters.
const SHOWN_QUERY: usize = 300;

/// A failed request to Prometheus: where, which query, what happened, what to do.
///
/// Holds no secret. [`Problem`] is for those who branch; `Display` for people.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct MetricsError {
    /// URL that was asked, without credentials and query string.
    pub url: String,
    /// The PromQL text or selector that was sent, if any.
    pub query: Option<String>,
    /// Attempts made, 0 if nothing was sent.
    pub attempts: u32,
    /// What happened, on the last attempt.
    pub problem: Box<Problem>,
}

/// The kinds of failure, each told apart.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    /// The settings or arguments cannot be used; nothing was sent.
    #[error("{0}")]
    Unusable(String),
    /// No connection, or it broke before an answer came.
    #[error("could not connect: {0}")]
    Connection(String),
    /// One attempt took longer than allowed.
    #[error("no full answer within {} s", shown_seconds(*.0))]
    Timeout(Duration),
    /// TLS failed: a certificate is not trusted or not accepted, or none was shown.
    #[error("tls failed: {0}")]
    Tls(String),
    /// There is no OAuth2 access token to ask with.
    #[error("no access token from {reason}")]
    Token {
        /// The token endpoint, and what it said.
        reason: String,
        /// Whether it may give one soon.
        transient: bool,
    },
    /// The query budget leaves no request before the deadline of the call.
    #[error("the query budget leaves no request within {} s", shown_seconds(*.0))]
    OverBudget(Duration),
    /// No request slot became free before the deadline of the call.
    #[error("no free request slot within {} s", shown_seconds(*.0))]
    Busy(Duration),
    /// 429: too many requests.
    #[error("too many requests (http 429): {}", said(.text))]
    RateLimited {
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
        /// What the server wrote.
        text: String,
    },
    /// 5xx: the server or a proxy before it is unwell.
    #[error("server error (http {status}): {}", typed(.error_type, .text))]
    Server {
        /// HTTP status.
        status: u16,
        /// Prometheus' `errorType`, where the body was Prometheus' JSON.
        error_type: Option<String>,
        /// What the server wrote.
        text: String,
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
    },
    /// Prometheus understood the request and refused it (`bad_data`, `execution`, …).
    #[error("refused (http {status}): {error_type}: {text}")]
    Refused {
        /// HTTP status; VictoriaMetrics says 422 where Prometheus says 400.
        status: u16,
        /// Prometheus' `errorType`; VictoriaMetrics repeats the status here.
        error_type: String,
        /// Prometheus' `error`.
        text: String,
    },
    /// 401 or 403.
    #[error("not allowed (http {status}): {}", said(.text))]
    Forbidden {
        /// HTTP status.
        status: u16,
        /// What the server wrote.
        text: String,
    },
    /// A status that is not Prometheus' own, such as 404 of a wrong path prefix.
    #[error("unexpected answer (http {status}): {}", said(.text))]
    Status {
        /// HTTP status.
        status: u16,
        /// Beginning of the body.
        text: String,
    },
    /// A redirect; it is not followed, since credentials would travel with it.
    #[error("redirected (http {status}) to {location}")]
    Redirect {
        /// HTTP status.
        status: u16,
        /// Where to, without credentials and query string.
        location: String,
    },
    /// The body ended too early.
    #[error("the answer was cut short: {0}")]
    Truncated(String),
    /// The body is not JSON at all.
    #[error("the answer is not json (content type {content_type}): {}", said(.text))]
    NotJson {
        /// Content type as sent.
        content_type: String,
        /// Beginning of the body.
        text: String,
    },
    /// The body is JSON of another shape than the API's.
    #[error("the answer has an unexpected shape: {0}")]
    Shape(String),
    /// The body is longer than the configured limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl MetricsError {
    /// What the reader can do about it, in lower case without full stop.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match &*self.problem {
            Problem::Unusable(_) => "correct the configuration or the argument",
            Problem::Connection(_) => "check that prometheus runs and the url is right",
            Problem::Timeout(_) => "ask for less at once or raise the timeout",
            Problem::Tls(_) => "check the ca, the client certificate and the host name of the url",
            Problem::Token { .. } => "check token_url, client id, client secret and scopes",
            Problem::OverBudget(_) => "raise the query budget or ask less often",
            Problem::Busy(_) => "raise max_concurrency or ask less often",
            Problem::RateLimited { .. } => "ask less often or raise the server's limit",
            Problem::Server { .. } => "look at the log of prometheus and of the proxies before it",
            Problem::Refused { error_type, .. } if error_type == "bad_data" => {
                "check the syntax and the time range of the query"
            }
            Problem::Refused { .. } => "check the query, or ask for less at once",
            Problem::Forbidden { .. } => "check the credentials and the tenant header",
            Problem::Status { .. } => "check the url and its path prefix",
            Problem::Redirect { .. } => "configure the url that it redirects to",
            Problem::Truncated(_) => {
                "ask again; if it stays, look at the proxies before prometheus"
            }
            Problem::NotJson { .. } => {
                "check that the url is prometheus and not a login or status page"
            }
            Problem::Shape(_) => "check that the url is the prometheus api",
            Problem::TooLarge { .. } => "narrow the query or shorten its time range",
        }
    }

    /// Whether the same request may succeed if sent again soon.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            *self.problem,
            Problem::Connection(_)
                | Problem::Timeout(_)
                | Problem::Busy(_)
                | Problem::OverBudget(_)
                | Problem::Token {
                    transient: true,
                    ..
                }
                | Problem::RateLimited { .. }
                | Problem::Server { .. }
                | Problem::Truncated(_)
        )
    }

    fn sentence(&self) -> String {
        let mut text = format!("prometheus {}: {}", self.url, self.problem);
        if let Some(query) = &self.query {
            text.push_str(&format!("; query `{}`", shorten(query, SHOWN_QUERY)));
        }
        if self.attempts > 1 {
            text.push_str(&format!("; {} attempts", self.attempts));
        }
        text.push_str("; ");
        text.push_str(self.hint());
        text
    }
}

/// Seconds with at most three decimals.
fn shown_seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

fn said(text: &str) -> &str {
    if text.is_empty() { "no text" } else { text }
}

fn typed(error_type: &Option<String>, text: &str) -> String {
    match error_type {
        Some(error_type) => format!("{error_type}: {}", said(text)),
        None => said(text).to_owned(),
    }
}

/// At most `limit` characters of foreign text, on one line.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let mut clean: String = text
        .trim()
        .chars()
        .take(limit)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.trim().chars().nth(limit).is_some() {
        clean.push('…');
    }
    clean
}

/// The URL as it may be shown: no user, no password, no query, no fragment.
pub(super) fn shown_url(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that cannot hold credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// Text that should be a URL, as it may be shown even if it does not parse.
pub(crate) fn without_userinfo(text: &str) -> String {
    match Url::parse(text) {
        // Without `//` the scheme is the user and the password is the path.
        Ok(url) if !url.cannot_be_a_base() => return shown_url(&url),
        _ => {}
    }
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_query_names_url_query_status_type_text_and_hint() {
        let error = MetricsError {
            url: "http://host:9090/api/v1/query".into(),
            query: Some("up{".into()),
            attempts: 1,
            problem: Box::new(Problem::Refused {
                status: 400,
                error_type: "bad_data".into(),
                text: "unexpected end of input".into(),
            }),
        };
        assert_eq!(
            error.to_string(),
            "prometheus http://host:9090/api/v1/query: refused (http 400): bad_data: unexpected \
             end of input; query `up{`; check the syntax and the time range of the query"
        );
    }

    #[test]
    fn a_shown_url_has_no_credentials_even_when_it_does_not_parse() {
        assert_eq!(
            without_userinfo("http://ann:pw@host/x?token=t#f"),
            "http://host/x"
        );
        assert_eq!(without_userinfo("ann:p@w@host:port"), "…@host:port");
        assert_eq!(without_userinfo("not a url"), "not a url");
    }

    #[test]
    fn foreign_text_is_cut_and_kept_on_one_line() {
        assert_eq!(shorten(" a\nb\u{7}c ", 10), "a b c");
        assert_eq!(shorten("abcdef", 3), "abc…");
    }
}
