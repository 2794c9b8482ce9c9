//! `/api/v1/deployments/{id}/shares`: links that show one deployment, read-only, to whoever has them.

use super::caller::{Language, may_look};
use super::given::{At, GivenOrNot};
use super::problem::Problem;
use super::time::{millis, millis_or_null};
use super::{Api, Caller, show};
use crate::web::shares::{Listed, NotShared};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use guard::approval::Refusal;
use guard::ids::{DeploymentId, ShareId};
use jiff::Timestamp;
use messages::Locale;
use messages::layout::terminal::{self, Colour};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// How the link is to be.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareBody {
    /// How long it opens, in seconds; `server.shares.usual` when not said, `server.shares.longest` at most.
    #[schema(minimum = 60, maximum = 315360000)]
    #[serde(default)]
    pub seconds: Option<u64>,
}

/// A link that was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ShareMadeView {
    /// The link. It is told this once.
    pub link: String,
    /// What is known of it from now on.
    pub share: SharedLinkView,
}

/// The links of a deployment, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SharesView {
    /// The links, those that open no more too.
    pub shares: Vec<SharedLinkView>,
}

/// A link, as it is known by its name; it opens nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SharedLinkView {
    /// Its name.
    pub id: String,
    /// The deployment that it shows.
    pub deployment_id: String,
    /// Who made it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub made_at: Timestamp,
    /// Until when it opens.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub expires_at: Timestamp,
    /// `open`, `expired` or `revoked`.
    pub status: String,
    /// When it was first opened.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub opened_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>)]
    #[serde(serialize_with = "millis_or_null")]
    pub used_at: Option<Timestamp>,
    /// Who ended it.
    pub revoked_by: Option<String>,
}

/// The shortest time that makes sense.
const LEAST: u64 = 60;
/// Ten years: longer than any configuration means.
const MOST: u64 = 315_360_000;

/// Makes a link that shows the deployment, read-only, to whoever has it; for people who are responders or operators.
#[utoipa::path(post, path = "/api/v1/deployments/{id}/shares", request_body = Option<ShareBody>,
    params(("id" = String, Path)), responses(
    (status = 201, body = ShareMadeView),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn make(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At(id): At<String>,
    GivenOrNot(body): GivenOrNot<ShareBody>,
) -> Result<(StatusCode, Json<ShareMadeView>), Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    if let Some(seconds) = body.seconds.filter(|s| !(LEAST..=MOST).contains(s)) {
        let detail = format!("{seconds}: expected {LEAST} to {MOST}");
        return Err(Problem::bad("seconds", detail));
    }
    let lasts = body.seconds.map(Duration::from_secs);
    let made = api.page.share(&id, &by, lasts).await;
    let made = made.map_err(|error| problem(&api, error, locale))?;
    let share = known(&api, &id, &made.share).await?;
    let view = ShareMadeView {
        link: made.link,
        share,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// The links of a deployment; for responders and operators.
#[utoipa::path(get, path = "/api/v1/deployments/{id}/shares", params(("id" = String, Path)), responses(
    (status = 200, body = SharesView),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    At(id): At<String>,
) -> Result<Json<SharesView>, Problem> {
    may_look(&by)?;
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let listed = api.page.shares(&id).await?;
    let shares = listed.into_iter().map(|listed| view(&id, listed)).collect();
    Ok(Json(SharesView { shares }))
}

/// Ends a link: it opens no more, anywhere, from now on. Those who look on are shown out.
#[utoipa::path(delete, path = "/api/v1/deployments/{id}/shares/{share}",
    params(("id" = String, Path), ("share" = String, Path)), responses(
    (status = 200, body = SharedLinkView),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub(super) async fn end(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Language(locale): Language,
    At((id, share)): At<(String, String)>,
) -> Result<Json<SharedLinkView>, Problem> {
    let id = DeploymentId::new(id).map_err(|error| Problem::bad("id", error))?;
    let share = ShareId::new(share).map_err(|error| Problem::bad("share", error))?;
    let ended = api.page.end_share(&id, &by, share.clone()).await;
    ended.map_err(|error| problem(&api, error, locale))?;
    known(&api, &id, &share).await.map(Json)
}

async fn known(api: &Api, id: &DeploymentId, share: &ShareId) -> Result<SharedLinkView, Problem> {
    let mut listed = api.page.shares(id).await?.into_iter();
    let found = listed.find(|listed| listed.share.id == *share);
    let found = found.ok_or_else(|| Problem::unknown("link", share))?;
    Ok(view(id, found))
}

fn view(id: &DeploymentId, listed: Listed) -> SharedLinkView {
    let Listed { share, used_at } = listed;
    SharedLinkView {
        status: share.standing(Timestamp::now()).as_str().to_owned(),
        id: share.id.to_string(),
        deployment_id: id.to_string(),
        by: share.by,
        made_at: share.made_at,
        expires_at: share.until,
        opened_at: share.opened_at,
        used_at,
        revoked_by: share.revoked.map(|(by, _)| by),
    }
}

fn problem(api: &Api, error: NotShared, locale: Locale) -> Problem {
    let refusal = match error {
        NotShared::Engine(error) => return error.into(),
        NotShared::TooLong { .. } => return Problem::bad("seconds", error),
        NotShared::Off => return Problem::refused(error.to_string()),
        NotShared::Refused(refusal) => refusal,
    };
    let status = match *refusal {
        Refusal::MayNotShare { .. } => StatusCode::FORBIDDEN,
        Refusal::UnknownShare { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::CONFLICT,
    };
    let kind = match status {
        StatusCode::NOT_FOUND => "unknown",
        _ => "refused",
    };
    let why = messages::words::refusal(&refusal, &show::context(api, locale));
    Problem::new(status, kind, terminal::text(&why, Colour::Off))
}
