//! `/api/v1/deliveries`: webhooks as they came in, what became of them, and having one handled again.

use super::caller::{may_look, operator};
use super::given::{Asked, At, at_most, place};
use super::paging::{Here, after, cursor};
use super::problem::Problem;
use super::time::millis;
use super::{Api, Caller};
use crate::webhooks::{Stored, inbox_name};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use engine::EngineError;
use engine::told::SOURCE_PREFIX;
use jiff::Timestamp;
use journal::{InputShown, JournalError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Deliveries that are listed when nobody says how many, and at most.
const USUAL: u64 = 50;
const MOST: u64 = 500;

/// What to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only of this source; of all that are configured when not said.
    source: Option<String>,
    /// Only those before this id.
    #[param(minimum = 0, maximum = 9223372036854775807i64)]
    before: Option<i64>,
    /// At most so many; 50 when not said, 500 at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
    /// Only what is behind this place: what the page before said in `next_cursor`.
    cursor: Option<String>,
}

/// Webhooks as they came in, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeliveriesView {
    /// Without their bodies.
    pub deliveries: Vec<DeliveryView>,
    /// Where there may be more: what to ask for next as `cursor`.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// One webhook.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// Its number.
    pub id: i64,
    /// The configured name of its source.
    pub source: String,
    /// The sender's own key of it.
    pub key: String,
    /// What it is about, where the sender says so beside the body.
    pub event: Option<String>,
    /// When it came.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub received_at: Timestamp,
    /// `pending`, `claimed`, `done`, `quarantined` or `discarded`.
    pub status: String,
    /// Why it could not be handled, where it could not.
    pub error: Option<String>,
    /// What came of it.
    pub came_to: Vec<CameToView>,
    /// Its body; in the list it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// What came of one thing that a webhook said.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CameToView {
    /// `begun`: its deployment is watched from then on. `noted`: it says something new of a known deployment or
    /// incident. `joined`: its alert belongs to that. `opened`: its alert belongs to none and is an incident of its own.
    /// `let_begin`, `refused`: what whoever deploys elsewhere was answered. `linked`: the account that said a code is a person's. `known`: nothing new. `ignored`.
    pub what: String,
    /// The deployment that it concerns.
    #[serde(default)]
    pub deployment: Option<String>,
    /// The incident that it concerns, of no deployment.
    #[serde(default)]
    pub incident: Option<String>,
    /// More of it.
    #[serde(default)]
    pub detail: Option<String>,
}

/// Webhooks as they came in, the newest first.
#[utoipa::path(get, path = "/api/v1/deliveries", params(Filter), responses(
    (status = 200, body = DeliveriesView, headers(
        ("Link" = Option<String>, description = "the next page, as rel=\"next\"; none on the last one"),
        ("Next-Cursor" = Option<String>, description = "its `cursor`"),
    )), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    _caller: Caller,
    Asked(filter): Asked<Filter>,
    here: Here,
) -> Result<Response, Problem> {
    let settings = api.settings.get();
    let known = settings
        .webhooks
        .iter()
        .map(|source| source.name.to_string());
    let known: Vec<String> = known.collect();
    let wanted = match filter.source {
        Some(source) if !known.contains(&source) => {
            return Err(Problem::unknown("webhook", source));
        }
        Some(source) => vec![source],
        None => known,
    };
    let sources: Vec<String> = wanted.iter().map(|name| inbox_name(name)).collect();
    let limit = at_most(filter.limit, USUAL, MOST)?;
    let reader = api.engine.reader();
    let before = after(filter.cursor.as_deref())?.or(place("before", filter.before)?);
    let found = reader.inputs_of(&sources, before, limit + 1).await;
    let mut found = found.map_err(EngineError::from)?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = found.last().filter(|_| more);
    let next_cursor = last.map(|last| cursor(&last.id));
    let deliveries = found.into_iter().map(|input| view(input, false));
    let view = DeliveriesView {
        deliveries: deliveries.collect(),
        next_cursor: next_cursor.clone(),
    };
    Ok(here.with_next(Json(view), next_cursor.as_deref()))
}

/// One webhook with its body, for responders and operators.
#[utoipa::path(get, path = "/api/v1/deliveries/{id}", params(("id" = i64, Path)), responses(
    (status = 200, body = DeliveryView),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub(super) async fn show(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    At(id): At<i64>,
) -> Result<Json<DeliveryView>, Problem> {
    may_look(&by)?;
    Ok(Json(view(find(&api, id).await?, true)))
}

/// Has a webhook handled again that was handled before, or is in quarantine; as an operator.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/replay", params(("id" = i64, Path)), responses(
    (status = 202, body = DeliveryView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub(super) async fn replay(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    At(id): At<i64>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    operator(&by)?;
    find(&api, id).await?;
    match api.engine.replay_delivery(id, by.name()).await {
        Ok(()) => Ok((
            StatusCode::ACCEPTED,
            Json(view(find(&api, id).await?, false)),
        )),
        Err(EngineError::Journal(JournalError::NotFound(_))) => Err(Problem::refused(format!(
            "delivery {id} waits to be handled already"
        ))),
        Err(error) => Err(error.into()),
    }
}

async fn find(api: &Api, id: i64) -> Result<InputShown, Problem> {
    let found = api.engine.reader().input(id).await;
    let found = found.map_err(EngineError::from)?;
    found
        .filter(|input| input.source.starts_with(SOURCE_PREFIX))
        .ok_or_else(|| Problem::unknown("delivery", id))
}

fn view(input: InputShown, whole: bool) -> DeliveryView {
    let stored: Option<Stored> = serde_json::from_value(input.payload).ok();
    let came_to = input.outcome.unwrap_or(Value::Null);
    let body = stored.as_ref().and_then(|stored| {
        let body = stored.body.as_ref().or(stored.body_base64.as_ref());
        body.filter(|_| whole).cloned()
    });
    let source = input.source.strip_prefix(SOURCE_PREFIX);
    DeliveryView {
        id: input.id,
        source: source.unwrap_or(&input.source).to_owned(),
        key: input.delivery_key,
        event: stored.and_then(|stored| stored.event),
        received_at: input.received_at,
        status: input.status,
        error: input.last_error,
        came_to: serde_json::from_value(came_to).unwrap_or_default(),
        body,
    }
}
