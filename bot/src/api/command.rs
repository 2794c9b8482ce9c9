//! `POST /api/v1/deployments/{id}/{command}`

use super::caller::Language;
use super::given::{self, At, GivenOrNot};
use super::problem::Problem;
use super::{Api, Caller, DeploymentView, show};
use axum::Json;
use axum::extract::State as Shared;
use engine::EngineError;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::{Command, Happened};
use messages::layout::terminal::{self, Colour};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What goes with a command or an answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why, in your words.
    #[serde(default)]
    pub reason: Option<String>,
    /// Go past the rules of who may say what; then `reason` says why, and everybody is told.
    #[serde(default)]
    pub break_glass: bool,
}

/// Gives a command: `pause`, `resume`, `hold`, `promote`, `rollback` or `abandon`.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/{command}", request_body = Option<ReasonBody>,
    params(("id" = String, Path), ("command" = String, Path)), responses(
    (status = 200, body = DeploymentView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn command(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At((id, command)): At<(String, String)>,
    GivenOrNot(body): GivenOrNot<ReasonBody>,
) -> Result<Json<DeploymentView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let command = match command.as_str() {
        "pause" => Command::Pause,
        "resume" => Command::Resume,
        "hold" => Command::Hold,
        "promote" => Command::Promote,
        "rollback" => Command::Rollback,
        "abandon" => Command::Abandon,
        other => {
            return Err(Problem::bad(
                "command",
                format!("`{other}`: expected pause, resume, hold, promote, rollback or abandon"),
            ));
        }
    };
    let reason = given::reason(body.reason)?;
    let people = api.orders.people();
    let duty = people
        .duty_to(&by, &api.engine, &id, body.break_glass)
        .await?;
    let events = api
        .engine
        .apply(
            &id,
            Happened::Commanded {
                by,
                duty,
                command,
                reason,
            },
        )
        .await?;
    told(&api, &id, &events, locale).await
}

/// The deployment after what was said to it, or the refusal.
pub(super) async fn told(
    api: &Api,
    id: &DeploymentId,
    events: &[Event],
    locale: messages::Locale,
) -> Result<Json<DeploymentView>, Problem> {
    if let Some(Event::Refused { refusal, .. }) = events.first() {
        let why = messages::words::refusal(refusal, &show::context(api, locale));
        return Err(Problem::refused(terminal::text(&why, Colour::Off)));
    }
    let state = api
        .engine
        .state(id)
        .await?
        .ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
    Ok(Json(show::view(api, &state, locale)))
}
