//! After a rollback: what did it is undone where the code is, by a press.

use super::pressed::whispered;
use super::workspace::{Kind, SIGNING, Said, TEAM};
use super::{ANN, CY, Workspace, begun};
use crate::proposed::github::GitHub;
use crate::server::Life;
use crate::settings::Guarding;
use crate::wait::until;
use crate::why::repository;
use crate::world::World;
use serde_json::json;

/// Somebody presses a button that stands for an order.
async fn wishes(slack: &Workspace, user: &str, offer: &Said, value: &str) {
    let mut press = slack.press(user, TEAM, &offer.ts, value);
    press["actions"][0]["action_id"] = json!("fix.revert");
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_rollback_a_press_opens_one_request_although_tawny_is_killed_in_between() {
    let git = repository();
    let guarding = Guarding {
        repo: Some(git.path().to_owned()),
        ..Guarding::default()
    };
    let world = World::of(&[("shop", 2)], &guarding).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let github = GitHub::start(world.at(18700), git).await;
    let settings = format!(
        "    fix_forward: {{repo: \"{}/acme/shop\"}}\n{}{}",
        github.url(),
        github.settings(&crate::proposed::writing()),
        slack.settings()
    );
    let mut world = begun(world, &settings).await;
    slack.take();
    let package = world.put("shop", "v2", crate::packages::SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world.over(&id, "rolled_back").await;
    world.at_rest().await;
    // The button is below the word that it is rolled back.
    let said = slack.take();
    let offers =
        |said: &&Said| said.kind != Kind::Edit && said.buttons().concat().contains("revert-pr");
    let offer = said.iter().rfind(offers);
    let offer = offer.unwrap_or_else(|| panic!("{said:#?}"));
    let value = offer
        .buttons()
        .into_iter()
        .find(|value| value.starts_with("revert-pr"));
    let value = value.unwrap();
    assert!(
        value.starts_with(&format!("revert-pr {id} suspect ")),
        "{value}"
    );

    wishes(&slack, CY, offer, &value).await;
    let told = whispered(&slack, CY).await;
    assert!(told.contains("may not"), "{told}");
    assert_eq!(github.sound().writes, [""; 0]);

    world.server.kill();
    world.server.begin(&Life {
        until: Some("after-fix:1".to_owned()),
        ..Life::default()
    });
    world.server.ready().await;
    let lives = world.server.lives;
    wishes(&slack, ANN, offer, &value).await;
    let event = world.event(&id, "fix_opened").await;
    assert_eq!(world.server.lives, lives + 1, "it died once");
    assert_eq!(github.sound().pulls.len(), 1, "{event:#}");
    let mut heard = Vec::new();
    until("the thread hears of it", async || {
        heard.extend(slack.take());
        let opened = |said: &Said| {
            said.kind == Kind::Reply && said.blocks.to_string().contains("/acme/shop/pull/1")
        };
        heard.iter().any(opened).then_some(())
    })
    .await;
    // Whoever presses it late is told where it is.
    wishes(&slack, ANN, offer, &value).await;
    let mut told = String::new();
    until("who is late is told", async || {
        let said = slack.take().into_iter();
        told.extend(
            said.filter(|said| said.kind == Kind::Whisper(ANN.to_owned()))
                .map(|said| format!("{} {}", said.text, said.blocks)),
        );
        told.contains("/pull/1").then_some(())
    })
    .await;
    world.at_rest().await;
    assert_eq!(github.sound().pulls.len(), 1);
    slack.take();
    world.server.stop().await;
}
