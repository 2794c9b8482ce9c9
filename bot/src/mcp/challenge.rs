//! Why a request is not let in, as RFC 6750 and RFC 9728 have clients told.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use messages::BaseUrl;
use serde_json::json;
use std::time::Duration;

/// What a client has to show.
pub(super) struct Challenge {
    status: StatusCode,
    error: Option<&'static str>,
    scope: &'static str,
    detail: &'static str,
}

/// Why not.
pub(super) enum Problem {
    Challenge(Challenge),
    Host,
    Origin,
    TooMany { wait: Duration, rate: u32 },
    TooLong(usize),
}

impl From<Challenge> for Problem {
    fn from(challenge: Challenge) -> Self {
        Self::Challenge(challenge)
    }
}

impl Challenge {
    /// Nobody says who calls, or the token is not known.
    pub(super) fn unauthorised(presented: bool) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: presented.then_some("invalid_token"),
            scope: "read",
            detail: "no known token: expected `Authorization: Bearer TOKEN` with a token under `mcp.clients` or `tokens`",
        }
    }

    /// The caller may read, and wants to ask.
    pub(super) fn insufficient() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            error: Some("insufficient_scope"),
            scope: "read ask",
            detail: "this client may read and not ask: it needs the scope `ask`",
        }
    }
}

impl Problem {
    /// As it is answered by the server that is there.
    pub(super) fn at(self, base_url: &BaseUrl) -> impl IntoResponse {
        Answered {
            problem: self,
            metadata: format!(
                "{}/.well-known/oauth-protected-resource/mcp",
                base_url.as_str()
            ),
        }
    }
}

struct Answered {
    problem: Problem,
    metadata: String,
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let said = |status: StatusCode, kind: &str, detail: &str| {
            let body = json!({ "type": kind, "status": status.as_u16(), "detail": detail });
            (status, Json(body)).into_response()
        };
        match self.problem {
            Problem::Challenge(challenge) => {
                let kind = challenge.error.unwrap_or("unauthorised");
                let answer = said(challenge.status, kind, challenge.detail);
                let error = challenge.error.map(|error| format!(r#"error="{error}", "#));
                let value = format!(
                    r#"Bearer realm="tawny", {}scope="{}", resource_metadata="{}""#,
                    error.unwrap_or_default(),
                    challenge.scope,
                    self.metadata
                );
                with(answer, WWW_AUTHENTICATE, &value)
            }
            Problem::Host => {
                let detail = "the host of the request is not one of `server.public_url` and `server.allowed_hosts`";
                said(StatusCode::FORBIDDEN, "host", detail)
            }
            Problem::Origin => {
                let detail = "pages of this origin may not call: see `mcp.allowed_origins`";
                said(StatusCode::FORBIDDEN, "origin", detail)
            }
            Problem::TooMany { wait, rate } => {
                let seconds = wait.as_secs_f64().ceil().max(1.0);
                let detail = format!("more than {rate} calls a minute: try again in {seconds} s");
                let answer = said(StatusCode::TOO_MANY_REQUESTS, "too_many", &detail);
                with(answer, RETRY_AFTER, &seconds.to_string())
            }
            Problem::TooLong(most) => {
                let detail = format!("more than {most} bytes");
                said(StatusCode::PAYLOAD_TOO_LARGE, "too_long", &detail)
            }
        }
    }
}

fn with(mut answer: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}
