//! Both eras of the protocol, over a pipe and over HTTP.

use crate::world::{Stage, only, reader, text};
use axum::Extension;
use mcp_server::http::{Allowed, PATH, READ_ONLY_PATH, routes};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

/// A server on a port of its own, for somebody who may read everything.
pub(crate) struct Served {
    url: String,
    http: Client,
    _stop: DropGuard,
}

pub(crate) async fn served(stage: &Stage) -> Served {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let allowed = Allowed {
        hosts: vec!["127.0.0.1".into()],
        origins: vec![format!("http://{address}")],
    };
    let router = routes(&stage.world, &allowed, &stop).layer(Extension(reader()));
    let serve =
        axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::spawn(serve.into_future());
    Served {
        url: format!("http://{address}"),
        http: Client::new(),
        _stop: stop.drop_guard(),
    }
}

impl Served {
    pub(crate) fn post(&self, path: &str, message: &Value) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.url));
        let accepted = "application/json, text/event-stream";
        request.header("accept", accepted).json(message)
    }

    /// As clients of 2026-07-28 call: everything in each request, and nothing before it.
    pub(crate) fn modern(&self, path: &str, method: &str, mut params: Value) -> RequestBuilder {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.post(path, &message);
        let request = request.header("mcp-protocol-version", "2026-07-28");
        let request = request.header("mcp-method", method);
        if name.is_empty() {
            request
        } else {
            request.header("mcp-name", name)
        }
    }
}

pub(crate) async fn answered(request: RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

#[tokio::test]
async fn a_client_that_shakes_hands_lists_and_calls_without_a_session() {
    let stage = Stage::paused().await;
    let served = served(&stage).await;
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }});
    let answer = answered(served.post(PATH, &hello)).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(answer["result"]["serverInfo"]["name"], "tawny");
    for path in [PATH, READ_ONLY_PATH] {
        let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"});
        let list = served.post(path, &list);
        let list = answered(list.header("mcp-protocol-version", "2025-11-25")).await;
        assert_eq!(list["result"]["tools"][0]["name"], "list_services");
        let call = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {
            "name": "list_services", "arguments": {},
        }});
        let call = served.post(path, &call);
        let call = answered(call.header("mcp-protocol-version", "2025-11-25")).await;
        let services = &call["result"]["structuredContent"]["services"];
        assert_eq!(services[0]["name"], "shop", "{call}");
    }
}

#[tokio::test]
async fn a_client_that_says_everything_in_each_call_is_answered_without_a_handshake() {
    let stage = Stage::paused().await;
    let served = served(&stage).await;
    let found = answered(served.modern(PATH, "server/discover", json!({}))).await;
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{found}");
    let list = answered(served.modern(PATH, "tools/list", json!({}))).await;
    assert_eq!(list["result"]["resultType"], "complete");
    assert_eq!(list["result"]["cacheScope"], "private");
    let params = json!({"name": "list_services", "arguments": {"service": "pay"}});
    let call = answered(served.modern(PATH, "tools/call", params)).await;
    let service = &call["result"]["structuredContent"]["services"][0];
    assert_eq!(service["called_by"], json!(["shop"]), "{call}");
}

#[tokio::test]
async fn pages_of_other_origins_and_other_hosts_are_refused() {
    let stage = Stage::new().await;
    let served = served(&stage).await;
    let list = || served.modern(PATH, "tools/list", json!({}));
    let evil = list().header("origin", "http://evil.example");
    assert_eq!(evil.send().await.unwrap().status(), 403);
    let nobody = list().header("origin", "null");
    assert_eq!(nobody.send().await.unwrap().status(), 403);
    let elsewhere = list().header("host", "evil.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403);
    let own = list().header("origin", served.url.clone());
    assert_eq!(own.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_client_in_this_process_lists_and_calls_and_sees_what_its_scopes_allow() {
    let stage = Stage::paused().await;
    let answer = stage.ask("list_services", json!({})).await;
    assert_eq!(answer["services"].as_array().unwrap().len(), 2);
    assert_eq!(
        answer["services"][0]["environments"][0]["deployment"],
        "dep_1"
    );
    let pay = stage
        .call(&only(&["pay"]), "list_services", json!({}))
        .await;
    assert!(!text(&pay).contains("team-shop"), "{}", text(&pay));
    let unknown = stage
        .refused("list_services", json!({"service": "cart"}))
        .await;
    assert!(
        unknown.contains("list_services has those that do"),
        "{unknown}"
    );
    let wrong = stage
        .refused("list_services", json!({"servce": "shop"}))
        .await;
    assert!(wrong.contains("unknown field `servce`"), "{wrong}");
}
