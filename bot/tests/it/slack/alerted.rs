//! Incidents that belong to no deployment, as a channel sees them.

use super::workspace::{CHANNEL, INCIDENTS, Kind, Said, Workspace, first};
use super::{ANN, begun};
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

/// Everything that is said until it is as wanted.
async fn heard(slack: &Workspace, what: &str, wanted: impl Fn(&[Said]) -> bool) -> Vec<Said> {
    let mut said = Vec::new();
    until(what, async || {
        said.extend(slack.take());
        wanted(&said).then_some(())
    })
    .await;
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_is_told_in_every_channel_that_is_about_it_and_who_closes_it_in_its_threads() {
    let world = World::of(&[("shop", 2), ("cart", 1)], &Guarding::default()).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let quiet = "digest: {daily: false, hourly: false}";
    let channels = format!(
        "[{{channel: {CHANNEL}, services: [shop], {quiet}}}, {{channel: {INCIDENTS}, min_severity: alarm, locale: zh-CN, {quiet}}}]"
    );
    let webhooks = format!("webhooks: [{{name: alerts, kind: alertmanager, secret: {SECRET}}}]\n");
    let mut world = begun(world, &(slack.settings_of(&channels) + &webhooks)).await;
    slack.take();
    alert(&world, "HighErrorRate", "firing").await;
    let parents = |said: &[Said]| -> Vec<Said> {
        let parents = said.iter().filter(|said| said.kind == Kind::Parent);
        parents.cloned().collect()
    };
    let said = heard(&slack, "both are told", |said| parents(said).len() == 2).await;
    let parents = parents(&said);
    assert_eq!(parents[0].channel, CHANNEL);
    assert_eq!(parents[1].channel, INCIDENTS);
    assert!(parents[1].text.contains("发生事件"), "{}", parents[1].text);

    // In its thread nobody has to say which one.
    let thread = Some(parents[0].ts.as_str());
    let order = slack.mention(ANN, thread, "close because of <!channel> tests");
    slack.tell(&order, 2).await;
    let said = heard(&slack, "both hear of it", |said| {
        let count = |kind: &Kind| said.iter().filter(|said| said.kind == *kind).count();
        count(&Kind::Reply) == 2 && count(&Kind::Edit) == 2 && said.len() >= 5
    })
    .await;
    assert_eq!(said.len(), 5, "{said:#?}");
    let told = first(&said, &Kind::Whisper(ANN.to_owned()));
    assert!(told.text.contains("is closed"), "{}", told.text);
    let replies: Vec<&Said> = said
        .iter()
        .filter(|said| said.kind == Kind::Reply)
        .collect();
    for (reply, (channel, words, fires)) in replies.iter().zip([
        (CHANNEL, "ann closed this incident", "still fires"),
        (INCIDENTS, "ann 关闭了此事件", "仍有 1 条"),
    ]) {
        assert_eq!(reply.channel, channel);
        assert!(reply.text.contains(words), "{}", reply.text);
        let blocks = reply.blocks.to_string();
        assert!(blocks.contains(fires), "{blocks}");
        assert!(!blocks.contains("<!channel>"), "{blocks}");
    }
    for (text, _) in slack
        .shown()
        .iter()
        .filter(|(text, _)| text.contains("HighErrorRate"))
    {
        assert!(
            text.contains("closed by ann") || text.contains("已由 ann 关闭"),
            "{text}"
        );
    }
    world.at_rest().await;
    assert_eq!(slack.take(), []);
    world.examine().await;
}
