//! `GET /api/v1/deployments/{id}/why`

use super::Api;
use super::problem::Problem;
use super::reader::{Reader, Schemed, Wanted};
use axum::http::StatusCode;
use axum::response::Response;
use engine::EngineError;
use guard::cause::Cause;
use guard::report::{Blamed, blamed};
use guard::state::State;
use serde::Serialize;

/// What the ranking came to, and what people say.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    cause: Cause,
    named: Vec<Blamed>,
}

/// Which change did it: the suspects among what came with the deployment, or what else it was.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/why", params(("id" = String, Path), Wanted), responses(
    (status = 200, description = "`tawny.why/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn why(reader: Reader) -> Result<Response, Problem> {
    let api = &reader.api;
    let history = api.engine.history(&reader.id).await?;
    let history = history.ok_or_else(|| EngineError::UnknownDeployment(reader.id.clone()))?;
    let state = &history.state;
    let Some((cause, _)) = state.cause() else {
        return Err(unknown(api, state));
    };
    let document = messages::cause::document(cause, state, &reader.context);
    let content = Schemed {
        schema: "tawny.why/1",
        content: Answer {
            cause: cause.clone().without_addresses(),
            named: blamed(state),
        },
    };
    reader.shown(&document, content)
}

/// Why nothing is known, and what to do about it.
fn unknown(api: &Api, state: &State) -> Problem {
    let plan = state.plan();
    let service = api.engine.service(&plan.service, &plan.environment);
    let why = if state.findings().next().is_none() {
        "nothing was found that asks for a cause"
    } else if plan.from.is_none() {
        "it is the first release: there is no version to compare it with"
    } else if service.is_ok_and(|service| service.code.is_none()) {
        "it is not known where its code is: set `repo` of the service to a git repository on this machine, or to one at GitHub or GitLab that is configured \
         under `code`"
    } else {
        "what changed could not be read, or nothing found so far is sure enough; the log says more"
    };
    let detail = format!("deployment `{}`: {why}", plan.deployment);
    Problem::new(StatusCode::NOT_FOUND, "no_cause", detail)
}
