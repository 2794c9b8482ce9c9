//! `POST /api/v1/deployments/{id}/cause`

use super::caller::Language;
use super::command::told;
use super::given::{self, At, Given};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView};
use axum::Json;
use axum::extract::State as Shared;
use guard::culprit::Culprit;
use guard::ids::DeploymentId;
use guard::input::Happened;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which change did it, as somebody says.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseBody {
    /// The commit that did it; its first seven digits are enough.
    #[serde(default)]
    pub change: Option<String>,
    /// Instead of a commit: it was not this deployment.
    #[serde(default)]
    pub not_the_change: bool,
    /// Why, in your words.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says which change did it, or that none that came with this deployment did; as a person. The last word of each
/// person counts.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/cause", request_body = CauseBody,
    params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn name(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At(id): At<String>,
    Given(body): Given<CauseBody>,
) -> Result<Json<DeploymentView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let change = given::text("change", body.change)?;
    let culprit = match (change, body.not_the_change) {
        (Some(id), false) => Culprit::Change { id },
        (None, true) => Culprit::NotThisDeployment,
        _ => {
            let detail = "give either a commit as `change`, or `not_the_change`";
            return Err(Problem::bad("change", detail));
        }
    };
    let note = given::text("note", body.note)?;
    let happened = Happened::Named { by, culprit, note };
    let events = api.engine.apply(&id, happened).await?;
    told(&api, &id, &events, locale).await
}
