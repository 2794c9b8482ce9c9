//! `/mcp` and `/mcp/readonly`: what models and IDE assistants use. The tools are in `mcp-server`; here is who may call them.

use crate::auth::Tokens;
use crate::identity::Keys;
use crate::web::hosts::Hosts;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use config::{Live, Settings};
use mcp_server::World;
use mcp_server::http::{Allowed, routes};
use messages::BaseUrl;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use url::Url;

mod challenge;
mod door;
mod jwt;
mod keys;
mod metadata;
pub(crate) mod outside;
mod rate;
mod wanted;

/// Who may call, and how often.
#[derive(Clone)]
pub(crate) struct Door {
    settings: Live<Settings>,
    tokens: Live<Tokens>,
    base_url: BaseUrl,
    hosts: Arc<Hosts>,
    address: SocketAddr,
    limits: Arc<rate::Limits>,
    provider: Arc<Keys>,
}

impl Door {
    pub(crate) fn new(
        settings: Live<Settings>,
        tokens: Live<Tokens>,
        base_url: BaseUrl,
        address: SocketAddr,
    ) -> Self {
        let allowed = &settings.get().server.allowed_hosts;
        let hosts = Arc::new(Hosts::new(address, &base_url, allowed));
        Self {
            settings,
            tokens,
            base_url,
            hosts,
            address,
            limits: Arc::default(),
            provider: Arc::new(Keys::new()),
        }
    }

    /// The routes, behind the door. `stopped` ends what is under way.
    pub(crate) fn router(self, world: &World, stopped: &CancellationToken) -> Router {
        let allowed = Allowed {
            hosts: self.hosts.names(),
            origins: self.origins(),
        };
        let told = Router::new()
            .route("/.well-known/oauth-protected-resource", get(metadata::root))
            .route(
                "/.well-known/oauth-protected-resource/mcp",
                get(metadata::root),
            )
            .route(
                "/.well-known/oauth-protected-resource/mcp/readonly",
                get(metadata::read_only),
            )
            .with_state(self.clone());
        routes(world, &allowed, stopped)
            .layer(from_fn_with_state(self, door::verified))
            .merge(told)
    }

    /// The origins of the page, and those that are configured beside it.
    fn origins(&self) -> Vec<String> {
        let settings = self.settings.get();
        let own = [
            self.base_url.as_str().to_owned(),
            format!("http://{}", self.address),
            format!("http://localhost:{}", self.address.port()),
        ];
        let beside = settings.mcp.allowed_origins.iter().cloned();
        own.into_iter()
            .chain(beside)
            .filter_map(|url| origin(&url))
            .collect()
    }
}

/// `https://a/b` → `https://a:443`; none of what is no web page's.
fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let port = url.port_or_known_default()?;
    Some(format!("{}://{}:{port}", url.scheme(), url.host_str()?))
}
