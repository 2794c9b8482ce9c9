//! Whose token it is.

use crate::auth::Tokens;
use config::Settings;
use config::settings::{McpClient, McpScope};
use guard::actor::{Actor, Role};
use guard::ids::PersonId;
use mcp_server::Caller;
use mcp_server::caller::Scopes;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

/// A caller that is known, and how often it may call in a minute.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) caller: Caller,
    pub(super) rate: NonZeroU32,
}

/// Who bears this value of the header `Authorization`: a client, or the holder of a token of the API.
pub(super) fn known(settings: &Settings, tokens: &Tokens, header: Option<&str>) -> Option<Known> {
    let mut clients = Tokens::default();
    for client in &settings.mcp.clients {
        clients.add(client.token.expose(), client);
    }
    if let Some(client) = clients.bearer(header) {
        return Some(of_client(client));
    }
    let actor = tokens.bearer(header)?;
    Some(Known {
        caller: of_actor(actor),
        rate: settings.mcp.rate,
    })
}

fn of_client(client: &McpClient) -> Known {
    let some = |empty: bool| (!empty).then_some(());
    let services: BTreeSet<_> = client.services.iter().cloned().collect();
    let environments: BTreeSet<_> = client.environments.iter().cloned().collect();
    Known {
        caller: Caller {
            client: client.name.as_str().to_owned(),
            actor: on_behalf(client),
            scopes: Scopes {
                ask: client.has(McpScope::Ask),
                services: some(services.is_empty()).map(|()| services),
                environments: some(environments.is_empty()).map(|()| environments),
            },
        },
        rate: client.rate,
    }
}

/// Neither has roles: what a client asks for is decided by people who press.
fn on_behalf(client: &McpClient) -> Actor {
    let roles = Vec::new();
    if let Some(person) = &client.person {
        let id = person.clone();
        return Actor::Person { id, roles };
    }
    match PersonId::new(client.name.as_str()) {
        Ok(id) => Actor::Machine { id, roles },
        Err(_) => Actor::Policy,
    }
}

/// Whoever has a token of the API: a role lets them ask, and is not lent to the client.
fn of_actor(actor: Actor) -> Caller {
    let ask = actor.has(Role::Responder) || actor.has(Role::Operator);
    let client = actor.name().to_owned();
    let actor = match actor {
        Actor::Person { id, .. } => Actor::Person { id, roles: vec![] },
        Actor::Machine { id, .. } => Actor::Machine { id, roles: vec![] },
        Actor::Policy => Actor::Policy,
    };
    Caller {
        client,
        actor,
        scopes: Scopes {
            ask,
            ..Scopes::default()
        },
    }
}
