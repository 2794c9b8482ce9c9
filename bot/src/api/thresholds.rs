//! `GET /api/v1/services/{service}/thresholds`, and `POST /api/v1/services/{service}/alerts/judgement`

use super::caller::may_look;
use super::given::{self, Asked, At, Given};
use super::of_service::{OfService, There, named};
use super::problem::Problem;
use super::prose::{InWords, Task};
use super::reader::{Schemed, Wanted};
use super::{Api, Caller};
use crate::prose;
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use guard::actor::Actor;
use guard::root_cause::Known;
use guard::thresholds::{Advised, AlertLabel, Totals};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    advised: Advised,
    totals: Totals,
    /// Whether half of the false alarms would be gone; null where there were none.
    enough: Option<bool>,
    /// The rules that have a better threshold, as a rule file; null where there are none.
    rule_file: Option<String>,
}

/// How the alerts of a service did in thirty days, and which thresholds would have done better.
#[utoipa::path(get, path = "/api/v1/services/{service}/thresholds", params(("service" = String, Path), There, Wanted, InWords), responses(
    (status = 200, description = "`tawny.thresholds/1`, or text where another format is asked for", body = serde_json::Value),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem),
))]
pub(super) async fn thresholds(
    asked: OfService,
    Asked(more): Asked<InWords>,
) -> Result<Response, Problem> {
    let world = &asked.api.world;
    let advice = mcp_server::thresholds::of(world, &asked.service, &asked.environment).await?;
    let document = messages::thresholds::document(&advice.advised, &asked.context);
    let subject = asked.service.to_string();
    let task = Task {
        task: prose::THRESHOLDS,
        subject: &subject,
        known: Known::new(),
    };
    let content = Schemed {
        schema: "tawny.thresholds/1",
        content: Answer {
            totals: advice.advised.totals(),
            enough: advice.advised.enough(),
            advised: advice.advised,
            rule_file: advice.file,
        },
    };
    let (api, context) = (&asked.api, &asked.context);
    let told = more.beside(api, task, document, content, context).await;
    asked.wanted.shown(&told.0, told.1)
}

/// What somebody says of an alert of the past.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertJudgementBody {
    /// The alert; left out where there was an incident of which no alert told.
    #[serde(default)]
    pub alert: Option<String>,
    /// A moment in which it fired, or when the incident began.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// When the incident was over.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// `real` or `false_alarm`.
    pub judgement: String,
    /// Why, in your words.
    #[serde(default)]
    pub note: Option<String>,
    /// The environment; may be left out where the service has only one.
    #[serde(default)]
    pub environment: Option<String>,
}

/// What was kept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AlertJudgedView {
    /// The service.
    pub service: String,
    /// Where.
    pub environment: String,
    /// Who said so.
    pub by: String,
    /// The alert, if one was named.
    pub alert: Option<String>,
    /// Whether something was wrong.
    pub real: bool,
}

/// Says whether an alert of the past was true, as a person; the last word counts.
#[utoipa::path(post, path = "/api/v1/services/{service}/alerts/judgement", request_body = AlertJudgementBody,
    params(("service" = String, Path)), responses(
    (status = 200, body = AlertJudgedView),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn judge(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    At(service): At<String>,
    Given(body): Given<AlertJudgementBody>,
) -> Result<Json<AlertJudgedView>, Problem> {
    may_look(&by)?;
    if !matches!(by, Actor::Person { .. }) {
        let detail = "a machine cannot say what an alarm was: use the token of a person";
        return Err(Problem::refused(detail));
    }
    let (service, environment) = named(&api, service, body.environment)?;
    let real = match body.judgement.as_str() {
        "real" => true,
        "false_alarm" => false,
        other => {
            let detail = format_args!("`{other}`: expected real or false_alarm");
            return Err(Problem::bad("judgement", detail));
        }
    };
    if body.until.is_some_and(|until| until < body.at) {
        return Err(Problem::bad("until", "expected a time after `at`"));
    }
    let label = AlertLabel {
        alert: given::text("alert", body.alert)?,
        from: body.at,
        until: body.until,
        real,
        note: given::text("note", body.note)?,
    };
    let view = AlertJudgedView {
        service: service.to_string(),
        environment: environment.to_string(),
        by: by.name().to_owned(),
        alert: label.alert.clone(),
        real,
    };
    let kept = api
        .engine
        .judge_alert(&service, &environment, by.name(), label);
    kept.await?;
    Ok(Json(view))
}
