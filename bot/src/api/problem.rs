//! Failures as problem details (RFC 9457).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use engine::ledger::LedgerError;
use guard::lane::LaneRefusal;
use journal::JournalError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a call failed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What kind of failure, as a stable word.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, kind: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        }
    }

    pub(super) fn unauthorised() -> Self {
        let detail = "no known token: expected `Authorization: Bearer TOKEN` with a token of the configuration";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", detail)
    }

    pub(super) fn bad(field: &str, detail: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_value",
            format!("{field}: {detail}"),
        )
    }

    pub(super) fn refused(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "refused", detail)
    }

    pub(super) fn unknown(what: &str, value: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown",
            format!("{what} `{value}` does not exist"),
        )
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let (status, kind) = match &error {
            EngineError::UnknownDeployment(_) | EngineError::UnknownService { .. } => {
                (StatusCode::NOT_FOUND, "unknown")
            }
            EngineError::Lane(LaneRefusal::Busy { .. }) => (StatusCode::CONFLICT, "busy"),
            EngineError::Lane(LaneRefusal::Frozen { .. })
            | EngineError::Leaving { .. }
            | EngineError::DeployedHere { .. }
            | EngineError::NothingToDo { .. }
            | EngineError::OnItsWay { .. }
            | EngineError::MixedVersions { .. } => (StatusCode::CONFLICT, "refused"),
            EngineError::OnlyObserved { .. }
            | EngineError::Plan(_)
            | EngineError::Package { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
            EngineError::Platform(_)
            | EngineError::Broken(_)
            | EngineError::NotLeading
            | EngineError::Journal(JournalError::Unavailable(_) | JournalError::CommitUnknown(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "try_again")
            }
            EngineError::Journal(_) | EngineError::Fold { .. } => {
                tracing::error!(%error, "an API call failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "failed")
            }
        };
        Self::new(status, kind, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}
