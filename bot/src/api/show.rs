//! `GET /api/v1/deployments/{id}`

use super::caller::Language;
use super::given::At;
use super::problem::Problem;
use super::view::{self, DeploymentView};
use super::{Api, Caller};
use axum::Json;
use axum::extract::State as Shared;
use engine::EngineError;
use guard::ids::DeploymentId;
use guard::state::State;
use messages::Locale;
use messages::layout::terminal::{self, Colour};

/// One deployment.
#[utoipa::path(get, path = "/api/v1/deployments/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem),
))]
pub(super) async fn show(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    At(id): At<String>,
) -> Result<Json<DeploymentView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let history = api.engine.history(&id).await?;
    let history = history.ok_or(EngineError::UnknownDeployment(id))?;
    Ok(Json(view(&api, &history.state, locale)))
}

pub(super) fn view(api: &Api, state: &State, locale: Locale) -> DeploymentView {
    let plan = state.plan();
    let observed = api.engine.observed(&plan.service, &plan.environment);
    let mut message = messages::parent(state, &context(api, locale));
    // There is nothing to press in a text; what to type instead is in `approval`.
    message.buttons.clear();
    let text = terminal::message(&message, Colour::Off);
    view::deployment(state, observed.as_ref(), text)
}

pub(super) fn context(api: &Api, locale: Locale) -> messages::Context {
    messages::Context {
        locale,
        now: jiff::Timestamp::now(),
        base_url: api.base_url.clone(),
    }
}
