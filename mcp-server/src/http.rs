//! Streamable HTTP: two addresses, both eras of the protocol, nothing kept between requests.
//!
//! Whoever mounts the routes verifies the caller first and puts the [`Caller`](crate::Caller) into the request's extensions:
//! without one, no call is answered.

use crate::server::{Server, Surface};
use crate::world::World;
use axum::Router;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
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

/// Whether something of a client is kept between its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// Nothing: any server may answer the next request. Until 2025-11-25, a server can then neither ask the client nor
    /// tell it later.
    None,
    /// In this process: for what is alone and stays alone.
    Kept,
}

/// The routes. `stopped` ends what is under way.
pub fn routes(world: &World, allowed: &Allowed, stopped: &CancellationToken) -> Router {
    let at = |path, surface| {
        let world = world.clone();
        let server = move || Server::for_requests(world.clone(), surface);
        mounted(path, server, allowed, Sessions::None, stopped)
    };
    at(PATH, Surface::Full).merge(at(READ_ONLY_PATH, Surface::ReadOnly))
}

/// Any server behind our limits and checks: what judges see of another server here, they would see of Tawny's.
pub fn mounted<S: ServerHandler>(
    path: &str,
    server: impl Fn() -> S + Send + Sync + 'static,
    allowed: &Allowed,
    sessions: Sessions,
    stopped: &CancellationToken,
) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(sessions == Sessions::Kept)
        .with_json_response(true)
        .with_allowed_hosts(allowed.hosts.iter().cloned())
        .with_allowed_origins(allowed.origins.iter().cloned())
        .enforce_origin_validation()
        .with_max_request_body_bytes(LONGEST_REQUEST)
        .with_cancellation_token(stopped.child_token());
    let server = move || Ok(server());
    match sessions {
        Sessions::None => {
            let never = Arc::new(NeverSessionManager::default());
            let service = StreamableHttpService::new(server, never, config);
            Router::new().route_service(path, service)
        }
        Sessions::Kept => {
            let kept = Arc::new(LocalSessionManager::default());
            let service = StreamableHttpService::new(server, kept, config);
            Router::new().route_service(path, service)
        }
    }
}
