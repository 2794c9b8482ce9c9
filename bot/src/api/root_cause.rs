//! `GET /api/v1/deployments/{id}/root-cause`

use super::problem::Problem;
use super::reader::{Reader, Schemed, Wanted};
use crate::root_cause;
use axum::http::StatusCode;
use axum::response::Response;
use engine::EngineError;
use guard::root_cause::{Milestones, RootCauseReport};
use messages::root_cause::{document, plainly};
use serde::Serialize;

/// Why it hurts: what did it, by which evidence, and what to do; every citation of it was looked up. Written by rules from the
/// record, or by a model where one is configured.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/root-cause", params(("id" = String, Path), Wanted), responses(
    (status = 200, description = "`tawny.root_cause/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn root_cause(reader: Reader) -> Result<Response, Problem> {
    let found = root_cause::of(&reader.api.engine, &reader.id, &reader.context).await?;
    let found = found.ok_or_else(|| EngineError::UnknownDeployment(reader.id.clone()))?;
    let Some(told) = found else {
        let detail = format!(
            "nothing was found about deployment `{}`: there is nothing to explain",
            reader.id
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, "no_incident", detail));
    };
    let shown = document(&told, &reader.context);
    let content = Schemed {
        schema: "tawny.root_cause/1",
        content: RootCause {
            deployment: told.deployment.clone(),
            service: told.service.clone(),
            environment: told.environment.clone(),
            version: told.version.clone(),
            milestones: told.milestones,
            report: plainly(told.report),
        },
    };
    reader.shown(&shown, content)
}

#[derive(Serialize)]
struct RootCause {
    deployment: String,
    service: String,
    environment: String,
    version: String,
    milestones: Milestones,
    report: RootCauseReport,
}
