//! `GET` and `POST /api/v1/quarantine`: what failed too often, and what an operator does about it.

use super::caller::operator;
use super::given::Given;
use super::problem::Problem;
use super::time::millis_or_null;
use super::{Api, Caller};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use engine::{EngineError, Quarantine, Remedy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What holds back what is behind it, until an operator decides.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QuarantineView {
    /// Inputs and effects, the oldest first.
    pub items: Vec<QuarantinedView>,
    /// Deployments whose record cannot be read: nothing is done about them.
    pub unreadable: Vec<UnreadableView>,
}

/// One input or effect.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QuarantinedView {
    /// What to name when deciding: a number for an input, `STREAM@REVISION#INDEX` for an effect.
    pub id: String,
    /// `input` or `effect`.
    pub what: String,
    /// Where it comes from, or what does it.
    pub kind: String,
    /// What it holds back: everything else of this key.
    pub key: String,
    /// Tries begun.
    pub attempts: u32,
    /// Why the last one failed.
    pub error: Option<String>,
    /// When it arrived; not known for effects.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub received_at: Option<Timestamp>,
}

/// A deployment that cannot be read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UnreadableView {
    /// Its id.
    pub deployment_id: String,
    /// Why.
    pub error: String,
}

/// A decision about something in quarantine.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemedyBody {
    /// `requeue` (its tries start over) or `discard` (what is behind it goes on without it).
    pub remedy: String,
    /// The id as listed.
    pub id: String,
}

/// Everything in quarantine.
#[utoipa::path(get, path = "/api/v1/quarantine", responses(
    (status = 200, body = QuarantineView), (status = 401, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    _caller: Caller,
) -> Result<Json<QuarantineView>, Problem> {
    Ok(Json(view(api.engine.quarantine().await?)))
}

/// Decides about one input or effect, as an operator; answers with what is still in quarantine.
#[utoipa::path(post, path = "/api/v1/quarantine", request_body = RemedyBody, responses(
    (status = 200, body = QuarantineView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn decide(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Given(body): Given<RemedyBody>,
) -> Result<Json<QuarantineView>, Problem> {
    let remedy = match body.remedy.as_str() {
        "requeue" => Remedy::Requeue,
        "discard" => Remedy::Discard,
        other => {
            let detail = format!("`{other}`: expected requeue or discard");
            return Err(Problem::bad("remedy", detail));
        }
    };
    operator(&by)?;
    match api.engine.remedy(&body.id, remedy, by.name()).await {
        Ok(()) => Ok(Json(view(api.engine.quarantine().await?))),
        Err(EngineError::Journal(journal::JournalError::NotFound(what))) => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "unknown",
            format!("{what} is not there: see `tawny journal quarantine`"),
        )),
        Err(error) => Err(error.into()),
    }
}

fn view(quarantine: Quarantine) -> QuarantineView {
    let inputs = quarantine.inputs.into_iter().map(|input| QuarantinedView {
        id: input.id.to_string(),
        what: "input".to_owned(),
        kind: input.source,
        key: input.stream_key,
        attempts: input.attempts,
        error: input.last_error,
        received_at: Some(input.received_at),
    });
    let effects = quarantine
        .effects
        .into_iter()
        .map(|effect| QuarantinedView {
            id: effect.id,
            what: "effect".to_owned(),
            kind: effect.kind,
            key: effect.key,
            attempts: effect.attempts,
            error: effect.last_error,
            received_at: None,
        });
    QuarantineView {
        items: inputs.chain(effects).collect(),
        unreadable: quarantine
            .unreadable
            .into_iter()
            .map(|(id, error)| UnreadableView {
                deployment_id: id.to_string(),
                error,
            })
            .collect(),
    }
}
