//! Streamable HTTP: two addresses, both eras of the protocol, nothing kept between requests.
//!
//! Whoever mounts the routes verifies the caller first and puts the [`Caller`](crate::Caller) into the request's extensions:
//! without one, no call is answered.

use crate::server::{Server, Surface};
use crate::world::World;
use axum::Router;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The address with everything that the caller may use.
pub const PATH: &str = "/mcp";

/// The address where nothing can be asked for.
pub const READ_ONLY_PATH: &str = "/mcp/readonly";

/// The longest request, in bytes: arguments are short.
pub const LONGEST_REQUEST: usize = 256 * 1024;

/// Under which names the server may be asked, and by pages of which origins.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// Hosts, with their ports or without.
    pub hosts: Vec<String>,
    /// Origins, with their scheme and port.
    pub origins: Vec<String>,
}

/// The routes. `stopped` ends what is under way.
pub fn routes(world: &World, allowed: &Allowed, stopped: &CancellationToken) -> Router {
    let service = |surface| {
        let world = world.clone();
        let config = StreamableHttpServerConfig::default()
            // A session would live in one of several servers.
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_allowed_hosts(allowed.hosts.iter().cloned())
            .with_allowed_origins(allowed.origins.iter().cloned())
            .enforce_origin_validation()
            .with_max_request_body_bytes(LONGEST_REQUEST)
            .with_cancellation_token(stopped.child_token());
        StreamableHttpService::new(
            move || Ok(Server::for_requests(world.clone(), surface)),
            Arc::new(NeverSessionManager::default()),
            config,
        )
    };
    Router::new()
        .route_service(PATH, service(Surface::Full))
        .route_service(READ_ONLY_PATH, service(Surface::ReadOnly))
}
