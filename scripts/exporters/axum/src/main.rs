//! A service with the metrics of axum-prometheus: `axum-shop PORT`.

use axum::{Router, http::StatusCode, routing::get};
use axum_prometheus::PrometheusMetricLayer;

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).unwrap_or_default();
    let (layer, handle) = PrometheusMetricLayer::pair();
    let app = Router::new()
        .route("/", get(|| async { "well" }))
        .route("/bad", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "bad") }))
        .layer(layer)
        .route("/metrics", get(|| async move { handle.render() }));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
