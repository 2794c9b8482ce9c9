//! `GET /api/v1/audit/calls`: what models and IDE assistants called.

use super::caller::may_look;
use super::given::{Asked, at_most};
use super::paging::{Here, after, cursor};
use super::problem::Problem;
use super::time::millis;
use super::{Api, Caller};
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use engine::EngineError;
use jiff::Timestamp;
use journal::{CallsWanted, ToolCall};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Calls in an answer when nobody says how many, and at most.
const USUAL: u64 = 100;
const MOST: u64 = 1000;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Not before this moment (RFC 3339).
    since: Option<String>,
    /// Only of this client, or on behalf of this person.
    who: Option<String>,
    /// Only before the call of this id.
    before: Option<String>,
    /// At most so many; 100 when not said, 1000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
    /// Only what is behind this place: what the page before said in `next_cursor`.
    cursor: Option<String>,
}

/// What was called, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CallsView {
    /// The calls.
    pub calls: Vec<CallView>,
    /// Where there may be more: what to ask for next as `before`.
    pub more_before: Option<String>,
    /// Where there may be more: what to ask for next as `cursor`.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// One call of a tool.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CallView {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub at: Timestamp,
    /// The client, as configured.
    pub client: String,
    /// On whose behalf.
    pub person: Option<String>,
    /// The tool.
    pub tool: String,
    /// Its arguments as JSON, without secrets.
    pub arguments: String,
    /// `answered refused failed cancelled`.
    pub outcome: String,
    /// How long it took.
    pub seconds: f64,
}

/// What models and IDE assistants called, the newest first; for responders and operators.
#[utoipa::path(get, path = "/api/v1/audit/calls", params(Filter), responses(
    (status = 200, body = CallsView, headers(
        ("Link" = Option<String>, description = "the next page, as rel=\"next\"; none on the last one"),
        ("Next-Cursor" = Option<String>, description = "its `cursor`"),
    )),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Asked(filter): Asked<Filter>,
    here: Here,
) -> Result<Response, Problem> {
    may_look(&by)?;
    let since = filter.since.as_deref().map(str::parse).transpose();
    let limit = at_most(filter.limit, USUAL, MOST)?;
    let wanted = CallsWanted {
        since: since.map_err(|error| Problem::bad("since", error))?,
        who: filter.who,
        before: after(filter.cursor.as_deref())?.or(filter.before),
        limit,
    };
    let found = api.engine.reader().calls(&wanted).await;
    let found = found.map_err(EngineError::from)?;
    let full = found.len() as u64 == limit;
    let more_before = found.last().filter(|_| full).map(|last| last.id.clone());
    let next_cursor = more_before.as_ref().map(cursor);
    let view = CallsView {
        more_before,
        next_cursor: next_cursor.clone(),
        calls: found.into_iter().map(view).collect(),
    };
    Ok(here.with_next(Json(view), next_cursor.as_deref()))
}

fn view(call: ToolCall) -> CallView {
    CallView {
        id: call.id,
        at: call.called_at,
        client: call.client,
        person: call.person,
        tool: call.tool,
        arguments: call.arguments,
        outcome: call.outcome,
        seconds: call.took.as_secs_f64(),
    }
}
