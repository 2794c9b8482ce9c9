//! Lists page by page: at most so many in one answer, and what to ask for next.

use super::problem::Problem;
pub(super) use crate::cursor::of as cursor;
use axum::extract::FromRequestParts;
use axum::http::header::LINK;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

/// What to ask for next, for answers that have no place for it of their own.
const NEXT_CURSOR: HeaderName = HeaderName::from_static("next-cursor");

/// The place that a cursor names, if one was given.
pub(super) fn after<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let bad = |_| Problem::bad("cursor", "expected a `next_cursor` of the same list");
    crate::cursor::read(cursor).map_err(bad)
}

/// Where this page was asked for, by which the next one is.
pub(super) struct Here(Uri);

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.uri.clone()))
    }
}

impl Here {
    /// The answer, with the address of the next page where there is one (RFC 8288).
    pub(super) fn with_next(&self, answer: impl IntoResponse, cursor: Option<&str>) -> Response {
        let mut response = answer.into_response();
        if let Some(cursor) = cursor {
            let headers = response.headers_mut();
            if let Ok(link) = HeaderValue::from_str(&self.next(cursor)) {
                headers.insert(LINK, link);
            }
            if let Ok(cursor) = HeaderValue::from_str(cursor) {
                headers.insert(NEXT_CURSOR, cursor);
            }
        }
        response
    }

    fn next(&self, cursor: &str) -> String {
        let asked = url::form_urlencoded::parse(self.0.query().unwrap_or_default().as_bytes());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(asked.filter(|(name, _)| name != "cursor" && name != "before"));
        query.append_pair("cursor", cursor);
        format!("<{}?{}>; rel=\"next\"", self.0.path(), query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_with_the_same_filters_and_one_cursor() {
        let here = Here(Uri::from_static(
            "/api/v1/deployments?service=a%26b&limit=2&cursor=old&before=3",
        ));
        assert_eq!(
            here.next("new"),
            "</api/v1/deployments?service=a%26b&limit=2&cursor=new>; rel=\"next\""
        );
    }
}
