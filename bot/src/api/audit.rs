//! `GET /api/v1/audit`: who did what; `GET /api/v1/audit/verify`: whether the record was changed.

use super::caller::may_look;
use super::given::{Asked, at_most, place};
use super::paging::{Here, after, cursor};
use super::problem::Problem;
use super::time::millis;
use super::{Api, Caller};
use crate::audit::{self, Entry, Wanted};
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use engine::EngineError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Deeds in an answer when nobody says how many, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Not before this moment (RFC 3339).
    since: Option<String>,
    /// Only of this person, machine, or `tawny` for its policy.
    who: Option<String>,
    /// Only before this number of the record.
    #[param(minimum = 0, maximum = 9223372036854775807i64)]
    before: Option<i64>,
    /// At most so many; 100 when not said, 1000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// Only what is behind this place: what the page before said in `next_cursor`.
    cursor: Option<String>,
}

/// Who did what, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// The deeds.
    pub entries: Vec<AuditEntryView>,
    /// Where there may be more: what to ask for next as `before`.
    pub more_before: Option<i64>,
    /// Where there may be more: what to ask for next as `cursor`.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// One deed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditEntryView {
    /// Its number in the record.
    pub seq: i64,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub at: Timestamp,
    /// Who: a configured name, `tawny` for policy, `nobody` for a question that ran out.
    pub who: String,
    /// `deploy pause resume answer refused expired reminded authorise abandon judge name freeze unfreeze configure`.
    pub what: String,
    /// Which one: the choice, the action, the version.
    pub which: Option<String>,
    /// Why, in their words; of what was refused, the kind of refusal.
    pub why: Option<String>,
    /// The deployment, if it was about one.
    pub deployment_id: Option<String>,
    /// The stream of the record.
    pub stream: String,
    /// The link in the stream's hash chain.
    pub hash: String,
}

/// Whether the record is as it was written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct VerifiedView {
    /// Whether every chain holds.
    pub ok: bool,
    /// Streams looked at.
    pub streams: u64,
    /// Events looked at.
    pub events: u64,
    /// Of these, those whose payload retention has erased; their links were checked.
    pub erased: u64,
    /// SHA-256 over the heads of all streams: kept elsewhere, it shows a tail that was cut off.
    pub heads: String,
    /// What does not hold.
    pub broken: Vec<String>,
}

/// Who did what, the newest first; for responders and operators.
#[utoipa::path(get, path = "/api/v1/audit", params(Filter), responses(
    (status = 200, body = AuditView, headers(
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
    let wanted = Wanted {
        since: since.map_err(|error| Problem::bad("since", error))?,
        who: filter.who,
        before: after(filter.cursor.as_deref())?.or(place("before", filter.before)?),
        limit: at_most(filter.limit, USUAL, MOST)?,
    };
    let found = audit::deeds(api.engine.reader(), &wanted).await;
    let found = found.map_err(EngineError::from)?;
    let next_cursor = found.more_before.as_ref().map(cursor);
    let view = AuditView {
        entries: found.entries.into_iter().map(view).collect(),
        more_before: found.more_before,
        next_cursor: next_cursor.clone(),
    };
    Ok(here.with_next(Json(view), next_cursor.as_deref()))
}

/// Follows every hash chain of the record; for responders and operators.
#[utoipa::path(get, path = "/api/v1/audit/verify", responses(
    (status = 200, body = VerifiedView), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub(super) async fn verify(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
) -> Result<Json<VerifiedView>, Problem> {
    may_look(&by)?;
    let verified = api.engine.reader().verify(None).await;
    let verified = verified.map_err(EngineError::from)?;
    let broken = verified.broken.iter().map(|link| {
        format!(
            "{} at revision {}: {}",
            link.stream, link.revision, link.problem
        )
    });
    Ok(Json(VerifiedView {
        ok: verified.broken.is_empty(),
        streams: verified.streams,
        events: verified.events,
        erased: verified.erased,
        broken: broken.collect(),
        heads: verified.heads,
    }))
}

fn view(entry: Entry) -> AuditEntryView {
    AuditEntryView {
        seq: entry.seq,
        at: entry.at,
        who: entry.deed.who,
        what: entry.deed.what,
        which: entry.deed.which,
        why: entry.deed.why,
        deployment_id: entry.deployment.map(|id| id.to_string()),
        stream: entry.stream,
        hash: entry.hash,
    }
}
