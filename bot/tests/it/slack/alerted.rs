//! Incidents that belong to no deployment, as a channel sees them.

use super::begun;
use super::workspace::{Kind, Workspace};
use crate::settings::Guarding;
use crate::wait::until;
use crate::world::World;
use serde_json::{Value, json};

const SECRET: &str = "a-secret-of-alerts-for-tests";

async fn alert(world: &World, name: &str, status: &str) {
    let url = format!("{}/hooks/alerts", world.server.url());
    let alert = json!({"status": status, "labels": {"alertname": name, "service": "shop", "severity": "critical"},
        "annotations": {"summary": "<!channel> look <https://evil.example|here>"},
        "startsAt": "2026-01-01T00:00:00Z", "fingerprint": name});
    let body = json!({"version": "4", "groupKey": "g", "alerts": [alert]});
    let sent = world
        .server
        .http()
        .post(url)
        .bearer_auth(SECRET)
        .body(body.to_string());
    assert_eq!(sent.send().await.unwrap().status(), 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_of_alerts_is_one_message_in_slack_that_is_edited() {
    let world = World::of(&[("shop", 2)], &Guarding::default()).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let webhooks = format!("webhooks: [{{name: alerts, kind: alertmanager, secret: {SECRET}}}]\n");
    let mut world = begun(world, &(slack.settings() + &webhooks)).await;
    slack.take();
    alert(&world, "HighErrorRate", "firing").await;
    let mut said = Vec::new();
    let posted = until("it is posted", async || {
        said.extend(slack.take());
        said.iter().find(|said| said.kind == Kind::Parent).cloned()
    })
    .await;
    assert!(posted.text.contains("HighErrorRate"), "{}", posted.text);
    let blocks: Value = posted.blocks.clone();
    assert!(!blocks.to_string().contains("<!channel>"), "{blocks}");
    assert_eq!(posted.deployment, None);
    alert(&world, "SlowAnswers", "firing").await;
    alert(&world, "HighErrorRate", "resolved").await;
    alert(&world, "SlowAnswers", "resolved").await;
    until("it is over", async || {
        said.extend(slack.take());
        let (text, buttons) = slack.shown().pop().unwrap();
        (text.contains("over") && buttons.is_empty()).then_some(())
    })
    .await;
    // Nothing but that message and its edits.
    let other: Vec<_> = said
        .iter()
        .filter(|said| said.ts != posted.ts || !matches!(said.kind, Kind::Parent | Kind::Edit))
        .collect();
    assert!(other.is_empty(), "{other:#?}");
    assert_eq!(
        said.iter().filter(|said| said.kind == Kind::Parent).count(),
        1
    );
    world.examine().await;
}
