//! A client that loses interest: its query ends at Prometheus, however the client said so.

use crate::client::client;
use crate::protocol::served;
use crate::world::{Stage, reader};
use axum::Router;
use axum::extract::State;
use axum::routing::any;
use config::Live;
use journal::CallsWanted;
use mcp_server::http::PATH;
use mcp_server::world::Outside;
use rmcp::model::{CallToolRequestParams, ClientRequest, Request};
use rmcp::service::PeerRequestOptions;
use serde_json::json;
use sources::metrics::{Manners, Prometheus, PrometheusConfig};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;

/// A Prometheus that never answers, and knows how many wait for it.
struct Stalled {
    waiting: watch::Receiver<usize>,
    outside: Outside,
}

/// One who waits; gone when it is dropped.
struct Waits(watch::Sender<usize>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

async fn never(State(waiting): State<watch::Sender<usize>>) {
    waiting.send_modify(|waiting| *waiting += 1);
    let _here = Waits(waiting);
    std::future::pending::<()>().await;
}

impl Stalled {
    async fn start() -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (waits, waiting) = watch::channel(0);
        let router = Router::new().fallback(any(never)).with_state(waits);
        tokio::spawn(axum::serve(listener, router).into_future());
        let client = Prometheus::new(PrometheusConfig::new(&url)).unwrap();
        let guest = client.for_guests(Manners::default());
        let outside = Outside {
            metrics: BTreeMap::from([("prometheus".to_owned(), guest)]),
            services: BTreeMap::new(),
        };
        Self { waiting, outside }
    }

    /// A stage whose metrics are here.
    async fn stage(&self) -> Stage {
        let mut stage = Stage::paused().await;
        stage.world.outside = Live::new(self.outside.clone());
        stage
    }

    /// Until somebody waits, or nobody does any more. The query's own end would be told apart: it takes many seconds.
    async fn until(&mut self, somebody: bool) {
        let seen = self.waiting.wait_for(|waiting| (*waiting > 0) == somebody);
        let seen = tokio::time::timeout(Duration::from_secs(5), seen)
            .await
            .is_ok();
        assert!(seen, "somebody waits: {}", !somebody);
    }
}

/// How calls ended, once so many are on record.
async fn outcomes(stage: &Stage, calls: usize) -> Vec<String> {
    let wanted = CallsWanted {
        limit: 10,
        ..CallsWanted::default()
    };
    let mut commits = stage.world.reader.commits();
    let ended = async {
        loop {
            commits.mark_unchanged();
            let kept = stage.world.reader.calls(&wanted).await.unwrap();
            if kept.len() >= calls {
                return kept.into_iter().map(|call| call.outcome).collect();
            }
            commits.changed().await.unwrap();
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    ended.unwrap_or_else(|_| panic!("fewer than {calls} calls are on record"))
}

#[tokio::test]
async fn a_call_that_is_cancelled_over_a_pipe_ends_its_query_and_is_on_record() {
    let mut stalled = Stalled::start().await;
    let stage = stalled.stage().await;
    let (client, _) = client(&stage, reader()).await;
    let arguments = json!({"query": "up"}).as_object().cloned().unwrap();
    let asked = CallToolRequestParams::new("query_metrics").with_arguments(arguments);
    let asked = ClientRequest::CallToolRequest(Request::new(asked));
    let options = PeerRequestOptions::default();
    let call = client.send_cancellable_request(asked, options).await;
    let call = call.unwrap();
    stalled.until(true).await;
    call.cancel(Some("never mind".to_owned())).await.unwrap();
    stalled.until(false).await;
    assert_eq!(outcomes(&stage, 1).await, ["cancelled"]);
}

#[tokio::test]
async fn whoever_hangs_up_in_either_era_ends_the_query() {
    let mut stalled = Stalled::start().await;
    let stage = stalled.stage().await;
    let served = served(&stage).await;
    let params = || json!({"name": "query_metrics", "arguments": {"query": "up"}});
    let legacy = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params()});
    let legacy = served.post(PATH, &legacy);
    for call in [
        served.modern(PATH, "tools/call", params()),
        legacy.header("mcp-protocol-version", "2025-11-25"),
    ] {
        let call = tokio::spawn(call.send());
        stalled.until(true).await;
        call.abort();
        stalled.until(false).await;
    }
    assert_eq!(outcomes(&stage, 2).await, ["cancelled", "cancelled"]);
}
