//! Access tokens of an identity provider: for whom they are, and what their holder may do.

use super::keys::Known;
use crate::identity::{self, Expected, Keys};
use config::Settings;
use config::settings::McpOAuth;
use guard::actor::Actor;
use mcp_server::Caller;
use mcp_server::caller::Scopes;
use serde_json::{Map, Value};

/// Characters of a client's name.
const NAME: usize = 63;

/// Who calls with this token; none where it is not one of the provider, is over, is for somebody else, or names nobody who is
/// configured.
pub(super) async fn known(
    keys: &Keys,
    settings: &Settings,
    oauth: &McpOAuth,
    here: &str,
    token: &str,
) -> Option<Known> {
    let expected = Expected {
        issuer: &oauth.issuer,
        audience: oauth.audience.as_deref().unwrap_or(here),
        jwks_url: oauth.jwks_url.as_str(),
        keys_for: oauth.keys_for,
    };
    let claims = keys.claims(&expected, token).await?;
    caller(settings, oauth, &claims)
}

fn caller(settings: &Settings, oauth: &McpOAuth, claims: &Map<String, Value>) -> Option<Known> {
    let said = |claim: &str| claims.get(claim).and_then(Value::as_str);
    let id = identity::person(settings, &oauth.person_claim, claims)?;
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
