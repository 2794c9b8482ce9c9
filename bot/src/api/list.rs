//! `GET /api/v1/deployments`

use super::caller::Language;
use super::given::{Asked, at_most};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView, show};
use axum::Json;
use axum::extract::State as Shared;
use engine::ledger;
use guard::ids::{DeploymentId, Environment, ServiceName};
use serde::Deserialize;
use utoipa::IntoParams;

/// The most deployments in one answer.
const MOST: usize = 200;
/// How many are listed when nobody says.
const USUAL: usize = 50;

/// What to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only those of this service.
    service: Option<String>,
    /// Only those of this environment.
    environment: Option<String>,
    /// At most so many, the last changed first; 50 when not said, 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// The last changed deployments; of these, the last asked for first.
#[utoipa::path(get, path = "/api/v1/deployments", params(Filter), responses(
    (status = 200, body = Vec<DeploymentView>),
    (status = 401, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Vec<DeploymentView>>, Problem> {
    let service = filter
        .service
        .map(ServiceName::new)
        .transpose()
        .map_err(|error| Problem::bad("service", error))?;
    let environment = filter
        .environment
        .map(Environment::new)
        .transpose()
        .map_err(|error| Problem::bad("environment", error))?;
    let limit = at_most(filter.limit, USUAL, MOST)?;
    let mut found = Vec::new();
    for head in api
        .engine
        .reader()
        .streams("deployment", 10_000)
        .await
        .map_err(engine::EngineError::from)?
    {
        if found.len() == limit {
            break;
        }
        let Ok(id) = DeploymentId::new(head.stream.id()) else {
            continue;
        };
        let state = match ledger::state(api.engine.reader(), &id).await {
            Ok(Some(state)) => state,
            Ok(None) => continue,
            // Long over.
            Err(error) if error.is_erased() => continue,
            // One that cannot be read must not hide the others; `quarantine` names it.
            Err(error) if error.is_damage() => {
                api.engine.note_unreadable(&id, &error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let plan = state.plan();
        if service
            .as_ref()
            .is_none_or(|wanted| *wanted == plan.service)
            && environment
                .as_ref()
                .is_none_or(|wanted| *wanted == plan.environment)
        {
            found.push(show::view(&api, &state, locale));
        }
    }
    found.sort_by_key(|view: &DeploymentView| std::cmp::Reverse(view.requested_at));
    Ok(Json(found))
}
