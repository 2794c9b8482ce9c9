//! `POST /hooks/NAME`: bytes in bounds, genuine, kept, answered. What they say is read afterwards.

use super::body::{self, NoBody, Room};
use super::meters::HookMeters;
use super::stored::{self, Stored};
use super::{inbox_name, source, tried, verify};
use crate::live::Live;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use config::Settings;
use config::settings::{WebhookKind, WebhookSource};
use journal::{Delivered, Inbox, Reader};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Bytes of a body that are taken: GitHub sends up to 25 MiB.
pub(super) const MOST: usize = 1024 * 1024;
pub(super) const MOST_OF_GITHUB: usize = 25 * 1024 * 1024;

/// How long the journal may take before the sender is told to come again.
const KEPT_WITHIN: Duration = Duration::from_secs(5);
/// Inputs that may wait to be handled.
const MOST_WAITING: u64 = 100_000;
/// How long the number of those is believed.
const COUNTED_FOR: Duration = Duration::from_secs(2);

/// A request that asks what would be understood, and changes nothing. Whoever sets it needs the secret as well.
pub(crate) const TRY_HEADER: &str = "tawny-try";

/// What takes deliveries. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hooks {
    settings: Live<Settings>,
    inbox: Inbox,
    reader: Reader,
    meters: HookMeters,
    room: Room,
    full: Arc<Mutex<(Option<Instant>, bool)>>,
}

/// Why a delivery is not taken.
enum NotTaken {
    Unknown,
    NoBody(NoBody),
    Refused,
    Unavailable,
}

impl Hooks {
    pub(crate) fn new(
        settings: Live<Settings>,
        inbox: Inbox,
        reader: Reader,
        meters: HookMeters,
    ) -> Self {
        for source in &settings.get().webhooks {
            meters.expect(source.name.as_str());
        }
        Self {
            settings,
            inbox,
            reader,
            meters,
            room: Room::default(),
            full: Arc::default(),
        }
    }

    pub(crate) fn router(self) -> Router {
        // The limit of the body is this module's own, by sender.
        Router::new()
            .route("/hooks/{source}", post(take))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(self)
    }

    async fn keep(
        &self,
        source: &WebhookSource,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Delivered, NotTaken> {
        if self.is_full().await {
            return Err(NotTaken::Unavailable);
        }
        let name = source.name.as_str();
        let key = stored::key(source.kind, headers, body);
        // A line of its own: what is not understood holds nothing back.
        let line = hex::encode(&Sha256::digest(&key)[..12]);
        let payload = serde_json::to_value(Stored::of(source.kind, headers, body));
        let payload = payload.map_err(|_| NotTaken::Unavailable)?;
        let line = format!("hooks/{name}/{line}");
        let now = jiff::Timestamp::now();
        let source = inbox_name(name);
        let kept = self.inbox.deliver(&source, &key, &line, &payload, now);
        match tokio::time::timeout(KEPT_WITHIN, kept).await {
            Ok(Ok(delivered)) => Ok(delivered),
            Ok(Err(error)) => {
                tracing::warn!(source = name, %error, "a webhook could not be kept: its sender is told to come again");
                Err(NotTaken::Unavailable)
            }
            Err(_) => {
                tracing::warn!(
                    source = name,
                    "a webhook was not kept in time: its sender is told to come again"
                );
                Err(NotTaken::Unavailable)
            }
        }
    }

    /// Whether so much waits that nothing more is taken. Counted once for many deliveries.
    async fn is_full(&self) -> bool {
        let mut known = self.full.lock().await;
        if known.0.is_some_and(|at| at.elapsed() < COUNTED_FOR) {
            return known.1;
        }
        // A journal that cannot be read cannot keep anything either; keeping says so.
        let waiting = self.reader.waiting_inputs().await.unwrap_or(0);
        *known = (Some(Instant::now()), waiting >= MOST_WAITING);
        known.1
    }
}

async fn take(
    State(hooks): State<Hooks>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let settings = hooks.settings.get();
    let Some(source) = source(&settings, &name) else {
        hooks.meters.came("unknown", "refused");
        return answer(&NotTaken::Unknown);
    };
    let taken = taken(&hooks, &settings, source, &headers, body).await;
    let (outcome, response) = match taken {
        Ok(done) => done,
        Err(why) => (word(&why), answer(&why)),
    };
    hooks.meters.came(&name, outcome);
    response
}

async fn taken(
    hooks: &Hooks,
    settings: &Settings,
    source: &WebhookSource,
    headers: &HeaderMap,
    body: Body,
) -> Result<(&'static str, Response), NotTaken> {
    let limit = match source.kind {
        WebhookKind::Github => MOST_OF_GITHUB,
        WebhookKind::Generic | WebhookKind::Alertmanager => MOST,
    };
    let said = verify::text(headers, header::CONTENT_LENGTH.as_str());
    if said
        .and_then(|said| said.parse::<usize>().ok())
        .is_some_and(|said| said > limit)
    {
        return Err(NotTaken::NoBody(NoBody::TooLarge));
    }
    let held = body::read(body, limit, &hooks.room).await;
    let held = held.map_err(NotTaken::NoBody)?;
    if !verify::genuine(source, headers, &held.bytes) {
        tracing::warn!(
            source = source.name.as_str(),
            bytes = held.bytes.len(),
            "a webhook does not prove itself: it is not read"
        );
        return Err(NotTaken::Refused);
    }
    if headers.contains_key(TRY_HEADER) {
        let understood = tried(settings, source, headers, &held.bytes);
        return Ok(("test", Json(understood).into_response()));
    }
    let (status, id) = match hooks.keep(source, headers, &held.bytes).await? {
        Delivered::New(id) => ("accepted", Some(id)),
        Delivered::Duplicate => ("duplicate", None),
    };
    let said = Json(json!({ "status": status, "delivery": id }));
    Ok((status, (StatusCode::ACCEPTED, said).into_response()))
}

fn word(why: &NotTaken) -> &'static str {
    match why {
        NotTaken::Unknown | NotTaken::Refused => "refused",
        NotTaken::NoBody(NoBody::TooLarge) => "too_large",
        NotTaken::NoBody(NoBody::Broken | NoBody::TooSlow) => "broken",
        NotTaken::NoBody(NoBody::Full) | NotTaken::Unavailable => "unavailable",
    }
}

// Who asks too much is told with 503 and never with 429: Alertmanager and others repeat only after a 5xx.
fn answer(why: &NotTaken) -> Response {
    let (status, detail) = match why {
        NotTaken::Unknown => (StatusCode::NOT_FOUND, "no such webhook is configured"),
        NotTaken::Refused => (StatusCode::UNAUTHORIZED, "it does not prove itself"),
        NotTaken::NoBody(NoBody::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, "too large"),
        NotTaken::NoBody(NoBody::Broken) => (StatusCode::BAD_REQUEST, "the body broke off"),
        NotTaken::NoBody(NoBody::TooSlow) => (StatusCode::REQUEST_TIMEOUT, "too slow"),
        NotTaken::NoBody(NoBody::Full) | NotTaken::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "it cannot be kept now: send it again",
        ),
    };
    let mut response = (status, Json(json!({ "error": detail }))).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    }
    response
}
