//! What did it is undone where the code is, by a press: after a rollback, and while it is paused.

use super::found_out::Heard;
use super::workspace::{Kind, SIGNING, Said, TEAM};
use super::{ANN, CY, Workspace, begun, pausing};
use crate::git::Git;
use crate::models::call;
use crate::proposed::github::GitHub;
use crate::server::Life;
use crate::settings::{CI, Guarding};
use crate::why::repository;
use crate::world::World;
use serde_json::json;

/// Somebody presses a button that stands for an order.
async fn wishes(slack: &Workspace, user: &str, offer: &Said, value: &str) {
    let mut press = slack.press(user, TEAM, &offer.ts, value);
    press["actions"][0]["action_id"] = json!("fix.revert");
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
}

/// Somebody presses who may not, and is told so.
async fn refused(slack: &Workspace, heard: &mut Heard<'_>, offer: &Said, value: &str) {
    wishes(slack, CY, offer, value).await;
    let theirs = |said: &Said| said.kind == Kind::Whisper(CY.to_owned());
    let told = heard.until("who may not is told", theirs).await;
    let told = format!("{} {}", told.text, told.blocks).replace('\u{200B}', "");
    assert!(told.contains("may not"), "{told}");
}

/// A world that is told in a workspace, and whose code is in this repository and at a double of GitHub.
async fn proposing(git: Git, guarding: Guarding) -> (World, Workspace, GitHub) {
    let guarding = Guarding {
        repo: Some(git.path().to_owned()),
        ..guarding
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
    (begun(world, &settings).await, slack, github)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_suggests_while_it_is_paused_is_told_in_the_thread_and_opened_by_a_press() {
    let (mut world, slack, github) = proposing(repository(), pausing()).await;
    let package = world.put("shop", "v2", crate::packages::SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world.event(&id, "approval_asked").await;
    let wish = json!({ "deployment": id, "action": "revert_pr", "reason": "errors <!channel> began with it" });
    for _ in 0..2 {
        let (wrong, asked) = call(&world, CI, "request_action", wish.clone()).await;
        assert!(!wrong && asked["status"] == "asked", "{asked}");
    }
    let mut heard = Heard::new(&slack);
    let suggested = |said: &Said| said.text.contains("asks people for a request");
    let told = heard.until("it is suggested", suggested).await;
    assert_eq!(told.kind, Kind::Reply, "in the thread alone");
    assert!(!told.blocks.to_string().contains("<!channel>"), "{told:#?}");
    let value = told.buttons().concat();
    assert!(
        value.starts_with(&format!("revert-pr {id} suspect ")),
        "{value}"
    );
    refused(&slack, &mut heard, &told, &value).await;
    assert_eq!(github.sound().writes, [""; 0]);
    for _ in 0..2 {
        wishes(&slack, ANN, &told, &value).await;
    }
    let opened = |said: &Said| {
        said.kind == Kind::Reply && said.blocks.to_string().contains("/acme/shop/pull/1")
    };
    heard.until("the thread hears of it", opened).await;
    world.at_rest().await;
    heard.said.extend(slack.take());
    for once in [&suggested as &dyn Fn(&Said) -> bool, &opened] {
        assert_eq!(heard.said.iter().filter(|said| once(said)).count(), 1);
    }
    assert_eq!(github.sound().pulls.len(), 1);
    let view = world
        .view(&id, "still asked", |view| view["status"] == "paused")
        .await;
    assert!(
        view["approval"].is_object(),
        "it answered no question: {view}"
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_rollback_a_press_opens_one_request_although_tawny_is_killed_in_between() {
    let (mut world, slack, github) = proposing(repository(), Guarding::default()).await;
    slack.take();
    let package = world.put("shop", "v2", crate::packages::SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    // The button is below the word that it is rolled back.
    let mut heard = Heard::new(&slack);
    let offers = |said: &Said| {
        let rolled_back = said.kind == Kind::Reply && said.text.contains("Rolled back");
        rolled_back && said.buttons().concat().contains("revert-pr")
    };
    let offer = heard
        .until("it is offered after the rollback", offers)
        .await;
    let value = offer
        .buttons()
        .into_iter()
        .find(|value| value.starts_with("revert-pr"));
    let value = value.unwrap();
    assert!(
        value.starts_with(&format!("revert-pr {id} suspect ")),
        "{value}"
    );
    refused(&slack, &mut heard, &offer, &value).await;
    assert_eq!(github.sound().writes, [""; 0]);

    world.server.kill();
    world.server.begin(&Life {
        until: Some("after-fix:1".to_owned()),
        ..Life::default()
    });
    world.server.ready().await;
    let lives = world.server.lives;
    wishes(&slack, ANN, &offer, &value).await;
    let event = world.event(&id, "fix_opened").await;
    assert_eq!(world.server.lives, lives + 1, "it died once");
    assert_eq!(github.sound().pulls.len(), 1, "{event:#}");
    let opened = |said: &Said| {
        said.kind == Kind::Reply && said.blocks.to_string().contains("/acme/shop/pull/1")
    };
    heard.until("the thread hears of it", opened).await;
    // Whoever presses it late is told where it is.
    wishes(&slack, ANN, &offer, &value).await;
    let late = |said: &Said| {
        let told = format!("{} {}", said.text, said.blocks);
        said.kind == Kind::Whisper(ANN.to_owned()) && told.contains("/pull/1")
    };
    heard.until("who is late is told", late).await;
    assert_eq!(github.sound().pulls.len(), 1);
    slack.take();
    world.server.stop().await;
}
