//! `POST /api/v1/deployments/{id}/revert-pr`, `POST /api/v1/deployments/{id}/hotfix-pr`

use super::caller::Language;
use super::command::told;
use super::given::{self, At, GivenOrNot};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView};
use crate::fixes;
use axum::Json;
use axum::extract::State as Shared;
use engine::EngineError;
use guard::fix::FixKind;
use guard::ids::DeploymentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What goes with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixBody {
    /// The commit that is to be undone; its first seven digits are enough. The most suspect one when not said.
    #[serde(default)]
    pub suspect: Option<String>,
    /// Why, in your words.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Who asks for which deployment, and how.
type Asked = (
    Shared<Api>,
    Caller,
    Language,
    At<String>,
    GivenOrNot<FixBody>,
);

/// Has a request opened that undoes what did it, for people to review and merge; as a person. What becomes of it is in
/// the deployment's `fixes` and told in its thread.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/revert-pr", request_body = Option<FixBody>,
    params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn revert(asked: Asked) -> Result<Json<DeploymentView>, Problem> {
    ask(FixKind::Revert, asked).await
}

/// Has a model draft the smallest change that mends what did it, as a draft for people to review; as a person.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/hotfix-pr", request_body = Option<FixBody>,
    params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn hotfix(asked: Asked) -> Result<Json<DeploymentView>, Problem> {
    ask(FixKind::Hotfix, asked).await
}

async fn ask(
    kind: FixKind,
    (Shared(api), Caller(by), Language(locale), At(id), GivenOrNot(body)): Asked,
) -> Result<Json<DeploymentView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let suspect = given::text("suspect", body.suspect)?;
    let reason = given::reason(body.reason)?;
    let state = api.engine.state(&id).await?;
    let state = state.ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
    let duty = api.orders.people().duty(&by, &state).await?;
    let settings = api.settings.get();
    let asked = fixes::asked(&settings, &state, by, duty, kind, suspect, reason);
    let events = api.engine.apply(&id, asked).await?;
    told(&api, &id, &events, locale).await
}
