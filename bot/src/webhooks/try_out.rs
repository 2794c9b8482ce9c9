//! What a delivery would be understood as, without anything following from it.

use super::lines;
use super::stored::{self, Stored};
use super::understand::understand;
use axum::http::HeaderMap;
use config::Settings;
use config::settings::WebhookSource;
use serde_json::{Value, json};

/// What is understood of a genuine delivery, as a document.
pub(crate) fn tried(
    settings: &Settings,
    source: &WebhookSource,
    headers: &HeaderMap,
    body: &[u8],
) -> Value {
    let stored = Stored::of(source.kind, headers, body);
    let key = stored::key(source.kind, headers, body);
    match understand(settings, source, &stored) {
        Ok(told) => json!({
            "status": "test", "key": key, "event": stored.event, "understood": lines(&told),
        }),
        Err(why) => json!({
            "status": "test", "key": key, "event": stored.event, "quarantined": why,
        }),
    }
}
