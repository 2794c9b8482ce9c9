//! Webhooks as their senders see them: what is answered, and that each counts once.

use crate::commands::tawny;
use crate::server::Life;
use crate::settings::{ANN, CY, Guarding};
use crate::wait::until;
use crate::world::World;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use standardwebhooks::Webhook;
use std::time::Duration;

const GITHUB: &str = "a-secret-of-github-for-tests";
const BEFORE: &str = "the-secret-before-for-tests";
const GENERIC: &str = "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM=";
const ALERTS: &str = "a-secret-of-alerts-for-tests";

/// Services that others deploy, a server that hears of it, and senders that know its secrets.
async fn listening(guarding: &Guarding) -> World {
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
    std::fs::write(&file, text).unwrap();
    world.prometheus.counts_from_zero();
    world.server.begin(&Life::default());
    world.server.ready().await;
    world
}

/// Watches that last: what comes in later meets them under way.
fn slow() -> Guarding {
    Guarding {
        step_bake_s: 600,
        ..Guarding::observed()
    }
}

type Posted = Option<(u16, Value)>;

async fn post(world: &World, source: &str, headers: &[(&str, String)], body: &str) -> Posted {
    let url = format!("{}/hooks/{source}", world.server.url());
    let mut request = world.server.http().post(url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.unwrap_or(Value::Null)))
}

fn signed(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(body).finalize().into_bytes();
    format!("sha256={}", hex::encode(signature))
}

async fn github(world: &World, key: &str, event: &str, body: &Value) -> Posted {
    let body = body.to_string();
    let headers = [
        ("x-github-event", event.to_owned()),
        ("x-github-delivery", key.to_owned()),
        ("x-hub-signature-256", signed(GITHUB, &body)),
    ];
    post(world, "github", &headers, &body).await
}

fn stamped(key: &str, at: i64, body: &str) -> [(&'static str, String); 3] {
    let signature = Webhook::new(GENERIC)
        .unwrap()
        .sign(key, at, body.as_bytes());
    [
        ("webhook-id", key.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", signature.unwrap()),
    ]
}

async fn alerts(world: &World, alerts: Value) -> Posted {
    let body = json!({"version": "4", "groupKey": "g", "truncatedAlerts": 0, "alerts": alerts})
        .to_string();
    let headers = [("authorization", format!("Bearer {ALERTS}"))];
    post(world, "alerts", &headers, &body).await
}

fn deployment(id: u64, service: &str, version: &str) -> Value {
    json!({
        "action": "created",
        "deployment": {"id": id, "sha": "6dcb09b5", "ref": version, "task": "deploy", "environment": "test",
            "payload": {}, "creator": {"login": "octocat"}},
        "repository": {"name": service, "full_name": format!("acme/{service}"), "default_branch": "main"},
    })
}

fn status(id: u64, service: &str, version: &str, state: &str) -> Value {
    let mut body = deployment(id, service, version);
    body["deployment_status"] = json!({"state": state, "description": "the job said so"});
    body
}

/// All deliveries, the newest first, once none of them waits.
async fn handled(world: &World) -> Vec<Value> {
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

async fn only_deployment(world: &World) -> String {
    let (_, all) = world
        .server
        .call(ANN, Method::GET, "deployments", None)
        .await;
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_prove_itself_is_not_read_and_what_does_is_kept_once() {
    let mut world = listening(&slow()).await;
    let body = json!({"zen": "Keep it logically awesome."}).to_string();
    let to_github = |signature: String| {
        [
            ("x-github-event", "ping".to_owned()),
            ("x-github-delivery", "one".to_owned()),
            ("x-hub-signature-256", signature),
        ]
    };
    let good = signed(GITHUB, &body);
    for wrong in [
        signed("another-secret-0123", &body),
        signed(GITHUB, "another body"),
        good.replace("sha256=", "sha1="),
        good[..good.len() - 2].to_owned(),
        String::new(),
        "sha256=".to_owned(),
        "sha256=zz".to_owned(),
    ] {
        let answered = post(&world, "github", &to_github(wrong.clone()), &body).await;
        assert_eq!(answered.unwrap().0, 401, "{wrong}");
    }
    assert_eq!(post(&world, "github", &[], &body).await.unwrap().0, 401);
    assert_eq!(
        post(&world, "nobody", &to_github(good.clone()), &body)
            .await
            .unwrap()
            .0,
        404
    );
    let get = world.server.page("/hooks/github").await.unwrap();
    assert_eq!(get.0, 405);

    // The first one is new, also with the secret before; repeated it is a duplicate.
    let (code, said) = post(&world, "github", &to_github(signed(BEFORE, &body)), &body)
        .await
        .unwrap();
    assert_eq!((code, &said["status"]), (202, &json!("accepted")));
    let (code, said) = post(&world, "github", &to_github(good), &body)
        .await
        .unwrap();
    assert_eq!((code, &said["status"]), (202, &json!("duplicate")));

    // Stamps: too old, too new, good, and the good one again.
    let now = jiff::Timestamp::now().as_second();
    let body = json!({"type": "deployment", "id": "b", "service": "nobody", "version": "v2", "state": "started"});
    let body = body.to_string();
    for (at, expected) in [
        (now - 400, 401),
        (now + 400, 401),
        (now - 60, 202),
        (now - 60, 202),
    ] {
        let answered = post(&world, "generic", &stamped("g-1", at, &body), &body).await;
        assert_eq!(answered.unwrap().0, expected, "{at}");
    }

    // Sizes: one MiB for all but GitHub, 25 for GitHub; judged before anything else.
    let large = "x".repeat(1024 * 1024 + 1);
    assert_eq!(
        post(&world, "generic", &stamped("g-2", now, &large), &large)
            .await
            .unwrap()
            .0,
        413
    );
    assert_eq!(
        post(&world, "github", &to_github(signed(GITHUB, &large)), &large)
            .await
            .unwrap()
            .0,
        202
    );

    let all = handled(&world).await;
    let shown: Vec<(&str, &str)> = all
        .iter()
        .map(|one| {
            (
                one["source"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    // The large one has the key of the first: it is a duplicate.
    assert_eq!(shown, [("generic", "done"), ("github", "done")]);
    let page = world.server.page("/metrics").await.unwrap().1;
    for line in [
        r#"tawny_webhooks_total{source="github",outcome="refused"} 8"#,
        r#"tawny_webhooks_total{source="github",outcome="accepted"} 1"#,
        r#"tawny_webhooks_total{source="github",outcome="duplicate"} 2"#,
        r#"tawny_webhooks_total{source="generic",outcome="too_large"} 1"#,
    ] {
        assert!(
            page.contains(line),
            "{line}\n{}",
            page.lines()
                .filter(|l| l.contains("webhooks"))
                .collect::<String>()
        );
    }
    let log = world.server.whole_log();
    for secret in [GITHUB, BEFORE, ALERTS, &GENERIC[6..]] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_break_off_or_make_no_sense_are_answered_and_nothing_else_is_held_back() {
    let world = listening(&slow()).await;
    // A body that is shorter than was announced.
    let address = world.server.address();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = "POST /hooks/alerts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-length: 50\r\n\r\n{\"alerts\"";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut stream)
        .await
        .unwrap();
    drop(stream);

    for (n, body) in [
        "",
        "[",
        "null",
        "{}",
        "\u{0}",
        "{\"version\":\"4\"}",
        "[[[[[[[[",
        "\"\\ud800\"",
    ]
    .iter()
    .enumerate()
    {
        let headers = [("authorization", format!("Bearer {ALERTS}"))];
        assert_eq!(
            post(&world, "alerts", &headers, body).await.unwrap().0,
            202,
            "{body:?}"
        );
        let now = jiff::Timestamp::now().as_second();
        let key = format!("fuzz-{n}");
        assert_eq!(
            post(&world, "generic", &stamped(&key, now, body), body)
                .await
                .unwrap()
                .0,
            202,
            "{body:?}"
        );
    }
    let (code, _) = github(&world, "after", "ping", &json!({})).await.unwrap();
    assert_eq!(code, 202);
    let all = handled(&world).await;
    assert_eq!(all[0]["status"], "done", "{:#}", all[0]);
    assert_eq!(all.len(), 17);
    for one in &all[1..] {
        assert_eq!(one["status"], "quarantined", "{one:#}");
        assert!(
            one["error"].as_str().unwrap().contains("unknown form"),
            "{one:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_others_is_watched_once_however_often_and_in_whatever_order_it_is_told() {
    let mut world = listening(&slow()).await;
    // Its status comes first.
    github(
        &world,
        "s",
        "deployment_status",
        &status(7, "shop", "v2", "in_progress"),
    )
    .await
    .unwrap();
    handled(&world).await;
    github(&world, "d", "deployment", &deployment(7, "shop", "v2"))
        .await
        .unwrap();
    github(
        &world,
        "d-again",
        "deployment",
        &deployment(7, "shop", "v2"),
    )
    .await
    .unwrap();
    let all = handled(&world).await;
    let id = only_deployment(&world).await;
    let came: Vec<&Value> = all
        .iter()
        .rev()
        .map(|one| &one["came_to"][0]["what"])
        .collect();
    assert_eq!(came, ["begun", "known", "known"]);
    let view = world
        .view(&id, "watched", |view| view["status"] == "progressing")
        .await;
    assert_eq!(
        (&view["service"], &view["to"]),
        (&json!("shop"), &json!("v2"))
    );

    // Its end is noted once; what fails is given up, and its lane is free for the next.
    github(
        &world,
        "f",
        "deployment_status",
        &status(7, "shop", "v2", "failure"),
    )
    .await
    .unwrap();
    world.event(&id, "deploy_reported").await;
    world.event(&id, "abandoned").await;
    github(
        &world,
        "late",
        "deployment_status",
        &status(7, "shop", "v2", "success"),
    )
    .await
    .unwrap();
    handled(&world).await;
    let reported = world.events(&id).await;
    assert_eq!(
        reported
            .iter()
            .filter(|name| *name == "deploy_reported")
            .count(),
        1
    );
    github(&world, "n", "deployment", &deployment(8, "shop", "v3"))
        .await
        .unwrap();
    let all = handled(&world).await;
    assert_eq!(all[0]["came_to"][0]["what"], "begun", "{:#}", all[0]);

    // Who asks is told; replayed, nothing changes twice.
    let number = all.last().unwrap()["id"].to_string();
    let shown = tawny(&world, ANN, &["--json", "deliveries", "show", &number]).await;
    let shown = shown.document("tawny.deliveries-show/1");
    assert!(
        shown["body"].as_str().unwrap().contains("acme/shop"),
        "{shown}"
    );
    let refused = tawny(&world, CY, &["deliveries", "replay", &number]).await;
    assert_eq!(refused.code, 1, "{}", refused.err);
    let again = tawny(&world, ANN, &["deliveries", "replay", &number]).await;
    assert_eq!(again.code, 0, "{}", again.err);
    let all = handled(&world).await;
    assert_eq!(all.last().unwrap()["came_to"][0]["what"], "known");
    let (_, deployments) = world
        .server
        .call(ANN, Method::GET, "deployments", None)
        .await;
    assert_eq!(deployments.as_array().unwrap().len(), 2);
    for source in ["github", "generic", "alerts"] {
        let tried = tawny(&world, ANN, &["--json", "webhooks", "test", source]).await;
        assert_eq!(tried.code, 0, "{}{}", tried.out, tried.err);
        let tried = tried.document("tawny.webhooks-test/1");
        assert_eq!(tried["answer"], 200, "{tried}");
        assert!(
            tried["understood"][0].as_str().unwrap().contains("shop"),
            "{tried}"
        );
    }
    assert_eq!(
        handled(&world).await.len(),
        all.len(),
        "a test leaves nothing"
    );
}

fn alert(name: &str, service: &str, status: &str, starts_at: &str) -> Value {
    json!({"status": status, "labels": {"alertname": name, "service": service, "severity": "critical"},
        "annotations": {"summary": "too many errors"}, "startsAt": starts_at, "fingerprint": format!("{name}-{service}")})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_joins_the_incident_of_its_deployment_once_and_what_is_over_stays_over() {
    let mut world = listening(&slow()).await;
    let early = alert("Early", "shop", "firing", "2026-01-01T00:00:00Z");
    alerts(&world, json!([early])).await.unwrap();
    let unattached = &handled(&world).await[0]["came_to"][0];
    assert_eq!(unattached["what"], "unattached", "{unattached}");
    github(&world, "d", "deployment", &deployment(7, "shop", "v2"))
        .await
        .unwrap();
    handled(&world).await;
    let id = only_deployment(&world).await;
    world
        .view(&id, "watched", |view| view["status"] == "progressing")
        .await;

    let now = jiff::Timestamp::now().to_string();
    let firing = alert("HighErrorRate", "shop", "firing", &now);
    let over = alert("HighErrorRate", "shop", "resolved", &now);
    let first = alerts(&world, json!([firing])).await.unwrap();
    assert_eq!(first.1["status"], "accepted");
    let repeated = alerts(&world, json!([firing])).await.unwrap();
    assert_eq!(repeated.1["status"], "duplicate");
    world.event(&id, "alert_joined").await;
    // Here Tawny only observes: a critical alert warns.
    world.event(&id, "tier_raised").await;
    alerts(&world, json!([over])).await.unwrap();
    world.event(&id, "alert_over").await;
    let late = alert("HighErrorRate", "shop", "firing", &now);
    alerts(
        &world,
        json!([late, alert("Other", "cart", "firing", &now)]),
    )
    .await
    .unwrap();
    let all = handled(&world).await;
    let came: Vec<&Value> = all[0]["came_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["what"])
        .collect();
    assert_eq!(came, ["known", "unattached"]);
    let events = world.events(&id).await;
    assert_eq!(
        events.iter().filter(|name| *name == "alert_joined").count(),
        1,
        "{events:?}"
    );
    let report = tawny(&world, ANN, &["report", &id]).await;
    assert!(
        report.out.contains("HighErrorRate"),
        "{}{}",
        report.out,
        report.err
    );
    let joined = world.event(&id, "alert_joined").await;
    let alert = &joined["details"]["alert"];
    assert_eq!(
        (&alert["name"], &alert["summary"]),
        (&json!("HighErrorRate"), &json!("too many errors"))
    );
    // The alert and the warning that it led to, each once.
    until("the thread", async || {
        let heard = world.receiver.heard(&id);
        let replies = heard.iter().filter(|heard| heard.kind == "reply").count();
        assert!(replies <= 2, "{heard:?}");
        (replies == 2).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_the_answer_and_the_handling_each_delivery_is_handled_once() {
    let mut world = listening(&slow()).await;
    let mut answered = Vec::new();
    for n in 0..12_u64 {
        let service = if n % 2 == 0 { "shop" } else { "cart" };
        let key = format!("k-{n}");
        let body = deployment(n, service, &format!("v{n}"));
        if let Some((202, _)) = github(&world, &key, "deployment", &body).await {
            answered.push(key);
        }
        if n % 4 == 3 {
            world.server.kill();
            world.server.begin(&Life::default());
            world.server.ready().await;
        }
    }
    let all = handled(&world).await;
    let kept: Vec<&str> = all.iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(kept.len(), answered.len());
    for key in &answered {
        assert_eq!(kept.iter().filter(|kept| *kept == key).count(), 1, "{key}");
    }
    for one in &all {
        assert_eq!(one["status"], "done", "{one:#}");
        assert_eq!(one["came_to"].as_array().unwrap().len(), 1, "{one:#}");
    }
    let (_, deployments) = world
        .server
        .call(ANN, Method::GET, "deployments", None)
        .await;
    let deployments = deployments.as_array().unwrap().len();
    let begun = all
        .iter()
        .filter(|one| one["came_to"][0]["deployment"].is_string())
        .count();
    assert_eq!(deployments, begun, "{all:#?}");
    assert!(deployments >= 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_journal_is_away_senders_are_told_to_come_again_and_nothing_is_lost() {
    let world = listening(&slow()).await;
    let file = world.journal.strip_prefix("sqlite:").unwrap().to_owned();
    // Another writer has the file: what is to be kept cannot be.
    let held = tokio::task::spawn_blocking(move || {
        std::process::Command::new("python3")
            .args(["-c", "import sqlite3,sys,time; c=sqlite3.connect(sys.argv[1],isolation_level=None); c.execute('BEGIN IMMEDIATE'); print('held',flush=True); sys.stdin.read()", &file])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    });
    let mut held = held.await.unwrap();
    let mut line = [0; 5];
    std::io::Read::read_exact(held.stdout.as_mut().unwrap(), &mut line).unwrap();
    let begun = std::time::Instant::now();
    let (code, _) = github(&world, "away", "ping", &json!({})).await.unwrap();
    assert_eq!(code, 503);
    assert!(
        begun.elapsed() < Duration::from_secs(9),
        "{:?}",
        begun.elapsed()
    );
    held.kill().unwrap();
    held.wait().unwrap();
    until("it is kept", async || {
        let (code, _) = github(&world, "away", "ping", &json!({})).await?;
        (code == 202).then_some(())
    })
    .await;
    let all = handled(&world).await;
    assert_eq!(all.iter().filter(|one| one["key"] == "away").count(), 1);
}
