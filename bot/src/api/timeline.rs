//! `GET /api/v1/deployments/{id}/timeline`

use super::given::At;
use super::problem::Problem;
use super::{Api, Caller, TimelineView};
use axum::Json;
use axum::extract::State as Shared;
use engine::EngineError;
use guard::ids::DeploymentId;

/// Everything that happened to a deployment, in order.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/timeline", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<TimelineView>),
    (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub(super) async fn timeline(
    Shared(api): Shared<Api>,
    _caller: Caller,
    At(id): At<String>,
) -> Result<Json<Vec<TimelineView>>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let history = api.engine.history(&id).await?;
    let history = history.ok_or(EngineError::UnknownDeployment(id))?;
    let line = |record: &guard::event::Recorded| TimelineView {
        revision: record.revision,
        at: record.at,
        event: record.event.name().to_owned(),
        details: serde_json::to_value(record.event.clone().without_addresses()).unwrap_or_default(),
    };
    Ok(Json(history.records.iter().map(line).collect()))
}
