//! `GET /api/v1/deployments/{id}/health-check`

use super::given::Asked;
use super::problem::Problem;
use super::prose::{InWords, Task};
use super::reader::{Reader, Schemed, Wanted};
use crate::{prose, reports};
use axum::response::Response;
use engine::EngineError;
use guard::health::HealthCheck;
use guard::root_cause::{Known, RootCauseReport, by_rules};
use messages::root_cause::{in_words, plainly};
use serde::Serialize;

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    check: HealthCheck,
    /// What probably did it, by rules; null where nothing was found.
    hypothesis: Option<RootCauseReport>,
}

/// Whether a deployment is healthy: half an hour before against a quarter of an hour after, what the watch says of it, what
/// is logged since, how risky it is, and what to do.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/health-check", params(("id" = String, Path), Wanted, InWords), responses(
    (status = 200, description = "`tawny.health-check/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn health_check(
    reader: Reader,
    Asked(more): Asked<InWords>,
) -> Result<Response, Problem> {
    let told = reports::of(&reader.api.engine, &reader.id).await?;
    let told = told.ok_or_else(|| EngineError::UnknownDeployment(reader.id.clone()))?;
    let windows = mcp_server::health::windows(&reader.api.world, &told.report).await;
    let check = HealthCheck::of(told.report, windows);
    let hypothesis = by_rules(&check.report).map(|written| in_words(written, &reader.context));
    let document = messages::health::document(&check, hypothesis.as_ref(), &reader.context);
    let subject = check.report.deployment.clone();
    let task = Task {
        task: prose::HEALTH_CHECK,
        subject: &subject,
        known: Known::of(&check.report),
    };
    let content = Schemed {
        schema: "tawny.health-check/1",
        content: Answer {
            check: check.without_addresses(),
            hypothesis: hypothesis.map(plainly),
        },
    };
    let (api, context) = (&reader.api, &reader.context);
    let told = more.beside(api, task, document, content, context).await;
    reader.shown(&told.0, told.1)
}
