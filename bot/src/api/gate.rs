//! `GET /api/v1/deployments/{id}/gate`

use super::caller::Language;
use super::given::{Asked, At};
use super::problem::Problem;
use super::time::millis;
use super::{Api, Caller, DeploymentView, show};
use axum::Json;
use axum::extract::State as Shared;
use engine::{EngineError, ledger};
use guard::gate::{Passes, Until, gate};
use guard::ids::DeploymentId;
use guard::state::State;
use jiff::Timestamp;
use messages::layout::terminal::{self, Colour};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What to tell.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// `promoted`: decided when it is out everywhere and was judged on the way. `baked`: not before the watch of
    /// the promoted release is over. `promoted` when not said.
    until: Option<String>,
    /// Only changes after this revision; all when not said.
    #[param(minimum = 0, maximum = 4294967295u32)]
    after: Option<u32>,
}

/// What a pipeline that waits for a deployment is told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GateView {
    /// The deployment as it stands.
    #[serde(flatten)]
    pub deployment: DeploymentView,
    /// Whether waiting longer changes nothing about the outcome.
    pub decided: bool,
    /// `healthy accepted degraded rolled_back rolling_back failed abandoned superseded held expired inconclusive
    /// unmeasured asking under_way`.
    pub outcome: String,
    /// What a pipeline exits with if this is the last word: 0 go on, 1 do not, 2 nobody knows.
    pub exit_code: u8,
    /// The outcome in a sentence.
    pub reason: String,
    /// The deployment's message, in Markdown.
    pub markdown: String,
    /// The deployment on Tawny's page.
    pub page: Option<String>,
    /// The revision of the last change.
    pub revision: u64,
    /// What happened, in order.
    pub changes: Vec<ChangeView>,
}

/// One thing that happened, in a line.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChangeView {
    /// Its place in the deployment's stream.
    pub revision: u64,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub at: Timestamp,
    /// In words.
    pub text: String,
}

/// Whether a pipeline may go on, as far as it is known now.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/gate", params(("id" = String, Path), Filter), responses(
    (status = 200, body = GateView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn ask(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Language(locale): Language,
    At(id): At<String>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<GateView>, Problem> {
    let until = match filter.until.as_deref() {
        None | Some("promoted") => Until::Promoted,
        Some("baked") => Until::Baked,
        Some(other) => {
            let detail = format!("`{other}`: expected promoted or baked");
            return Err(Problem::bad("until", detail));
        }
    };
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let records = ledger::records(api.engine.reader(), &id).await?;
    let state = State::fold(&records)
        .map_err(|source| EngineError::Fold {
            stream: format!("deployment/{id}"),
            source,
        })?
        .ok_or(EngineError::UnknownDeployment(id))?;
    let context = show::context(&api, locale);
    let said = gate(&records, &state, until);
    let reason = messages::gate::sentence(&said, &state, &context);
    let mut parent = messages::parent(&state, &context);
    // There is nothing to press in a pipeline.
    parent.buttons.clear();
    let after = filter.after.unwrap_or(0);
    Ok(Json(GateView {
        decided: said.decided,
        outcome: super::view::word(said.outcome),
        exit_code: match said.passes {
            Passes::Yes => 0,
            Passes::No => 1,
            Passes::Unsure => 2,
        },
        reason: terminal::text(&reason, Colour::Off),
        markdown: messages::layout::markdown::message(&parent),
        page: parent
            .links
            .into_iter()
            .next()
            .map(|link| link.url().to_owned()),
        revision: state.revision(),
        changes: messages::timeline(&records, &context)
            .into_iter()
            .filter(|line| line.revision > u64::from(after))
            .map(|line| ChangeView {
                revision: line.revision,
                at: line.at,
                text: terminal::text(&line.text, Colour::Off),
            })
            .collect(),
        deployment: show::view(&api, &state, locale),
    }))
}
