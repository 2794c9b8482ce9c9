//! `POST /api/v1/approvals/{id}`

use super::caller::Language;
use super::command::told;
use super::given::{self, At, Given};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView};
use crate::approvals;
use axum::Json;
use axum::extract::State as Shared;
use guard::approval::Choice;
use guard::ids::ApprovalId;
use guard::input::Happened;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An answer to a question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// `rollback`, `resume` or `hold`.
    pub choice: String,
    /// Why, in your words.
    #[serde(default)]
    pub reason: Option<String>,
    /// Go past the rules of who may answer what; then `reason` says why, and everybody is told.
    #[serde(default)]
    pub break_glass: bool,
}

/// Answers a question, as a person.
#[utoipa::path(post, path = "/api/v1/approvals/{id}", request_body = AnswerBody, params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn answer(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At(id): At<String>,
    Given(body): Given<AnswerBody>,
) -> Result<Json<DeploymentView>, Problem> {
    let approval = ApprovalId::new(id).map_err(|error| Problem::bad("id", error))?;
    let choice: Choice = body
        .choice
        .parse()
        .map_err(|error| Problem::bad("choice", error))?;
    let reason = given::reason(body.reason)?;
    let deployment = approvals::deployment_of(&api.engine, &approval)
        .await?
        .ok_or_else(|| Problem::unknown("approval", &approval))?;
    let people = api.orders.people();
    let duty = people
        .duty_to(&by, &api.engine, &deployment, body.break_glass)
        .await?;
    let events = api
        .engine
        .apply(
            &deployment,
            Happened::Answered {
                approval,
                by,
                duty,
                choice,
                reason,
            },
        )
        .await?;
    told(&api, &deployment, &events, locale).await
}
