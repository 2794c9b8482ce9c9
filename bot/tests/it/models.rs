//! Models and IDE assistants at `/mcp`: who gets in, what they see, and what becomes of what they ask for.

use crate::commands::{Ended, tawny};
use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, CI};
use crate::world::World;
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use reqwest::{Method, RequestBuilder, Response};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

const READS: &str = "a-token-of-a-reading-client";
const ASKS: &str = "a-token-of-an-asking-client";
const SELDOM: &str = "a-token-that-is-used-seldom";
const STRANGE: &str = "a-token-that-nobody-has";

/// The world with its clients configured; the server is not begun.
fn with_clients(world: &World) {
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let clients = format!(
        "mcp:\n  clients:\n    - {{name: reader, token: {READS}}}\n    - {{name: ide, token: {ASKS}, person: ann, \
         scopes: [read, ask]}}\n    - {{name: seldom, token: {SELDOM}, rate: 2}}\nservices:\n"
    );
    std::fs::write(&file, text.replacen("services:\n", &clients, 1)).unwrap();
}

fn message(world: &World, path: &str, method: &str, params: &Value) -> RequestBuilder {
    let url = format!("{}{path}", world.server.url());
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let request = world.server.http().post(url).json(&message);
    request.header("accept", "application/json, text/event-stream")
}

async fn answer(world: &World, token: &str, path: &str, method: &str, params: Value) -> Response {
    let request = message(world, path, method, &params).bearer_auth(token);
    request.send().await.unwrap()
}

/// The names of the tools that there are for a caller.
async fn tools(world: &World, token: &str, path: &str) -> Vec<String> {
    let listed = answer(world, token, path, "tools/list", json!({})).await;
    let listed: Value = listed.json().await.unwrap();
    let tools = listed["result"]["tools"]
        .as_array()
        .unwrap_or_else(|| panic!("{listed}"));
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned());
    names.collect()
}

/// What a tool answers, and whether that is an error.
pub(crate) async fn call(
    world: &World,
    token: &str,
    tool: &str,
    arguments: Value,
) -> (bool, Value) {
    let params = json!({"name": tool, "arguments": arguments});
    let called = answer(world, token, "/mcp", "tools/call", params).await;
    let called: Value = called.json().await.unwrap();
    let result = &called["result"];
    assert!(result.is_object(), "{called}");
    let wrong = result["isError"] == true;
    let said = if wrong {
        result["content"][0]["text"].clone()
    } else {
        result["structuredContent"].clone()
    };
    (wrong, said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_token_is_told_how_to_get_in_and_who_may_only_read_cannot_ask() {
    let mut world = World::small().await;
    with_clients(&world);
    world.server.begin(&Life::default());
    world.server.ready().await;

    let list = || message(&world, "/mcp", "tools/list", &json!({}));
    let nobody = list().send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let challenge = nobody.headers()["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.starts_with("Bearer ") && !challenge.contains("error="),
        "{challenge}"
    );
    let (_, there) = challenge.split_once("resource_metadata=\"").unwrap();
    let there = there.trim_end_matches('"').to_owned();
    let told: Value = world
        .server
        .http()
        .get(&there)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(told["resource"], format!("{}/mcp", world.server.url()));
    assert_eq!(told["scopes_supported"], json!(["read", "ask"]));
    let strange = list().bearer_auth(STRANGE).send().await.unwrap();
    assert_eq!(strange.status(), 401);
    let challenge = strange.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");

    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
    ] {
        let evil = list().bearer_auth(ASKS).header(name, value);
        assert_eq!(evil.send().await.unwrap().status(), 403, "{name}: {value}");
    }
    let own = list()
        .bearer_auth(ASKS)
        .header("origin", world.server.url());
    assert_eq!(own.send().await.unwrap().status(), 200);

    let reads = tools(&world, READS, "/mcp").await;
    assert!(reads.contains(&"get_deployment".to_owned()), "{reads:?}");
    assert!(!reads.contains(&"request_action".to_owned()), "{reads:?}");
    assert_eq!(tools(&world, ASKS, "/mcp/readonly").await, reads);
    let mut asks = tools(&world, ASKS, "/mcp").await;
    assert_eq!(tools(&world, ANN, "/mcp").await, asks);
    assert_eq!(tools(&world, CI, "/mcp").await, asks);
    asks.retain(|tool| !reads.contains(tool));
    assert_eq!(asks, ["request_action", "cancel_request"]);

    let wanted = json!({"name": "request_action", "arguments": {}});
    let insufficient = answer(&world, READS, "/mcp", "tools/call", wanted.clone()).await;
    assert_eq!(insufficient.status(), 403);
    let challenge = insufficient.headers()["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(challenge.contains("scope=\"read ask\""), "{challenge}");
    let hidden = answer(&world, ASKS, "/mcp/readonly", "tools/call", wanted).await;
    let hidden: Value = hidden.json().await.unwrap();
    assert_eq!(hidden["error"]["code"], -32602, "{hidden}");

    for _ in 0..2 {
        assert!(!tools(&world, SELDOM, "/mcp").await.is_empty());
    }
    let much = list().bearer_auth(SELDOM).send().await.unwrap();
    assert_eq!(much.status(), 429);
    let wait: u64 = much.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    let long = list().bearer_auth(ASKS).body("x".repeat(300_000));
    assert_eq!(long.send().await.unwrap().status(), 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_asks_for_is_asked_of_people_once_and_only_they_roll_back() {
    let world = World::asking().await;
    with_clients(&world);
    let mut world = world.with_first_version().await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    let (wrong, list) = call(&world, ASKS, "list_deployments", json!({"open": true})).await;
    assert!(!wrong, "{list}");
    assert_eq!(list["deployments"][0]["id"], id, "{list}");

    let wish = json!({
        "deployment": id, "action": "rollback", "reason": "errors rose, evidence ev_1 <!channel> password=hunter2hunter2",
    });
    let (wrong, asked) = call(&world, ASKS, "request_action", wish.clone()).await;
    assert!(!wrong, "{asked}");
    assert_eq!(asked["status"], "asked", "{asked}");
    let question = world
        .view(&id, "the question", |view| view["approval"].is_object())
        .await;
    assert_eq!(asked["approval_id"], question["approval"]["id"]);
    let (_, again) = call(&world, ASKS, "request_action", wish).await;
    assert_eq!(again["request_id"], asked["request_id"]);
    let made = world.event(&id, "request_made").await;
    let request = &made["details"]["request"];
    assert_eq!(
        (&request["client"], &request["person"]),
        (&json!("ide"), &json!("ann"))
    );
    assert!(!made.to_string().contains("hunter2"), "{made}");
    let events = world.events(&id).await;
    assert_eq!(
        events
            .iter()
            .filter(|event| *event == "request_made")
            .count(),
        1
    );

    // A machine's word answers nothing, whatever it bears.
    let approval = format!("approvals/{}", asked["approval_id"].as_str().unwrap());
    let body = json!({"choice": "rollback"});
    let (status, refused) = world
        .server
        .call(CI, Method::POST, &approval, Some(&body))
        .await;
    assert_eq!(status, 409, "{refused}");
    let (status, _) = world
        .server
        .call(READS, Method::POST, &approval, Some(&body))
        .await;
    assert_eq!(status, 401);
    let (_, stands) = call(&world, READS, "get_deployment", json!({"deployment": id})).await;
    assert_eq!(
        stands["actions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["kind"] == "rollback")
            .count(),
        0
    );

    let (status, _) = world
        .server
        .call(ANN, Method::POST, &approval, Some(&body))
        .await;
    assert_eq!(status, 200);
    world.over(&id, "rolled_back").await;
    let (_, after) = call(&world, READS, "get_deployment", json!({"deployment": id})).await;
    assert_eq!(after["approvals"][0]["answer"], "rollback", "{after}");
    let (wrong, late) = call(
        &world,
        ASKS,
        "request_action",
        json!({
            "deployment": id, "action": "resume", "reason": "it looks fine",
        }),
    )
    .await;
    assert!(wrong, "{late}");
    world.at_rest().await;
    let heard = world.receiver.heard(&id);
    let said: Vec<&str> = heard.iter().map(|one| one.kind.as_str()).collect();
    assert!(said.contains(&"reply"), "{said:?}");
}

/// An identity provider that signs with ES256.
struct Provider {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Provider {
    /// Hands out its key at this port of the world.
    async fn start(world: &World, port: u16) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let point = key.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
        let keys = json!({"keys": [
            {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": x, "y": y},
        ]});
        let listener = tokio::net::TcpListener::bind(world.at(port)).await.unwrap();
        let router = axum::Router::new().route("/keys", get(async move || axum::Json(keys)));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { key, random }
    }

    fn token(&self, key: &str, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": key});
        let said = [header.to_string(), claims.to_string()].map(|part| BASE64.encode(part));
        let said = said.join(".");
        let signed = self.key.sign(&self.random, said.as_bytes()).unwrap();
        format!("{said}.{}", BASE64.encode(signed))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_the_identity_provider_counts_if_it_is_for_us_in_time_and_names_somebody() {
    let mut world = World::small().await;
    let provider = Provider::start(&world, 18500).await;
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let keys = format!("http://{}/keys", world.at(18500));
    let oauth = format!(
        "mcp:\n  oauth: {{issuer: \"https://login.example/\", jwks_url: \"{keys}\", person_claim: sub}}\nservices:\n"
    );
    std::fs::write(&file, text.replacen("services:\n", &oauth, 1)).unwrap();
    world.server.begin(&Life::default());
    world.server.ready().await;
    let here = format!("{}/mcp", world.server.url());
    let now = jiff::Timestamp::now().as_second();
    let good = json!({
        "iss": "https://login.example/", "aud": here, "sub": "ann", "exp": now + 600, "azp": "ide", "scope": "openid ask",
    });
    let names = tools(&world, &provider.token("k1", &good), "/mcp").await;
    assert!(names.contains(&"request_action".to_owned()), "{names:?}");
    let changed = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        provider.token("k1", &claims)
    };
    let mut read = good.clone();
    read["scope"] = json!("openid");
    let names = tools(&world, &provider.token("k1", &read), "/mcp").await;
    assert!(!names.contains(&"request_action".to_owned()), "{names:?}");
    let genuine = provider.token("k1", &good);
    let (said, signed) = genuine.rsplit_once('.').unwrap();
    let forged = format!("{}.{signed}", said.replacen('.', ".e", 1));
    for (why, token) in [
        (
            "for somebody else",
            changed("aud", json!("https://other.example/mcp")),
        ),
        (
            "by somebody else",
            changed("iss", json!("https://evil.example/")),
        ),
        ("over", changed("exp", json!(now - 600))),
        ("not yet", changed("nbf", json!(now + 600))),
        ("names nobody", changed("sub", json!("stranger"))),
        ("of another key", provider.token("k2", &good)),
        ("changed", forged),
    ] {
        let answer = answer(&world, &token, "/mcp", "tools/list", json!({})).await;
        assert_eq!(answer.status(), 401, "{why}");
    }
    let there = format!(
        "{}/.well-known/oauth-protected-resource",
        world.server.url()
    );
    let told = world.server.http().get(there).send().await.unwrap();
    let told: Value = told.json().await.unwrap();
    assert_eq!(
        told["authorization_servers"],
        json!(["https://login.example/"])
    );
}

/// The program that clients begin, spoken to over its pipes.
async fn piped(arguments: &[&str], token: &str, lines: &[Value]) -> Vec<Value> {
    use tokio::io::AsyncWriteExt;
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_tawny-mcp"))
        .args(arguments)
        .env("TAWNY_MCP_TOKEN", token)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in lines {
        input
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
    }
    let out = child.stdout.take().unwrap();
    let mut answers = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(out));
    let wanted = lines.iter().filter(|line| line.get("id").is_some()).count();
    let mut heard = Vec::new();
    while heard.len() < wanted {
        let line = tokio::time::timeout(crate::wait::DEADLINE, answers.next_line()).await;
        let line = line.expect("no answer in time").unwrap().expect("it ended");
        heard.push(serde_json::from_str(&line).unwrap());
    }
    drop(input);
    let ended = tokio::time::timeout(crate::wait::DEADLINE, child.wait()).await;
    assert!(ended.expect("it does not end").unwrap().success());
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_pipe_a_client_reads_with_a_server_and_beside_none_and_each_call_is_on_record() {
    let mut world = World::small().await;
    with_clients(&world);
    world.server.begin(&Life::default());
    world.server.ready().await;
    let url = world.server.url().to_owned();
    let lines = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
        }}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "list_services", "arguments": {},
        }}),
    ];
    let heard = piped(&["--connect", &url], READS, &lines).await;
    let of = |id: u64| {
        heard
            .iter()
            .find(|one| one["id"] == id)
            .unwrap_or_else(|| panic!("{heard:?}"))
    };
    assert_eq!(of(1)["result"]["serverInfo"]["name"], "tawny");
    assert_eq!(
        of(2)["result"]["structuredContent"]["services"][0]["name"],
        "shop"
    );
    let stranger = piped(&["--connect", &url], STRANGE, &lines[..1]).await;
    let why = stranger[0]["error"]["message"].as_str().unwrap();
    assert!(
        why.contains("401") && why.contains("no known token"),
        "{why}"
    );

    let file = world.dir.path().join("main/tawny.yaml");
    let config = file.to_str().unwrap();
    let alone = piped(&["--config", config], "", &lines).await;
    let answered = alone.iter().find(|one| one["id"] == 2).unwrap();
    assert_eq!(
        answered["result"]["structuredContent"]["services"][0]["name"],
        "shop"
    );

    let Ended { code, out, .. } = tawny(&world, ANN, &["audit", "calls", "--json"]).await;
    assert_eq!(code, 0, "{out}");
    let kept: Value = serde_json::from_str(&out).unwrap();
    let calls = kept["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 1, "{kept}");
    assert_eq!(
        (&calls[0]["client"], &calls[0]["tool"]),
        (&json!("reader"), &json!("list_services"))
    );
    assert_eq!(calls[0]["outcome"], "answered");
}
