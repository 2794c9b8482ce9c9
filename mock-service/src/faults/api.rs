//! The HTTP of the fault switch.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::order::{BadOrder, Order, possible};
use super::{Fault, start};
use crate::shop::Shop;

/// The switch of one shop. It has its own listener: a shop that hangs can still be cured.
pub(crate) fn router(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/", get(help))
        .route("/faults", get(list).post(begin).delete(end_all))
        .route("/faults/{id}", axum::routing::delete(end))
        .fallback(nothing_here)
        .with_state(shop)
}

async fn help() -> Json<Value> {
    Json(json!({
        "begin": "POST /faults {\"kind\",\"intensity\",\"seconds\",\"routes\"?}",
        "list": "GET /faults",
        "end": "DELETE /faults/{id} or DELETE /faults",
        "possible": possible(),
    }))
}

/// Takes the body as bytes, so that `curl -d` works without a content type.
async fn begin(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let order = match Order::parse(&body, shop.options.state_dir.is_some()) {
        Ok(order) => order,
        Err(bad) => return refuse(&bad).into_response(),
    };
    match start(&shop, order) {
        Ok(fault) => (StatusCode::CREATED, Json(fault)).into_response(),
        Err(error) => {
            let text = format!("cannot write to the state folder: {error}");
            let body = Json(json!({ "error": text }));
            (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
        }
    }
}

async fn list(State(shop): State<Arc<Shop>>) -> Json<Vec<Fault>> {
    Json(shop.faults.list())
}

async fn end(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Response {
    if shop.faults.stop(&id).await {
        return StatusCode::NO_CONTENT.into_response();
    }
    let running: Vec<_> = shop.faults.list().into_iter().map(|f| f.id).collect();
    let body = json!({
        "error": format!("no fault {id:?} is running"),
        "field": "id",
        "value": id,
        "expected": "the id of a running fault",
        "running": running,
    });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

async fn end_all(State(shop): State<Arc<Shop>>) -> StatusCode {
    shop.faults.stop_all().await;
    StatusCode::NO_CONTENT
}

async fn nothing_here() -> (StatusCode, Json<Value>) {
    let body = json!({
        "error": "no such page; this is the fault switch of a mock service",
        "paths": ["/", "/faults", "/faults/{id}"],
    });
    (StatusCode::NOT_FOUND, Json(body))
}

fn refuse(bad: &BadOrder) -> (StatusCode, Json<Value>) {
    let (field, value, expected) = (&bad.field, &bad.value, &bad.expected);
    let body = json!({
        "error": format!("{field} is {value}, expected {expected}"),
        "field": field,
        "value": value,
        "expected": expected,
        "possible": possible(),
    });
    (StatusCode::BAD_REQUEST, Json(body))
}
