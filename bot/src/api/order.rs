//! `POST /api/v1/orders`: what people say in words.

use super::caller::Language;
use super::given::{At, Given};
use super::problem::Problem;
use super::{Api, Caller};
use crate::orders::{Answer, Speaker};
use axum::Json;
use axum::extract::State as Shared;
use guard::ids::DeploymentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    /// The line, such as `rollback shop because errors rise`; `help` tells what can be said.
    pub text: String,
    /// The deployment that is meant where the line names none.
    #[serde(default)]
    pub deployment: Option<String>,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    /// `done shown asked refused not_understood`.
    pub outcome: String,
    /// The verb, if one was understood.
    pub verb: Option<String>,
    /// The deployment that it was about.
    pub deployment_id: Option<String>,
    /// Where it is asked whether that is meant: the id with which to say so, to
    /// `POST /api/v1/orders/{id}/confirm`, within ten minutes.
    pub confirm: Option<String>,
    /// Where it was answered to them alone: the order with which they show it to everybody.
    #[serde(default)]
    pub share: Option<String>,
    /// The answer in words.
    pub text: String,
}

/// Does what a line of words wants, or answers what it asks.
#[utoipa::path(post, path = "/api/v1/orders", request_body = OrderBody, responses(
    (status = 200, body = OrderView),
    (status = 401, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem),
))]
pub(super) async fn give(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    Given(body): Given<OrderBody>,
) -> Result<Json<OrderView>, Problem> {
    let here = body.deployment.map(DeploymentId::new).transpose();
    let here = here.map_err(|error| Problem::bad("deployment", error))?;
    let speaker = Speaker {
        by,
        here,
        incident: None,
        channel: None,
        locale,
    };
    let answer = api.orders.say(&body.text, &speaker).await?;
    Ok(Json(view(answer)))
}

/// Says that what was asked is meant.
#[utoipa::path(post, path = "/api/v1/orders/{id}/confirm", params(("id" = String, Path)), responses(
    (status = 200, body = OrderView),
    (status = 401, body = Problem), (status = 503, body = Problem),
))]
pub(super) async fn confirm(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At(id): At<String>,
) -> Result<Json<OrderView>, Problem> {
    let speaker = Speaker {
        by,
        here: None,
        incident: None,
        channel: None,
        locale,
    };
    let answer = api.orders.confirm(&id, &speaker).await?;
    Ok(Json(view(answer)))
}

fn view(answer: Answer) -> OrderView {
    let text = answer.words();
    OrderView {
        text,
        outcome: answer.outcome.as_str().to_owned(),
        verb: answer.verb.map(|verb| verb.as_str().to_owned()),
        deployment_id: answer.deployment.map(|id| id.to_string()),
        confirm: answer.confirm,
        share: answer.share,
    }
}
