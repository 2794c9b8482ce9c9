//! What a browser is answered where there is nothing: a mistyped address should not be a blank page.

use super::Page;
use super::denied::Denied;
use super::headers;
use super::language::Language;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};

/// Apart from the page's other routes, whose checks are not for what others are asked for at this address: nothing is shown
/// here, and nothing can be changed.
pub(super) fn router(page: Page) -> Router {
    Router::new()
        .fallback(answer)
        .layer(from_fn(headers::add))
        .with_state(page)
}

async fn answer(
    Shared(page): Shared<Page>,
    language: Language,
    method: Method,
    asked: HeaderMap,
) -> Response {
    let accepted = asked.get(ACCEPT).and_then(|value| value.to_str().ok());
    let reads = accepted.is_some_and(|kinds| kinds.contains("text/html"));
    if method == Method::GET && reads {
        Denied::NoPage.page(&page, language).into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}
