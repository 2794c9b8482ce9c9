//! `POST /api/v1/deployments/{id}/judgement`

use super::caller::Language;
use super::command::told;
use super::given::{self, At, Given};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView};
use axum::Json;
use axum::extract::State as Shared;
use guard::ids::DeploymentId;
use guard::input::Happened;
use guard::judgement::Judgement;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody says in hindsight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementBody {
    /// `real` or `false_alarm` of an alarm, `missed` or `fine` of silence.
    pub judgement: String,
    /// Why, in your words.
    #[serde(default)]
    pub note: Option<String>,
    /// Of harm that was missed: since when it was done.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// Says in hindsight whether the alarm, or the silence, was right; as a person. The last word counts.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/judgement", request_body = JudgementBody,
    params(("id" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn judge(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At(id): At<String>,
    Given(body): Given<JudgementBody>,
) -> Result<Json<DeploymentView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let judgement: Judgement = body
        .judgement
        .parse()
        .map_err(|error| Problem::bad("judgement", error))?;
    if body.since.is_some() && judgement != Judgement::Missed {
        let detail = "only harm that was missed has a beginning that Tawny does not know: leave it out, or judge `missed`";
        return Err(Problem::bad("since", detail));
    }
    let note = given::text("note", body.note)?;
    let happened = Happened::Judged {
        by,
        judgement,
        note,
        since: body.since,
    };
    let events = api.engine.apply(&id, happened).await?;
    told(&api, &id, &events, locale).await
}
