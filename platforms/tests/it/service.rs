//! The process that the releases of these tests start: this very test binary.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use std::io::Write;

/// Serves `/healthz` and `/version` on `TEST_LISTEN`; the version is that of the release's own file.
#[tokio::test]
#[ignore = "no test: a release's run.sh becomes this"]
async fn serve() {
    let Ok(listen) = std::env::var("TEST_LISTEN") else {
        return;
    };
    let version = std::fs::read_to_string("version").unwrap();
    note_start(&version);
    let environment = environment();
    let app = Router::new()
        .route("/healthz", get(async || health()))
        .route(
            "/version",
            get(async move || axum::Json(serde_json::json!({ "version": version }))),
        )
        .route("/environment", get(async move || environment));
    let listener = tokio::net::TcpListener::bind(&listen).await.unwrap();
    println!("listening on {listen}");
    axum::serve(listener, app).await.unwrap();
}

/// Sick as long as the release holds a file of that name.
fn health() -> StatusCode {
    match std::fs::exists("sick") {
        Ok(false) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn note_start(version: &str) {
    let path = std::env::var("TEST_STARTS").unwrap();
    let mut starts = std::fs::File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    writeln!(starts, "{version}").unwrap();
}

fn environment() -> String {
    let mut all: Vec<String> = std::env::vars()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    all.sort();
    all.join("\n")
}
