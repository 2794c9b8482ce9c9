//! `GET /api/v1/services/{service}/runbook`

use super::given::Asked;
use super::of_service::{OfService, There};
use super::problem::Problem;
use super::prose::{InWords, Task};
use super::reader::{Schemed, Wanted};
use crate::prose;
use axum::response::Response;
use guard::root_cause::Known;

/// How to deploy a service: what to check, what to watch with which thresholds, how to go back, whom to tell, what went wrong
/// before; from the configuration, the record and the metrics.
#[utoipa::path(get, path = "/api/v1/services/{service}/runbook", params(("service" = String, Path), There, Wanted, InWords), responses(
    (status = 200, description = "`tawny.runbook/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn runbook(
    asked: OfService,
    Asked(more): Asked<InWords>,
) -> Result<Response, Problem> {
    let world = &asked.api.world;
    let runbook = mcp_server::runbook::of(world, &asked.service, &asked.environment).await?;
    let document = messages::runbook::document(&runbook, &asked.context);
    let subject = asked.service.to_string();
    let task = Task {
        task: prose::RUNBOOK,
        subject: &subject,
        known: Known::new(),
    };
    let content = Schemed {
        schema: "tawny.runbook/1",
        content: runbook,
    };
    let (api, context) = (&asked.api, &asked.context);
    let told = more.beside(api, task, document, content, context).await;
    asked.wanted.shown(&told.0, told.1)
}
