//! The HTTP client behind the verbs that talk to a server.

use super::{Connection, Exit};
use crate::api::DeploymentView;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A server, as one caller sees it.
pub(super) struct Client {
    http: reqwest::Client,
    connection: Connection,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// No answer.
    #[error("no answer from {url}: {error}: is `tawny serve` running there? (--url, TAWNY_URL)")]
    Unreachable { url: String, error: String },
    /// The token is missing or unknown.
    #[error("{detail} (--token, TAWNY_TOKEN)")]
    Unauthorised { detail: String },
    /// The server said no.
    #[error("{detail}")]
    Refused { status: u16, detail: String },
    /// The answer is not the API's.
    #[error("{url} answered something else than Tawny's API: {error}: check --url")]
    Strange { url: String, error: String },
    /// Nothing goes by that name.
    #[error("neither a deployment nor a service is called `{0}`: see `tawny status`")]
    Unknown(String),
}

impl CallError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Refused { status, .. } if *status == 409 || *status == 403 => Exit::Failed,
            _ => Exit::Usage,
        }
    }
}

impl Client {
    pub(super) fn new(connection: Connection) -> Result<Self, CallError> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| CallError::Unreachable {
                url: connection.url.clone(),
                error: error.to_string(),
            })?;
        Ok(Self { http, connection })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.call::<(), T>(Method::GET, path, None).await
    }

    pub(super) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, CallError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The id of a deployment that was named by its id, or by its service: then the newest one.
    pub(super) async fn resolve(&self, name: &str) -> Result<String, CallError> {
        match self
            .get::<DeploymentView>(&format!("deployments/{}", escaped(name)))
            .await
        {
            Ok(view) => return Ok(view.id),
            Err(CallError::Refused {
                status: 404 | 422, ..
            }) => {}
            Err(error) => return Err(error),
        }
        let of_service: Vec<DeploymentView> = match self
            .get(&format!("deployments?limit=1&service={}", escaped(name)))
            .await
        {
            Ok(found) => found,
            Err(CallError::Refused { status: 422, .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        of_service
            .into_iter()
            .next()
            .map(|view| view.id)
            .ok_or_else(|| CallError::Unknown(name.to_owned()))
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<T, CallError> {
        let base = self.connection.url.trim_end_matches('/');
        let url = format!("{base}/api/v1/{path}");
        let mut request = self.http.request(method, &url);
        if let Some(token) = &self.connection.token {
            request = request.bearer_auth(token);
        }
        if let Some(lang) = &self.connection.lang {
            request = request.header("accept-language", lang);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let unreachable = |error: reqwest::Error| CallError::Unreachable {
            url: base.to_owned(),
            error: cause(&error),
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        if status.is_success() {
            return serde_json::from_str(&text).map_err(|e| CallError::Strange {
                url: base.to_owned(),
                error: e.to_string(),
            });
        }
        Err(refused(base, status, &text))
    }
}

fn refused(base: &str, status: StatusCode, text: &str) -> CallError {
    let detail = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|v| v["detail"].as_str().map(ToOwned::to_owned));
    match detail {
        None => CallError::Strange {
            url: base.to_owned(),
            error: format!("http status {status}"),
        },
        Some(detail) if status == StatusCode::UNAUTHORIZED => CallError::Unauthorised { detail },
        Some(detail) => CallError::Refused {
            status: status.as_u16(),
            detail,
        },
    }
}

/// The innermost cause: "connection refused" says more than "error sending request".
fn cause(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(next) = source.source() {
        source = next;
    }
    source.to_string()
}

pub(super) fn escaped(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC).to_string()
}
