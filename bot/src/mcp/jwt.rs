//! Access tokens of an identity provider: who signed them, for whom, until when, and whom they name.

use super::keys::Known;
use config::Settings;
use config::settings::McpOAuth;
use guard::actor::Actor;
use guard::ids::PersonId;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use mcp_server::Caller;
use mcp_server::caller::Scopes;
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
/// Characters of a client's name.
const NAME: usize = 63;

/// The keys of the identity provider, as far as they were asked for.
pub(super) struct Keys {
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
    pub(super) fn new() -> Self {
        super::provider::install();
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().ok(),
            kept: Mutex::default(),
        }
    }

    /// Who calls with this token; none where it is not one of the provider, is over, is for somebody else, or names nobody
    /// who is configured.
    pub(super) async fn known(
        &self,
        settings: &Settings,
        oauth: &McpOAuth,
        here: &str,
        token: &str,
    ) -> Option<Known> {
        let header = decode_header(token).ok()?;
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let key = self
            .key(oauth, header.kid.as_deref(), Instant::now())
            .await?;
        let key = DecodingKey::from_jwk(&key).ok()?;
        let mut wanted = Validation::new(header.alg);
        wanted.leeway = LEEWAY;
        wanted.validate_nbf = true;
        wanted.set_required_spec_claims(&["exp", "iss", "aud"]);
        wanted.set_issuer(&[oauth.issuer.as_str()]);
        wanted.set_audience(&[oauth.audience.as_deref().unwrap_or(here)]);
        match decode::<Map<String, Value>>(token, &key, &wanted) {
            Ok(decoded) => caller(settings, oauth, &decoded.claims),
            Err(error) => {
                tracing::debug!(%error, "an access token is not taken");
                None
            }
        }
    }

    /// The key of this id, asked for where it is not known or known for long.
    async fn key(&self, oauth: &McpOAuth, id: Option<&str>, now: Instant) -> Option<Jwk> {
        let mut kept = self.kept.lock().await;
        if kept.url != oauth.jwks_url.as_str() {
            *kept = Kept {
                url: oauth.jwks_url.as_str().to_owned(),
                ..Kept::default()
            };
        }
        let fresh = kept
            .keys
            .as_ref()
            .filter(|(_, at)| now.saturating_duration_since(*at) < oauth.keys_for);
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
                tracing::warn!(error, "the keys of mcp.oauth.jwks_url cannot be read");
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

fn caller(settings: &Settings, oauth: &McpOAuth, claims: &Map<String, Value>) -> Option<Known> {
    let said = |claim: &str| claims.get(claim).and_then(Value::as_str);
    let named = said(&oauth.person_claim)?;
    if !vouched_for(&oauth.person_claim, claims) {
        return None;
    }
    let id = person(settings, named)?;
    let client = said("azp").or_else(|| said("client_id")).unwrap_or("oauth");
    let scopes = said("scope").unwrap_or_default();
    let listed = claims.get("scp").and_then(Value::as_array);
    let ask = scopes.split(' ').any(|scope| scope == "ask")
        || listed.is_some_and(|scopes| scopes.iter().any(|scope| scope == "ask"));
    Some(Known {
        caller: Caller {
            client: client.chars().take(NAME).collect(),
            actor: Actor::Person { id, roles: vec![] },
            scopes: Scopes {
                ask,
                ..Scopes::default()
            },
        },
        rate: settings.mcp.rate,
    })
}

/// Whether the provider stands by an address: where anybody may sign up, anybody may claim one.
fn vouched_for(claim: &str, claims: &Map<String, Value>) -> bool {
    claim != "email" || claims.get("email_verified") != Some(&Value::Bool(false))
}

/// Somebody under `people`, by name or by address.
fn person(settings: &Settings, named: &str) -> Option<PersonId> {
    let people = settings.people.iter();
    let mut of_name = people.filter(|person| {
        let address = person
            .emails
            .iter()
            .any(|known| known.eq_ignore_ascii_case(named));
        person.name.as_str() == named || address
    });
    of_name.next().map(|person| person.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_that_the_provider_does_not_stand_by_names_nobody() {
        let vouched = |claim: &str, said: &Value| {
            said.as_object()
                .is_some_and(|claims| vouched_for(claim, claims))
        };
        assert!(vouched("email", &json!({})));
        assert!(vouched("email", &json!({"email_verified": true})));
        assert!(!vouched("email", &json!({"email_verified": false})));
        assert!(vouched("sub", &json!({"email_verified": false})));
    }
}
