//! `/metrics`.

use super::exposition::{CLASSIC, OPEN_METRICS, classic, wants_open_metrics};
use super::registry::Meters;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::Engine;
use journal::Reader;
use prometheus_client::encoding::text::encode;

pub(super) async fn show(
    meters: &Meters,
    engine: &Engine,
    reader: &Reader,
    headers: &HeaderMap,
) -> Response {
    meters.look_up(engine, reader).await;
    let mut page = String::with_capacity(32 * 1024);
    if let Err(error) = encode(&mut page, &meters.registry) {
        tracing::error!(%error, "the metrics page cannot be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    if wants_open_metrics(accept) {
        return ([(header::CONTENT_TYPE, OPEN_METRICS)], page).into_response();
    }
    ([(header::CONTENT_TYPE, CLASSIC)], classic(&page)).into_response()
}
