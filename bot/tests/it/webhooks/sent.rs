//! Who sends: GitHub, anybody, an Alertmanager; and a server that hears of it.

use crate::server::Life;
use crate::settings::{ANN, Guarding};
use crate::wait::until;
use crate::world::World;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use standardwebhooks::Webhook;

pub(crate) const GITHUB: &str = "a-secret-of-github-for-tests";
pub(crate) const BEFORE: &str = "the-secret-before-for-tests";
pub(crate) const GENERIC: &str = "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM=";
pub(crate) const ALERTS: &str = "a-secret-of-alerts-for-tests";

/// Services that others deploy, a server that hears of it, and senders that know its secrets.
pub(crate) async fn listening(guarding: &Guarding) -> World {
    listening_and(guarding, |text| text).await
}

/// The same, with a configuration that is changed beforehand.
pub(crate) async fn listening_and(
    guarding: &Guarding,
    change: impl FnOnce(String) -> String,
) -> World {
    let mut world = World::of(&[("shop", 2), ("cart", 1)], guarding).await;
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += &format!(
        r#"webhooks:
  - {{name: github, kind: github, secret: {GITHUB}, previous_secret: {BEFORE}}}
  - {{name: generic, kind: generic, secret: "{GENERIC}"}}
  - {{name: alerts, kind: alertmanager, secret: {ALERTS}}}
"#
    );
    std::fs::write(&file, change(text)).unwrap();
    world.prometheus.counts_from_zero();
    world.server.begin(&Life::default());
    world.server.ready().await;
    world
}

/// Watches that last: what comes in later meets them under way.
pub(crate) fn slow() -> Guarding {
    Guarding {
        step_bake_s: 600,
        ..Guarding::observed()
    }
}

pub(crate) type Posted = Option<(u16, Value)>;

pub(crate) async fn post(
    world: &World,
    source: &str,
    headers: &[(&str, String)],
    body: &str,
) -> Posted {
    let url = format!("{}/hooks/{source}", world.server.url());
    let mut request = world.server.http().post(url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.unwrap_or(Value::Null)))
}

pub(crate) fn signed(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(body).finalize().into_bytes();
    format!("sha256={}", hex::encode(signature))
}

pub(crate) async fn github(world: &World, key: &str, event: &str, body: &Value) -> Posted {
    let body = body.to_string();
    let headers = [
        ("x-github-event", event.to_owned()),
        ("x-github-delivery", key.to_owned()),
        ("x-hub-signature-256", signed(GITHUB, &body)),
    ];
    post(world, "github", &headers, &body).await
}

pub(crate) fn stamped(key: &str, at: i64, body: &str) -> [(&'static str, String); 3] {
    let signature = Webhook::new(GENERIC)
        .unwrap()
        .sign(key, at, body.as_bytes());
    [
        ("webhook-id", key.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", signature.unwrap()),
    ]
}

pub(crate) async fn alerts(world: &World, alerts: Value) -> Posted {
    alerts_of(world, "g", alerts).await
}

pub(crate) fn deployment(id: u64, service: &str, version: &str) -> Value {
    json!({
        "action": "created",
        "deployment": {"id": id, "sha": "6dcb09b5", "ref": version, "task": "deploy", "environment": "test",
            "payload": {}, "creator": {"login": "octocat"}},
        "repository": {"name": service, "full_name": format!("acme/{service}"), "default_branch": "main"},
    })
}

pub(crate) fn status(id: u64, service: &str, version: &str, state: &str) -> Value {
    let mut body = deployment(id, service, version);
    body["deployment_status"] = json!({"state": state, "description": "the job said so"});
    body
}

/// All deliveries, the newest first, once none of them waits.
pub(crate) async fn handled(world: &World) -> Vec<Value> {
    until("all deliveries are handled", async || {
        let asked = world
            .server
            .try_call(ANN, Method::GET, "deliveries?limit=500", None);
        let (status, said) = asked.await?;
        let all = said["deliveries"].as_array().filter(|_| status == 200)?;
        let ended =
            |one: &Value| ["done", "quarantined"].contains(&one["status"].as_str().unwrap());
        all.iter().all(ended).then(|| all.clone())
    })
    .await
}

pub(crate) async fn only_deployment(world: &World) -> String {
    let (_, all) = world
        .server
        .call(ANN, Method::GET, "deployments", None)
        .await;
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0]["id"].as_str().unwrap().to_owned()
}

pub(crate) fn alert(name: &str, service: &str, status: &str, starts_at: &str) -> Value {
    json!({"status": status, "labels": {"alertname": name, "service": service, "severity": "critical"},
        "annotations": {"summary": "too many errors"}, "startsAt": starts_at, "fingerprint": format!("{name}-{service}")})
}

/// An alert of a group of its own, as an Alertmanager sends it.
pub(crate) async fn alerts_of(world: &World, group: &str, alerts: Value) -> Posted {
    let body = json!({"version": "4", "groupKey": group, "truncatedAlerts": 0, "alerts": alerts});
    let headers = [("authorization", format!("Bearer {ALERTS}"))];
    post(world, "alerts", &headers, &body.to_string()).await
}
