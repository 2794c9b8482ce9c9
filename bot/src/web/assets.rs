//! The style, the script and the picture.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, content) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", include_str!("style.css")),
        "fresh.js" => ("text/javascript; charset=utf-8", include_str!("fresh.js")),
        "chart.js" => ("text/javascript; charset=utf-8", include_str!("chart.js")),
        "owl.svg" => ("image/svg+xml", include_str!("owl.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=300")];
    (headers, content).into_response()
}
