//! Models and IDE assistants.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret, WebUrl};
use crate::value::{settings, words};
use crate::yaml::Node;
use guard::ids::{Environment, PersonId, ServiceName};
use std::num::NonZeroU32;
use std::time::Duration;

settings! {
    /// What models and IDE assistants may see and ask for, at `/mcp` and `/mcp/readonly`.
    pub struct Mcp {
        /// Clients with a token of their own. The tokens under `tokens` work there too: all may read, those whose holder has a role may ask.
        clients: Vec<McpClient> = "[]",
        /// Origins of web pages that may call beside the page's own, such as `https://inspector.example:443`.
        allowed_origins: Vec<String> = "[]",
        /// Access tokens (JWT) of an identity provider, taken beside those of clients.
        oauth: Option<McpOAuth>,
        /// Calls per minute of each holder of a token that is not under `clients`.
        rate: NonZeroU32 = "120",
    }

    /// A client with a token of its own.
    pub struct McpClient check long_enough {
        /// What it is called in the record and in threads: `claude-code`.
        name: Name,
        /// Its token.
        token: Secret,
        /// On whose behalf it calls. It is named in threads; the person's roles are not lent to it.
        person: Option<PersonId>,
        /// What it may do.
        scopes: Vec<McpScope> = "[read]",
        /// The services that it may see; all when empty.
        services: Vec<ServiceName> = "[]",
        /// The environments that it may see; all when empty.
        environments: Vec<Environment> = "[]",
        /// Calls per minute.
        rate: NonZeroU32 = "120",
    }

    /// Access tokens of an identity provider: signed with RS256 or ES256, not over, by this issuer, for this audience.
    pub struct McpOAuth {
        /// Who issues them, exactly as `iss` has it.
        issuer: String,
        /// For whom they must be (`aud`); the address of `/mcp` when not said.
        audience: Option<String>,
        /// Where its keys are: a JWKS.
        jwks_url: WebUrl,
        /// How long keys are kept. An unknown key is asked for at once, at most once a minute.
        keys_for: Duration = "10m",
        /// The claim that names the person: a name under `people`, or one of their addresses.
        person_claim: String = "email",
    }
}

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum McpScope {
    /// See.
    Read,
    /// Ask people for actions.
    Ask,
}

words!(McpScope {
    "read" => McpScope::Read, "see deployments, metrics, changes and reports";
    "ask" => McpScope::Ask, "also ask people to pause, resume or roll back; they decide";
});

impl McpClient {
    /// Whether it has a scope.
    #[must_use]
    pub fn has(&self, scope: McpScope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Characters below which a token can be guessed.
const MIN_TOKEN: usize = 16;

fn long_enough(client: &McpClient, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if client.token.expose().chars().count() >= MIN_TOKEN {
        return Some(());
    }
    let at = node.get("token").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("token".to_owned()), |reader| {
        let expected = "at least 16 characters, such as `openssl rand -hex 16` gives";
        reader.wrong(at, "a short token", expected);
    });
    None
}
