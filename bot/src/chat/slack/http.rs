//! `POST /slack/interactions`, `/slack/events` and `/slack/commands`: bytes in bounds, genuine, new; then what they say.

use super::hearing::Hearing;
use super::seen::Seen;
use super::verify;
use crate::webhooks::body::{self, NoBody, Room};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of a request: Slack sends the whole message with each press.
const MOST: usize = 1024 * 1024;
/// Slack waits three seconds for an answer.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(2);

/// What listens for Slack. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Listener {
    hearing: Hearing,
    room: Room,
    seen: Arc<Seen>,
}

impl Listener {
    pub(crate) fn new(hearing: Hearing) -> Self {
        Self {
            hearing,
            room: Room::default(),
            seen: Arc::default(),
        }
    }

    pub(crate) fn router(self) -> Router {
        // The limit of the body is this module's own.
        Router::new()
            .route("/slack/interactions", post(interactions))
            .route("/slack/events", post(events))
            .route("/slack/commands", post(commands))
            .layer(DefaultBodyLimit::disable())
            .with_state(self)
    }

    /// The body, if Slack sent it; none when it was heard before.
    async fn heard(&self, headers: &HeaderMap, body: Body) -> Result<Option<Vec<u8>>, StatusCode> {
        let settings = self.hearing.settings.get();
        let slack = settings.chat.slack.as_ref();
        let slack = slack.filter(|slack| slack.signing_secret.is_some());
        let slack = slack.ok_or(StatusCode::NOT_FOUND)?;
        let held = body::read(body, MOST, &self.room).await.map_err(status)?;
        let now = Timestamp::now();
        let Some(signature) = verify::genuine(slack, headers, &held.bytes, now) else {
            let bytes = held.bytes.len();
            tracing::warn!(
                bytes,
                "what claims to come from Slack does not prove itself: it is not read"
            );
            return Err(StatusCode::UNAUTHORIZED);
        };
        if self.seen.is_new(signature, now) {
            Ok(Some(held.bytes))
        } else {
            tracing::info!("what Slack sent was heard before: nothing is done");
            Ok(None)
        }
    }
}

async fn interactions(
    State(listener): State<Listener>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let bytes = match listener.heard(&headers, body).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return StatusCode::OK.into_response(),
        Err(status) => return status.into_response(),
    };
    let Some(payload) = payload(&bytes) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // What takes longer goes on; Slack would show a failure to whoever pressed.
    let hearing = &listener.hearing;
    match hearing.interaction(payload, ACKNOWLEDGED_WITHIN).await {
        Some(shown) => Json(shown).into_response(),
        None => StatusCode::OK.into_response(),
    }
}

async fn events(State(listener): State<Listener>, headers: HeaderMap, body: Body) -> Response {
    let bytes = match listener.heard(&headers, body).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return StatusCode::OK.into_response(),
        Err(status) => return status.into_response(),
    };
    let Ok(payload) = serde_json::from_slice::<Value>(&bytes) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // So Slack finds out whether the address is ours.
    if payload["type"] == "url_verification" {
        return Json(json!({ "challenge": payload["challenge"] })).into_response();
    }
    // What is not acknowledged in time is told again, and known then.
    let taking = tokio::spawn(async move { listener.hearing.take_event(&payload).await });
    let _ = tokio::time::timeout(ACKNOWLEDGED_WITHIN, taking).await;
    StatusCode::OK.into_response()
}

async fn commands(State(listener): State<Listener>, headers: HeaderMap, body: Body) -> StatusCode {
    let bytes = match listener.heard(&headers, body).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return StatusCode::OK,
        Err(status) => return status,
    };
    let fields = url::form_urlencoded::parse(&bytes);
    let fields = fields.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
    let payload = Value::Object(fields.collect());
    let taking = tokio::spawn(async move { listener.hearing.take_slash(&payload).await });
    let _ = tokio::time::timeout(ACKNOWLEDGED_WITHIN, taking).await;
    StatusCode::OK
}

/// A form with one field, which holds JSON.
fn payload(bytes: &[u8]) -> Option<Value> {
    let mut fields = url::form_urlencoded::parse(bytes);
    let (_, payload) = fields.find(|(name, _)| name == "payload")?;
    serde_json::from_str(&payload).ok()
}

fn status(why: NoBody) -> StatusCode {
    match why {
        NoBody::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        NoBody::Broken => StatusCode::BAD_REQUEST,
        NoBody::TooSlow => StatusCode::REQUEST_TIMEOUT,
        NoBody::Full => StatusCode::SERVICE_UNAVAILABLE,
    }
}
