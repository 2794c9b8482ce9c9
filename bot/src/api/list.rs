//! `GET /api/v1/deployments`

use super::caller::Language;
use super::given::{Asked, at_most};
use super::paging::{Here, after, cursor};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView, show};
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::summary::Summary;
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
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
    /// Only those of which something is still expected, or only the others.
    open: Option<bool>,
    /// At most so many; 50 when not said, 200 at the most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Only those behind this place: what the page before said in `Next-Cursor`.
    cursor: Option<String>,
}

/// Deployments, the last asked for first. Where there are more, the header `Link` has the address of the next page.
#[utoipa::path(get, path = "/api/v1/deployments", params(Filter), responses(
    (status = 200, body = Vec<DeploymentView>, headers(
        ("Link" = Option<String>, description = "the next page, as rel=\"next\"; none on the last one"),
        ("Next-Cursor" = Option<String>, description = "its `cursor`"),
    )),
    (status = 401, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    Asked(filter): Asked<Filter>,
    here: Here,
) -> Result<Response, Problem> {
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
    let behind: Option<(Timestamp, DeploymentId)> = after(filter.cursor.as_deref())?;
    let wanted = |row: &&Arc<Summary>| {
        service.as_ref().is_none_or(|wanted| *wanted == row.service)
            && environment
                .as_ref()
                .is_none_or(|wanted| *wanted == row.environment)
            && filter.open.is_none_or(|wanted| wanted == row.moves())
    };
    let mut rows: Vec<Arc<Summary>> = api
        .engine
        .listed(|listing| match &behind {
            None => listing
                .newest()
                .filter(wanted)
                .take(limit + 1)
                .cloned()
                .collect(),
            Some((at, id)) => {
                let rest = listing.newest_after(*at, id);
                rest.filter(wanted).take(limit + 1).cloned().collect()
            }
        })
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| cursor(&(last.requested_at, &last.deployment)));
    let states = api.engine.in_full(rows).await?;
    let views = states.iter().map(|state| show::view(&api, state, locale));
    let views: Vec<DeploymentView> = views.collect();
    Ok(here.with_next(Json(views), next.as_deref()))
}
