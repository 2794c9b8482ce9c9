//! The caller, from the `Authorization` header.

use super::problem::Problem;
use super::{Api, Caller};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use axum::http::request::Parts;
use guard::actor::{Actor, Role};
use messages::Locale;

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let header = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        api.tokens
            .get()
            .bearer(header)
            .map(Caller)
            .ok_or_else(Problem::unauthorised)
    }
}

/// That the caller is an operator.
pub(super) fn operator(by: &Actor) -> Result<(), Problem> {
    if by.has(Role::Operator) {
        return Ok(());
    }
    let detail = format!("{} is no operator: ask one of them", by.name());
    Err(Problem::refused(detail))
}

/// That the caller may look into what others sent and did: a responder, or an operator.
pub(super) fn may_look(by: &Actor) -> Result<(), Problem> {
    if by.has(Role::Responder) || by.has(Role::Operator) {
        return Ok(());
    }
    let detail = format!("{} is neither responder nor operator", by.name());
    Err(Problem::new(StatusCode::FORBIDDEN, "refused", detail))
}

/// The language that the caller asks for.
pub(super) struct Language(pub(super) Locale);

impl FromRequestParts<Api> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        let asked = parts
            .headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Ok(Self(asked.map_or(api.locale, Locale::from_accept_language)))
    }
}
