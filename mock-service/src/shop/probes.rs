//! The pages that machines ask for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Refusal, Shop};
use crate::{Route, metrics};

pub(super) async fn version(State(shop): State<Arc<Shop>>) -> Result<Json<Value>, Refusal> {
    shop.probe(Route::Version).await?;
    Ok(Json(json!({
        "name": "mock-service",
        "version": shop.options.version,
        "pid": std::process::id(),
        "started_at": shop.started_at.to_string(),
    })))
}

pub(super) async fn healthz(State(shop): State<Arc<Shop>>) -> Result<Json<Value>, Refusal> {
    shop.probe(Route::Healthz).await?;
    Ok(Json(
        json!({ "status": "ok", "version": shop.options.version }),
    ))
}

pub(super) async fn metrics(State(shop): State<Arc<Shop>>) -> Result<Response, Refusal> {
    shop.probe(Route::Metrics).await?;
    shop.pool.report();
    match shop.metrics.page() {
        Ok(page) => Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], page).into_response()),
        Err(error) => {
            tracing::error!(%error, "metrics page not written");
            Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response())
        }
    }
}
