//! A delivery as the inbox keeps it: the bytes as they came, and nothing that would let somebody send it again.

use super::alertmanager;
use super::verify::text;
use axum::http::HeaderMap;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use config::settings::WebhookKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Characters of a sender's key of a delivery that are taken as it is.
const LONGEST_KEY: usize = 128;

/// A delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Who sends such deliveries: `github`, `generic`, `alertmanager`.
    pub(crate) kind: String,
    /// What it is about, where the sender says so beside the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<String>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    /// The body in base64, where it is no UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body_base64: Option<String>,
}

impl Stored {
    /// What is kept of a delivery that is genuine.
    pub(super) fn of(kind: WebhookKind, headers: &HeaderMap, body: &[u8]) -> Self {
        let event = match kind {
            WebhookKind::Github => text(headers, "x-github-event"),
            WebhookKind::Generic | WebhookKind::Alertmanager => None,
        };
        let body_text = std::str::from_utf8(body).ok();
        Self {
            kind: kind.as_str().to_owned(),
            event: event.map(|event| bounded(event, LONGEST_KEY)),
            body: body_text.map(str::to_owned),
            body_base64: body_text.is_none().then(|| BASE64_STANDARD.encode(body)),
        }
    }
}

/// What tells this delivery from all others of its source, and is the same when it is sent again.
pub(super) fn key(kind: WebhookKind, headers: &HeaderMap, body: &[u8]) -> String {
    let said = match kind {
        WebhookKind::Github => text(headers, "x-github-delivery").map(str::to_owned),
        WebhookKind::Generic => {
            text(headers, standardwebhooks::HEADER_WEBHOOK_ID).map(str::to_owned)
        }
        WebhookKind::Alertmanager => alertmanager::key(body),
    };
    match said {
        Some(said) if !said.is_empty() && said.len() <= LONGEST_KEY => said,
        _ => hex::encode(Sha256::digest(body)),
    }
}

/// At most so many characters of a foreign text.
pub(super) fn bounded(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
