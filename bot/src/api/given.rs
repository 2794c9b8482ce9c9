//! What callers give, with problem details where it cannot be read.

use super::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// A JSON body.
pub(super) struct Given<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Json::<T>::from_request(request, state)
            .await
            .map(|Json(given)| Self(given))
            .map_err(|rejection| Problem::bad("body", rejection.body_text()))
    }
}

/// A JSON body that may be left out, or be `null`.
pub(super) struct GivenOrNot<T>(pub(super) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for GivenOrNot<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let announced = request.headers().get(CONTENT_LENGTH);
        let none = announced.is_none_or(|length| length == "0");
        if !none {
            let given = Given::<Option<T>>::from_request(request, state).await?;
            return Ok(Self(given.0.unwrap_or_default()));
        }
        // Without a length the body may still come in pieces.
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::bad("body", rejection.body_text()))?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        serde_json::from_slice::<Option<T>>(&bytes)
            .map(|given| Self(given.unwrap_or_default()))
            .map_err(|error| Problem::bad("body", error))
    }
}

/// What stands in the path.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Path::<T>::from_request_parts(parts, state)
            .await
            .map(|Path(there)| Self(there))
            .map_err(|rejection| Problem::bad("path", rejection.body_text()))
    }
}

/// The query string.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(asked)| Self(asked))
            .map_err(|rejection| Problem::bad("query", rejection.body_text()))
    }
}

/// How many are listed: as many as are asked for, from one to `most`.
pub(super) fn at_most<N: Ord + From<u8> + Display + Copy>(
    asked: Option<N>,
    usual: N,
    most: N,
) -> Result<N, Problem> {
    let wanted = asked.unwrap_or(usual);
    if (N::from(1)..=most).contains(&wanted) {
        return Ok(wanted);
    }
    let detail = format!("{wanted}: expected 1 to {most}");
    Err(Problem::bad("limit", detail))
}

/// A place in a list, which is never below zero.
pub(super) fn place(field: &str, asked: Option<i64>) -> Result<Option<i64>, Problem> {
    match asked {
        Some(below) if below < 0 => {
            Err(Problem::bad(field, format!("{below}: expected 0 or more")))
        }
        asked => Ok(asked),
    }
}

/// A reason, if it is not too long to be read by anybody.
pub(super) fn reason(given: Option<String>) -> Result<Option<String>, Problem> {
    text("reason", given)
}

/// Somebody's own words, if they are not too long to be read by anybody.
pub(super) fn text(field: &str, given: Option<String>) -> Result<Option<String>, Problem> {
    let length = given.as_deref().map_or(0, |text| text.chars().count());
    if length > LONGEST_REASON {
        let detail = format!("{length} characters: expected at most {LONGEST_REASON}");
        return Err(Problem::bad(field, detail));
    }
    Ok(given)
}
