//! What clients are told of how to get in (RFC 9728).

use super::Door;
use axum::Json;
use axum::extract::State as Shared;
use serde_json::{Value, json};

pub(super) async fn root(Shared(door): Shared<Door>) -> Json<Value> {
    Json(metadata(&door, mcp_server::http::PATH, &["read", "ask"]))
}

pub(super) async fn read_only(Shared(door): Shared<Door>) -> Json<Value> {
    Json(metadata(&door, mcp_server::http::READ_ONLY_PATH, &["read"]))
}

fn metadata(door: &Door, path: &str, scopes: &[&str]) -> Value {
    let settings = door.settings.get();
    let issuers = settings.mcp.oauth.iter();
    let issuers: Vec<&str> = issuers.map(|oauth| oauth.issuer.as_str()).collect();
    let mut told = json!({
        "resource": format!("{}{path}", door.base_url.as_str()),
        "resource_name": "Tawny",
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
    });
    if !issuers.is_empty() {
        told["authorization_servers"] = json!(issuers);
    }
    told
}
