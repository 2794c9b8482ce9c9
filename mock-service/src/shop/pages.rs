//! The pages that customers see.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Shop};
use crate::Route;
use crate::disk::NotWritten;

const PRODUCTS: u32 = 1000;
const PAGE: u32 = 20;

type Page = Result<Json<Value>, Refusal>;

pub(super) async fn home(State(shop): State<Arc<Shop>>) -> Page {
    shop.work(Route::Home, 1).await?;
    Ok(Json(json!({
        "shop": "mock-service",
        "version": shop.options.version,
        "routes": Route::ALL.map(Route::path),
    })))
}

pub(super) async fn products(State(shop): State<Arc<Shop>>) -> Page {
    shop.work(Route::Products, 1).await?;
    let page: Vec<_> = (1..=PAGE).map(item).collect();
    Ok(Json(json!({ "products": page, "total": PRODUCTS })))
}

pub(super) async fn product(State(shop): State<Arc<Shop>>, Path(id): Path<String>) -> Page {
    let id = id
        .parse()
        .ok()
        .filter(|id| (1..=PRODUCTS).contains(id))
        .ok_or(Refusal::NoSuchProduct)?;
    shop.work(Route::Product, id).await?;
    Ok(Json(item(id)))
}

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: String,
}

pub(super) async fn search(State(shop): State<Arc<Shop>>, Query(wish): Query<Wish>) -> Page {
    shop.work(Route::Search, 1).await?;
    let found: Vec<_> = (1..=PRODUCTS)
        .filter(|id| kind(*id).contains(&wish.q))
        .take(PAGE as usize)
        .map(item)
        .collect();
    Ok(Json(json!({ "query": wish.q, "products": found })))
}

pub(super) async fn cart(State(shop): State<Arc<Shop>>) -> Page {
    shop.work(Route::Cart, 1).await?;
    Ok(Json(
        json!({ "items": [item(7), item(42)], "currency": "EUR" }),
    ))
}

pub(super) async fn checkout_form(State(shop): State<Arc<Shop>>) -> Page {
    shop.work(Route::Checkout, 1).await?;
    Ok(Json(json!({ "to_order": "POST /checkout" })))
}

/// Attempts count before anything can fail, successes when the order is safe.
pub(super) async fn checkout(State(shop): State<Arc<Shop>>) -> Page {
    shop.metrics.checkout_attempts.inc();
    shop.work(Route::Checkout, 1).await?;
    let order = shop.order_number.fetch_add(1, Ordering::Relaxed) + 1;
    shop.disk.record_order(order).await.map_err(not_written)?;
    shop.orders.push(order).map_err(|_| Refusal::QueueFull)?;
    shop.metrics.checkout_success.inc();
    Ok(Json(json!({ "order": order })))
}

pub(super) async fn nothing_here() -> (StatusCode, Json<Value>) {
    let routes = Route::ALL.map(Route::path);
    let body = json!({ "error": "no such page", "routes": routes });
    (StatusCode::NOT_FOUND, Json(body))
}

fn not_written(reason: NotWritten) -> Refusal {
    match reason {
        NotWritten::Full => Refusal::DiskFull,
        NotWritten::Broken(error) => {
            tracing::warn!(%error, "order not written");
            Refusal::DiskBroken
        }
    }
}

fn kind(id: u32) -> &'static str {
    const KINDS: [&str; 5] = ["lamp", "chair", "kettle", "clock", "rug"];
    KINDS.get(id as usize % KINDS.len()).unwrap_or(&"box")
}

fn item(id: u32) -> Value {
    json!({ "id": id, "name": format!("{} {id}", kind(id)), "cents": 500 + id * 37 % 9000 })
}
