//! `POST /api/v1/login-links`

use super::problem::Problem;
use super::time::millis;
use super::{Api, Caller};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use guard::actor::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A way into the page, for one person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LoginLinkView {
    /// Who gets in by it.
    pub person: String,
    /// The link; it works once.
    pub link: String,
    /// Until when.
    #[schema(value_type = String)]
    #[serde(serialize_with = "millis")]
    pub expires_at: Timestamp,
}

/// Makes a one-time link to the page, for the person whose token asks. Machines get none.
#[utoipa::path(post, path = "/api/v1/login-links", responses(
    (status = 201, body = LoginLinkView),
    (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub(super) async fn login_link(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
) -> Result<(StatusCode, Json<LoginLinkView>), Problem> {
    let Actor::Person { id, .. } = by else {
        let detail = "only a person has a page: use a person's token";
        return Err(Problem::new(StatusCode::FORBIDDEN, "refused", detail));
    };
    let (link, expires_at) = api
        .page
        .login_link(&id)
        .await
        .map_err(engine::EngineError::from)?;
    let view = LoginLinkView {
        person: id.to_string(),
        link,
        expires_at,
    };
    Ok((StatusCode::CREATED, Json(view)))
}
