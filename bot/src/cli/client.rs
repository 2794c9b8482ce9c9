//! The HTTP client behind the verbs that talk to a server.

use super::{Connection, Exit, Named};
use crate::api::{DeploymentView, Problem};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
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
    #[error(
        "no answer from {url}: {error}: is `tawny serve` running, and is this its address (--url, TAWNY_URL)? \
        If it should run there, its log says why it does not"
    )]
    Unreachable { url: String, error: String },
    /// It answers, and cannot do its work now.
    #[error(
        "{url} cannot answer now: {detail}: it goes on by itself once that is mended (runbook: docs/operate)"
    )]
    Unwell { url: String, detail: String },
    /// The token is missing or unknown.
    #[error("{detail} (--token, TAWNY_TOKEN)")]
    Unauthorised { detail: String },
    /// The server said no.
    #[error("{detail}")]
    Refused {
        status: u16,
        kind: String,
        detail: String,
    },
    /// The answer is not the API's.
    #[error("{url} answered something else than Tawny's API: {error}: check --url")]
    Strange { url: String, error: String },
    /// Nothing goes by that name.
    #[error("neither a deployment nor a service is called `{0}`: see `tawny status`")]
    Unknown(String),
    /// The service runs in several environments.
    #[error(
        "{service} was deployed to {environments}: say which with --environment, or name the deployment"
    )]
    Ambiguous {
        service: String,
        environments: String,
    },
}

impl CallError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            // What does not exist and what cannot be read is the caller's mistake; all else is a no.
            Self::Refused { kind, .. } if kind != "unknown" && kind != "bad_value" => Exit::Failed,
            _ => Exit::Usage,
        }
    }
}

impl CallError {
    /// Whether the same call may be answered in a while.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Strange { .. } | Self::Unwell { .. } => true,
            Self::Refused { kind, status, .. } => kind == "try_again" || *status >= 500,
            _ => false,
        }
    }
}

impl Client {
    pub(super) fn new(connection: Connection) -> Result<Self, CallError> {
        Self::waiting(connection, Duration::from_secs(30))
    }

    /// A client that waits longer: for what has to be read first where the server reads it.
    pub(super) fn waiting(connection: Connection, at_most: Duration) -> Result<Self, CallError> {
        let http = reqwest::Client::builder()
            .timeout(at_most)
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

    /// What keeps the server from its work, in words; none when nothing does, or when it does not say.
    pub(super) async fn unready(&self) -> Option<String> {
        let base = self.connection.url.trim_end_matches('/');
        let asked = self.http.get(format!("{base}/readyz")).send().await.ok()?;
        let report: serde_json::Value = asked.json().await.ok()?;
        let parts = report["parts"].as_object()?.iter();
        let bad: Vec<String> = parts
            .filter(|(_, part)| part["ok"] == false)
            .map(|(name, part)| format!("{name}: {}", part["detail"].as_str().unwrap_or("bad")))
            .collect();
        (!bad.is_empty()).then(|| bad.join("; "))
    }

    pub(super) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, CallError> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.call::<(), T>(Method::DELETE, path, None).await
    }

    /// The id of a deployment that was named by its id, or by its service: then the one that is under
    /// way, or else the newest.
    pub(super) async fn resolve(&self, named: &Named) -> Result<String, CallError> {
        match self
            .get::<DeploymentView>(&format!("deployments/{}", escaped(&named.name)))
            .await
        {
            Ok(view) => return Ok(view.id),
            Err(CallError::Refused {
                status: 404 | 422, ..
            }) => {}
            Err(error) => return Err(error),
        }
        let mut query = format!("deployments?limit=200&service={}", escaped(&named.name));
        if let Some(environment) = &named.environment {
            query.push_str(&format!("&environment={}", escaped(environment)));
        }
        let of_service: Vec<DeploymentView> = match self.get(&query).await {
            Ok(found) => found,
            Err(CallError::Refused { status: 422, .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        pick(&of_service, named)
    }

    /// An answer that is no JSON.
    pub(super) async fn text(&self, path: &str) -> Result<String, CallError> {
        self.answer::<()>(Method::GET, path, None).await
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<T, CallError> {
        let text = self.answer(method, path, body).await?;
        serde_json::from_str(&text).map_err(|e| CallError::Strange {
            url: self.base().to_owned(),
            error: e.to_string(),
        })
    }

    fn base(&self) -> &str {
        self.connection.url.trim_end_matches('/')
    }

    async fn answer<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<String, CallError> {
        let base = self.base();
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
            return Ok(text);
        }
        let refused = refused(base, status, &text);
        if !status.is_server_error() {
            return Err(refused);
        }
        // A proxy's page says less than the server's own account of itself.
        let own = match &refused {
            CallError::Refused { detail, .. } => detail.clone(),
            _ => format!("http status {status}"),
        };
        let detail = match self.unready().await {
            Some(parts) => format!("{own} ({parts})"),
            None => own,
        };
        Err(CallError::Unwell {
            url: base.to_owned(),
            detail,
        })
    }
}

/// The deployment that is meant: it must not be guessed between environments.
fn pick(found: &[DeploymentView], named: &Named) -> Result<String, CallError> {
    let environments: BTreeSet<&str> = found.iter().map(|v| v.environment.as_str()).collect();
    if environments.len() > 1 {
        return Err(CallError::Ambiguous {
            service: named.name.clone(),
            environments: environments.into_iter().collect::<Vec<_>>().join(" and "),
        });
    }
    let open = |view: &&DeploymentView| {
        matches!(view.status.as_str(), "pending" | "progressing" | "paused")
            && view.queued_behind.is_none()
    };
    // What waits for its turn is not what is done or looked at now.
    found
        .iter()
        .find(open)
        .or_else(|| {
            found
                .iter()
                .max_by_key(|view| (view.queued_behind.is_none(), view.requested_at))
        })
        .map(|view| view.id.clone())
        .ok_or_else(|| CallError::Unknown(named.name.clone()))
}

fn refused(base: &str, status: StatusCode, text: &str) -> CallError {
    let problem = serde_json::from_str::<Problem>(text).ok();
    let kind = problem.as_ref().map(|problem| problem.kind.clone());
    match problem.map(|problem| problem.detail) {
        None => CallError::Strange {
            url: base.to_owned(),
            error: format!("http status {status}"),
        },
        Some(detail) if status == StatusCode::UNAUTHORIZED => CallError::Unauthorised { detail },
        Some(detail) => CallError::Refused {
            status: status.as_u16(),
            kind: kind.unwrap_or_default(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: &str, environment: &str, status: &str, requested_at: &str) -> DeploymentView {
        serde_json::from_value(serde_json::json!({
            "id": id, "service": "shop", "environment": environment, "from": "v1", "to": "v2",
            "status": status, "verdict": null, "tier": 0, "attribution": null, "step": 0, "steps": 2,
            "bake_until": null, "findings": [], "approval": null, "cure": "not_needed",
            "cured_at": null, "failure": null, "metrics_lost": null, "blind": [],
            "requested_by": "ann", "requested_at": requested_at, "updated_at": requested_at,
            "instances": null, "text": "",
        }))
        .unwrap()
    }

    fn shop() -> Named {
        Named {
            name: "shop".to_owned(),
            environment: None,
        }
    }

    #[test]
    fn a_service_means_the_deployment_under_way_and_else_the_newest() {
        let old = view("dep_1", "prod", "promoted", "2026-11-20T00:00:00Z");
        let new = view("dep_2", "prod", "failed", "2026-11-21T00:00:00Z");
        let open = view("dep_3", "prod", "paused", "2026-11-19T00:00:00Z");
        let two = [old.clone(), new.clone()];
        assert_eq!(pick(&two, &shop()).unwrap(), "dep_2");
        assert_eq!(pick(&[new, old, open], &shop()).unwrap(), "dep_3");
        assert!(matches!(pick(&[], &shop()), Err(CallError::Unknown(_))));
    }

    #[test]
    fn a_service_does_not_mean_what_waits_for_its_turn_unless_there_is_nothing_else() {
        let old = view("dep_1", "prod", "promoted", "2026-11-19T00:00:00Z");
        let open = view("dep_2", "prod", "paused", "2026-11-20T00:00:00Z");
        let mut waits = view("dep_3", "prod", "pending", "2026-11-21T00:00:00Z");
        waits.queued_behind = Some(crate::api::BehindView {
            deployment: "dep_2".to_owned(),
            version: "v1".to_owned(),
        });
        let all = [waits.clone(), open, old.clone()];
        assert_eq!(pick(&all, &shop()).unwrap(), "dep_2");
        let two = [waits.clone(), old];
        assert_eq!(pick(&two, &shop()).unwrap(), "dep_1");
        assert_eq!(pick(&[waits], &shop()).unwrap(), "dep_3");
    }

    #[test]
    fn between_environments_nothing_is_guessed() {
        let found = [
            view("dep_1", "prod", "paused", "2026-11-20T00:00:00Z"),
            view("dep_2", "staging", "progressing", "2026-11-21T00:00:00Z"),
        ];
        let error = pick(&found, &shop()).unwrap_err().to_string();
        assert!(error.contains("prod and staging"), "{error}");
    }
}
