//! `POST /api/v1/deployments/{id}/root-cause/rating`

use super::caller::Language;
use super::command::told;
use super::given::{self, Given};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView};
use axum::Json;
use axum::extract::{Path, State as Shared};
use guard::ids::DeploymentId;
use guard::input::Happened;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a root-cause report was of use.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingBody {
    /// Whether it was.
    pub useful: bool,
    /// Why, in your words.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says whether the root-cause report was of use; as a person. The last word of each person counts.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/root-cause/rating", request_body = RatingBody,
    params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn rate(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    Path(id): Path<String>,
    Given(body): Given<RatingBody>,
) -> Result<Json<DeploymentView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let note = given::text("note", body.note)?;
    let useful = body.useful;
    let happened = Happened::RootCauseRated { by, useful, note };
    let events = api.engine.apply(&id, happened).await?;
    told(&api, &id, &events, locale).await
}
