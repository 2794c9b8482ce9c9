//! Whether a delivery is from whom it says: judged on the bytes as they came, before anything reads them.
//!
//! What is compared is compared in constant time, and nothing of it is in an error: the right signature of a body
//! would forge that delivery.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use config::Secret;
use config::settings::{WebhookKind, WebhookSource};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use standardwebhooks::Webhook;
use subtle::ConstantTimeEq;

/// The header of GitHub's signature.
pub(super) const GITHUB_SIGNATURE: &str = "x-hub-signature-256";

/// Whether the delivery proves itself with the source's secret, or the one before.
pub(super) fn genuine(source: &WebhookSource, headers: &HeaderMap, body: &[u8]) -> bool {
    let secrets = [Some(&source.secret), source.previous_secret.as_ref()];
    secrets
        .into_iter()
        .flatten()
        .any(|secret| match source.kind {
            WebhookKind::Github => github(secret, headers, body),
            WebhookKind::Generic => Webhook::new(secret.expose())
                .is_ok_and(|webhook| webhook.verify(body, headers).is_ok()),
            WebhookKind::Alertmanager => authorised(secret, source.username.as_deref(), headers),
        })
}

fn github(secret: &Secret, headers: &HeaderMap, body: &[u8]) -> bool {
    let signature = text(headers, GITHUB_SIGNATURE)
        .and_then(|value| value.strip_prefix("sha256="))
        .and_then(|value| hex::decode(value).ok());
    match (signature, mac(secret)) {
        (Some(signature), Some(mac)) => mac.chain_update(body).verify_slice(&signature).is_ok(),
        _ => false,
    }
}

/// GitHub's signature of a body.
pub(crate) fn github_signature(secret: &Secret, body: &[u8]) -> Option<String> {
    let signature = mac(secret)?.chain_update(body).finalize().into_bytes();
    Some(format!("sha256={}", hex::encode(signature)))
}

fn mac(secret: &Secret) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()
}

fn authorised(secret: &Secret, username: Option<&str>, headers: &HeaderMap) -> bool {
    let Some(given) = text(headers, AUTHORIZATION.as_str()) else {
        return false;
    };
    let (Some(given), expected) = (match username {
        None => (
            given
                .strip_prefix("Bearer ")
                .map(|token| token.trim().as_bytes().to_vec()),
            secret.expose().to_owned(),
        ),
        Some(user) => (
            given
                .strip_prefix("Basic ")
                .and_then(|pair| BASE64_STANDARD.decode(pair.trim()).ok()),
            format!("{user}:{}", secret.expose()),
        ),
    }) else {
        return false;
    };
    // Digests have one length, whatever was given.
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

/// A header that is a text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
