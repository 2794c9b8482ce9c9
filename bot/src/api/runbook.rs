//! `GET /api/v1/services/{service}/runbook`

use super::of_service::{OfService, There};
use super::problem::Problem;
use super::reader::{Schemed, Wanted};
use axum::response::Response;

/// How to deploy a service: what to check, what to watch with which thresholds, how to go back, whom to tell, what went wrong
/// before; from the configuration, the record and the metrics.
#[utoipa::path(get, path = "/api/v1/services/{service}/runbook", params(("service" = String, Path), There, Wanted), responses(
    (status = 200, description = "`tawny.runbook/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn runbook(asked: OfService) -> Result<Response, Problem> {
    let world = &asked.api.world;
    let runbook = mcp_server::runbook::of(world, &asked.service, &asked.environment).await?;
    let document = messages::runbook::document(&runbook, &asked.context);
    let content = Schemed {
        schema: "tawny.runbook/1",
        content: runbook,
    };
    asked.wanted.shown(&document, content)
}
