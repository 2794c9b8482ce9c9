//! Headers that every answer of the page carries.

use super::language;
use super::shared;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

// Own style, own script, own forms, and nothing else: no text can bring code or send a form elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

// `same-origin` and not `no-referrer`: under the latter browsers send forms with `Origin: null`.
const ALWAYS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

// Whose address is a secret: it goes to no other site nor into an index, and there are no forms.
const SHARED: [(HeaderName, &str); 2] = [
    (REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("x-robots-tag"),
        "noindex, nofollow, noarchive",
    ),
];

pub(super) async fn add(request: Request, next: Next) -> Response {
    let chosen = language::chosen(request.uri());
    let shared = request.uri().path().starts_with(shared::UNDER);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in SHARED.iter().filter(|_| shared) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Some(cookie) = chosen.and_then(|locale| language::cookie(locale).parse().ok()) {
        headers.append(SET_COOKIE, cookie);
    }
    response
}
