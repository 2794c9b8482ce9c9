//! What channels are told once a day.

use super::player::{Player, retold, scenario};
use super::workspace::{CHANNEL, INCIDENTS, Kind, Mood, Said};
use crate::commands::tawny;
use crate::settings::CY;
use crate::world::World;
use guard::ids::{Environment, ServiceName};
use guard::lane::LaneEvent;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const IN_SHANGHAI: &str = ", time_zone: Asia/Shanghai, locale: zh-CN";

/// The scenarios happen at 03:12 UTC of the 20th, which is 11:12 in Shanghai.
async fn began_the_day_before(channels: &str) -> Player {
    let player = Player::with(channels).await;
    player.set(at("2026-11-19T20:00:00Z"));
    player.round().await;
    assert_eq!(player.take(), []);
    player
}

fn only(said: &[Said]) -> Said {
    let [one] = said else { panic!("{said:#?}") };
    assert_eq!(one.kind, Kind::Parent);
    one.clone()
}

#[tokio::test]
async fn a_digest_is_told_once_at_nine_in_the_channels_time_zone_whoever_leads_then() {
    let mut player = began_the_day_before(&format!("[{{channel: {CHANNEL}{IN_SHANGHAI}}}]")).await;
    // Nine in Shanghai: nothing happened since, and nothing is said.
    player.set(at("2026-11-20T01:00:00Z"));
    player.round().await;
    assert_eq!(player.take(), []);
    player.play(&scenario("latency")).await;
    let quick = SignedDuration::from_hours(2);
    let cart = retold(&scenario("healthy"), quick, ("dep_2", "cart", "v9"));
    player.play(&cart).await;
    player.take();
    player.set(at("2026-11-21T00:59:59Z"));
    player.round().await;
    assert_eq!(player.take(), []);
    player.set(at("2026-11-21T01:00:00Z"));
    // Two of them think that they lead.
    tokio::join!(player.round(), player.round());
    player.round().await;
    let said = only(&player.take());
    assert_eq!(said.channel, CHANNEL);
    assert_eq!(said.deployment, None);
    assert!(
        said.text.contains("2026-11-20 09:00") && said.text.contains("2 次部署"),
        "{}",
        said.text
    );
    let blocks = said.blocks.to_string();
    for part in ["回滚 1 次", "Asia/Shanghai", "`shop@"] {
        assert!(blocks.contains(part), "{part}: {blocks}");
    }
    player.set(at("2026-11-21T20:00:00Z"));
    player.round().await;
    assert_eq!(player.take(), []);
}

#[tokio::test]
async fn days_on_which_nobody_was_there_are_told_together_and_an_unknown_outcome_is_not_repeated() {
    let mut player = began_the_day_before(&format!("[{{channel: {CHANNEL}}}]")).await;
    player.play(&scenario("latency")).await;
    let next_day = SignedDuration::from_hours(24);
    let cart = retold(&scenario("healthy"), next_day, ("dep_2", "cart", "v9"));
    player.play(&cart).await;
    player.take();
    // Down for two days; then Slack does not take it at first.
    player.set(at("2026-11-22T11:30:00Z"));
    player
        .slack
        .plan("chat.postMessage", Mood::Refuses("not_in_channel"));
    player.round().await;
    assert_eq!(player.take(), []);
    player.round().await;
    let said = only(&player.take());
    assert!(said.text.contains("2 deployments"), "{}", said.text);
    // Of the next one nobody knows whether it was told.
    let later = SignedDuration::from_hours(60);
    let third = retold(&scenario("healthy"), later, ("dep_3", "cart", "v10"));
    player.play(&third).await;
    player.take();
    player.set(at("2026-11-23T09:00:00Z"));
    player.slack.plan("chat.postMessage", Mood::DoesAndHangsUp);
    player.round().await;
    let perhaps = only(&player.take());
    assert!(perhaps.text.contains("1 deployment"), "{}", perhaps.text);
    player.round().await;
    assert_eq!(player.take(), []);
    // The next day tells it too.
    player.set(at("2026-11-24T09:00:00Z"));
    player.round().await;
    player.round().await;
    let again = only(&player.take());
    assert!(again.text.contains("2026-11-22 09:00"), "{}", again.text);
    assert!(again.text.contains("1 deployment"), "{}", again.text);
}

#[tokio::test]
async fn each_channel_is_told_of_its_own_and_waits_for_the_end_of_its_quiet_hours() {
    let channels = format!(
        "[{{channel: {CHANNEL}, services: [shop], quiet_hours: [{{from: \"08:00\", until: \"10:00\"}}]}}, \
         {{channel: {INCIDENTS}, min_severity: critical, digest: {{at: \"07:00\", when_nothing: line, hourly: false}}}}]"
    );
    let mut player = began_the_day_before(&channels).await;
    player.play(&scenario("healthy")).await;
    player.take();
    player.set(at("2026-11-20T07:00:00Z"));
    player.round().await;
    let incidents = only(&player.take());
    assert_eq!(incidents.channel, INCIDENTS);
    player.set(at("2026-11-20T09:59:59Z"));
    player.round().await;
    assert_eq!(player.take(), []);
    player.set(at("2026-11-20T10:00:00Z"));
    player.round().await;
    let usual = only(&player.take());
    assert_eq!(usual.channel, CHANNEL);
    // Nothing happened on the next day, and one of them wants to hear that.
    player.set(at("2026-11-21T12:00:00Z"));
    player.round().await;
    let line = only(&player.take());
    assert_eq!(line.channel, INCIDENTS);
    assert!(line.text.contains("no deployments"), "{}", line.text);
}

#[tokio::test]
async fn every_hour_is_told_only_while_something_is_open_or_frozen_and_something_happened() {
    let mut player = began_the_day_before(&format!("[{{channel: {CHANNEL}}}]")).await;
    player.play(&scenario("healthy")).await;
    player.take();
    player.set(at("2026-11-20T04:00:00Z"));
    player.round().await;
    assert_eq!(player.take(), [], "nothing is open");
    let hour = SignedDuration::from_hours(1);
    // Held, and so it stays.
    let held = retold(&scenario("memory-leak"), hour, ("dep_2", "cart", "v9"));
    player.play(&held).await;
    player.take();
    player.set(at("2026-11-20T05:00:00Z"));
    player.round().await;
    player.round().await;
    let said = only(&player.take());
    assert!(
        said.text.contains("2026-11-20 04:00") && said.text.contains("1 waits for somebody"),
        "{}",
        said.text
    );
    for later in ["2026-11-20T06:00:00Z", "2026-11-20T08:00:00Z"] {
        player.set(at(later));
        player.round().await;
        assert_eq!(player.take(), [], "nothing happened since");
    }
    // At nine the day is told, and no hour beside it.
    player.set(at("2026-11-20T09:00:00Z"));
    player.round().await;
    let day = only(&player.take());
    assert!(day.text.contains("2026-11-19 20:00"), "{}", day.text);

    let mut player = began_the_day_before(&format!("[{{channel: {CHANNEL}}}]")).await;
    player.play(&scenario("healthy")).await;
    player.take();
    let place = (
        &ServiceName::new("shop").unwrap(),
        &Environment::new("demo").unwrap(),
    );
    let frozen = LaneEvent::Frozen {
        by: "ann".to_owned(),
        reason: Some("<!channel> inventory".to_owned()),
    };
    player.in_lane(place, &frozen).await;
    player.set(at("2026-11-20T04:00:00Z"));
    player.round().await;
    let said = only(&player.take());
    assert!(said.blocks.to_string().contains("inventory"), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_channels_are_told_can_be_asked_for_at_any_time() {
    let (world, id) = World::that_rolled_back().await;
    let asked = ["--json", "digest", "--zone", "Europe/Berlin"];
    let said = tawny(&world, CY, &asked).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let digest = said.document("tawny.digest/1");
    assert_eq!(digest["deployments"], 2);
    assert_eq!(digest["rolled_back"][0]["deployment_id"], json!(id));
    assert_eq!(digest["riskiest"]["service"], "shop");
    assert!(digest["time_to_recover"]["median_seconds"].is_f64());
    let text = tawny(&world, CY, &["digest", "--zone", "Europe/Berlin"]).await;
    assert!(
        text.out.contains("1 rolled back") && text.out.contains("Europe/Berlin"),
        "{}",
        text.out
    );
    for wrong in [
        ["--since", "0s"],
        ["--since", "90d"],
        ["--zone", "Mars/Base"],
    ] {
        let ended = tawny(&world, CY, &[&["digest"], &wrong[..]].concat()).await;
        assert_eq!(ended.code, 3, "{wrong:?}: {}{}", ended.out, ended.err);
    }
}
