//! The keys of an identity provider, and what is signed with them.

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What an identity provider may sign with.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::ES256];
/// How long it may take to hand out its keys, and how often a key that is not known is asked for.
const PATIENCE: Duration = Duration::from_secs(5);
const ASK_AGAIN: Duration = Duration::from_secs(60);
/// Bytes of its keys.
const MOST: usize = 1 << 20;
/// Clocks differ, in seconds.
const LEEWAY: u64 = 30;

/// What a token must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// By whom, exactly as `iss` has it.
    pub(crate) issuer: &'a str,
    /// For whom.
    pub(crate) audience: &'a str,
    /// Where the issuer's keys are.
    pub(crate) jwks_url: &'a str,
    /// How long keys are kept.
    pub(crate) keys_for: Duration,
}

/// The keys of the identity provider, as far as they were asked for.
pub(crate) struct Keys {
    http: Option<reqwest::Client>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    url: String,
    keys: Option<(JwkSet, Instant)>,
    asked: Option<Instant>,
}

impl Keys {
    /// None yet.
    pub(crate) fn new() -> Self {
        super::ring::install();
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().ok(),
            kept: Mutex::default(),
        }
    }

    /// What a token says; none where it is not by this issuer, is over, or is for somebody else.
    pub(crate) async fn claims(
        &self,
        expected: &Expected<'_>,
        token: &str,
    ) -> Option<Map<String, Value>> {
        let header = decode_header(token).ok()?;
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let key = self
            .key(expected, header.kid.as_deref(), Instant::now())
            .await?;
        let key = DecodingKey::from_jwk(&key).ok()?;
        let mut wanted = Validation::new(header.alg);
        wanted.leeway = LEEWAY;
        wanted.validate_nbf = true;
        wanted.set_required_spec_claims(&["exp", "iss", "aud"]);
        wanted.set_issuer(&[expected.issuer]);
        wanted.set_audience(&[expected.audience]);
        match decode::<Map<String, Value>>(token, &key, &wanted) {
            Ok(decoded) => Some(decoded.claims),
            Err(error) => {
                tracing::debug!(%error, "a token of an identity provider is not taken");
                None
            }
        }
    }

    /// The key of this id, asked for where it is not known or known for long.
    async fn key(&self, expected: &Expected<'_>, id: Option<&str>, now: Instant) -> Option<Jwk> {
        let mut kept = self.kept.lock().await;
        if kept.url != expected.jwks_url {
            *kept = Kept {
                url: expected.jwks_url.to_owned(),
                ..Kept::default()
            };
        }
        let fresh = kept
            .keys
            .as_ref()
            .filter(|(_, at)| now.saturating_duration_since(*at) < expected.keys_for);
        if let Some(found) = fresh.and_then(|(keys, _)| find(keys, id)) {
            return Some(found);
        }
        let lately = |at: Instant| now.saturating_duration_since(at) < ASK_AGAIN;
        // Whoever presents made-up keys must not make us ask all the time.
        if fresh.is_some() && kept.asked.is_some_and(lately) {
            return None;
        }
        kept.asked = Some(now);
        match self.fetch(&kept.url).await {
            Ok(keys) => {
                let found = find(&keys, id);
                kept.keys = Some((keys, now));
                found
            }
            Err(error) => {
                tracing::warn!(
                    error,
                    url = expected.jwks_url,
                    "the keys of the identity provider cannot be read"
                );
                None
            }
        }
    }

    async fn fetch(&self, url: &str) -> Result<JwkSet, String> {
        let http = self.http.as_ref().ok_or("no http client")?;
        let answer = http
            .get(url)
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let mut answer = answer
            .error_for_status()
            .map_err(|error| error.to_string())?;
        let mut read = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
            if read.len() + chunk.len() > MOST {
                return Err(format!("more than {MOST} bytes"));
            }
            read.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&read).map_err(|error| error.to_string())
    }
}

fn find(keys: &JwkSet, id: Option<&str>) -> Option<Jwk> {
    match (id, keys.keys.as_slice()) {
        (Some(id), _) => keys.find(id).cloned(),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}
