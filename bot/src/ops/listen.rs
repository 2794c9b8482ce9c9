//! Where `/metrics` is: at the server's own address, or at one of its own.

use super::page;
use super::registry::Meters;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use engine::Engine;
use journal::Reader;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// The metrics page and what it shows.
#[derive(Clone)]
pub(crate) struct Page {
    /// What is counted.
    pub(crate) meters: Meters,
    /// What is asked at each scrape.
    pub(crate) engine: Engine,
    /// As above.
    pub(crate) reader: Reader,
}

/// Why the metrics page has no address of its own.
#[derive(Debug, thiserror::Error)]
#[error(
    "server.metrics_listen {address}: {error}: another process may be there; choose another port"
)]
pub struct MetricsListenError {
    address: SocketAddr,
    error: std::io::Error,
}

impl Page {
    /// The route, for whichever server shows it.
    pub(crate) fn router(&self) -> Router {
        let show = async |State(page): State<Self>, headers: HeaderMap| {
            page::show(&page.meters, &page.engine, &page.reader, &headers).await
        };
        Router::new()
            .route("/metrics", get(show))
            .with_state(self.clone())
    }

    /// A listener of its own.
    pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, MetricsListenError> {
        let failed = |error| MetricsListenError { address, error };
        TcpListener::bind(address).await.map_err(failed)
    }
}
