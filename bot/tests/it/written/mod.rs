//! What is written back to GitHub, and what is had again from it.

mod github;
mod ours;

use crate::commands::tawny;
use crate::hub::Mood;
use crate::server::Life;
use crate::settings::{ANN, Guarding};
use crate::wait::until;
use crate::webhooks::sent::{
    GITHUB, deployment, github as hook, handled, only_deployment, slow, status,
};
use crate::world::World;
use github::{GitHub, SHA};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const AUTH: &str = "{type: token, token: ghp_onlyForTheDouble}";

/// A server that hears of GitHub's deployments and writes back to a double of it.
async fn writing(guarding: &Guarding, auth: &str, more: &str) -> (World, GitHub) {
    let mut world = World::of(&[("shop", 2)], guarding).await;
    let github = GitHub::start(world.at(18600)).await;
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += &format!("webhooks: [{{name: github, kind: github, secret: {GITHUB}}}]\n");
    text += &github.settings(auth, more);
    std::fs::write(&file, text).unwrap();
    world.prometheus.counts_from_zero();
    world.server.begin(&Life::default());
    world.server.ready().await;
    (world, github)
}

/// A deployment of GitHub's that is watched.
async fn watched(world: &mut World) -> String {
    hook(world, "d", "deployment", &deployment(17, "shop", "v2"))
        .await
        .unwrap();
    handled(world).await;
    let id = only_deployment(world).await;
    world
        .view(&id, "watched", |view| view["status"] == "progressing")
        .await;
    id
}

async fn states(github: &GitHub, wanted: &[&str]) {
    until("GitHub is told", async || {
        let states: Vec<String> = github
            .statuses()
            .into_iter()
            .map(|(state, _)| state)
            .collect();
        assert!(states.len() <= wanted.len(), "{states:?}");
        (states == wanted).then_some(())
    })
    .await;
}

/// Whoever deploys says that it failed.
async fn fails(world: &World) {
    let failure = status(17, "shop", "v2", "failure");
    hook(world, "f", "deployment_status", &failure)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_github_is_told_there_how_it_stands_each_thing_once() {
    let (mut world, github) = writing(&slow(), AUTH, "write_back: [statuses]").await;
    let id = watched(&mut world).await;
    states(&github, &["in_progress"]).await;
    let first = &github.raw_statuses()[0];
    let page = first["log_url"].as_str().unwrap().to_owned();
    assert!(page.ends_with(&format!("/deployments/{id}")), "{page}");
    assert_eq!(first["environment_url"], page.as_str());
    assert_eq!(first["auto_inactive"], false);
    let (_, description) = &github.statuses()[0];
    assert!(description.contains("shop"), "{description}");

    // What Tawny says comes back as a webhook, and is no news.
    let mut own = status(17, "shop", "v2", "failure");
    own["deployment_status"]["log_url"] = json!(page);
    hook(&world, "own", "deployment_status", &own)
        .await
        .unwrap();
    let all = handled(&world).await;
    assert_eq!(all[0]["came_to"][0]["what"], "ignored", "{:#}", all[0]);
    assert_eq!(all[0]["came_to"][0]["detail"], "Tawny's own status");

    // Killed and begun again, it is not said again; its end is said, once.
    world.server.kill();
    world.server.begin(&Life::default());
    world.server.ready().await;
    fails(&world).await;
    handled(&world).await;
    world.event(&id, "abandoned").await;
    states(&github, &["in_progress", "failure"]).await;
    world.at_rest().await;
    states(&github, &["in_progress", "failure"]).await;
    let log = world.server.whole_log();
    assert!(!log.contains(github::TOKEN), "a token is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_github_perhaps_heard_is_looked_for_before_it_is_said_again() {
    let (mut world, github) = writing(&slow(), AUTH, "write_back: [statuses]").await;
    github.plan(Mood::DoesAndHangsUp(""));
    let id = watched(&mut world).await;
    until("it was looked for", async || {
        (github.asked().1 > 0).then_some(())
    })
    .await;
    states(&github, &["in_progress"]).await;
    assert_eq!(github.asked().0, 1, "said once");
    fails(&world).await;
    world.event(&id, "abandoned").await;
    states(&github, &["in_progress", "failure"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_github_wants_peace_it_has_it_and_what_it_refuses_is_said_once_in_the_log() {
    let (mut world, github) = writing(&slow(), AUTH, "write_back: [statuses]").await;
    github.plan(Mood::Wait("", 3));
    let begun = std::time::Instant::now();
    let id = watched(&mut world).await;
    states(&github, &["in_progress"]).await;
    assert!(
        begun.elapsed() >= Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(github.asked().0, 2, "asked once, and again after the pause");

    github.plan(Mood::Refuses(
        "",
        403,
        "Resource not accessible by integration",
    ));
    fails(&world).await;
    world.event(&id, "abandoned").await;
    until("it is in the log", async || {
        world
            .server
            .whole_log()
            .contains("the code host refuses")
            .then_some(())
    })
    .await;
    let log = world.server.whole_log();
    assert_eq!(log.matches("the code host refuses").count(), 1);
    assert!(log.contains("give them the rights"), "what to do is said");
    // Nothing waits, nothing is in quarantine.
    let (_, quarantine) = world
        .server
        .call(ANN, Method::GET, "quarantine", None)
        .await;
    assert_eq!(quarantine["items"], json!([]), "{quarantine}");
}

/// An app as the configuration names it, with a key that openssl made.
fn app(folder: &std::path::Path) -> String {
    let key = folder.join("app.pem");
    let made = std::process::Command::new("openssl")
        .args([
            "genrsa",
            "-traditional",
            "-out",
            key.to_str().unwrap(),
            "2048",
        ])
        .output()
        .unwrap();
    assert!(made.status.success());
    let key = key.display();
    format!("{{type: app, id: \"12345\", installation: \"77\", key: \"{key}\"}}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_writes_the_verdict_beside_the_commit_as_one_check_run() {
    let folder = tempfile::TempDir::new().unwrap();
    let auth = app(folder.path());
    let (mut world, github) = writing(&slow(), &auth, "write_back: [checks]").await;
    // The first one is begun and nobody learns of it: it is found again.
    github.plan(Mood::DoesAndHangsUp(""));
    let id = watched(&mut world).await;
    let in_progress = until("a check run", async || {
        let checks = github.checks();
        assert!(checks.len() <= 1, "{checks:#?}");
        checks.into_iter().next()
    })
    .await;
    assert_eq!(in_progress["status"], "in_progress");
    assert_eq!(
        (&in_progress["external_id"], &in_progress["head_sha"]),
        (&json!(id), &json!(SHA))
    );
    fails(&world).await;
    world.event(&id, "abandoned").await;
    let ended: Value = until("its end", async || {
        let checks = github.checks();
        assert_eq!(checks.len(), 1, "{checks:#?}");
        (checks[0]["status"] == "completed").then(|| checks[0].clone())
    })
    .await;
    assert_eq!(ended["conclusion"], "failure");
    assert!(
        ended["output"]["summary"]
            .as_str()
            .unwrap()
            .contains("shop"),
        "{ended:#}"
    );
    assert!(github.statuses().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_that_failed_come_again_and_those_that_were_taken_do_not() {
    let more =
        "redeliver: [{webhook: github, repository: acme/shop, hook: 99}], redeliver_every: 1s";
    let (world, github) = writing(&slow(), AUTH, more).await;
    hook(&world, "taken-here", "ping", &json!({}))
        .await
        .unwrap();
    let at =
        |hours: i64| (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours)).to_string();
    let delivery = |id: u64, guid: &str, hours: i64, code: u16| {
        json!({"id": id, "guid": guid, "delivered_at": at(hours), "redelivery": false, "duration": 0.3,
            "status": "x", "status_code": code, "event": "deployment", "action": "created", "throttled_at": null})
    };
    let list = vec![
        delivery(9, "lost", 1, 502),
        delivery(8, "answered", 1, 202),
        // The answer was lost, the delivery was not.
        delivery(7, "taken-here", 2, 0),
        delivery(6, "lost-before", 3, 0),
        delivery(5, "answered", 3, 500),
        delivery(4, "too-old", 80, 500),
    ];
    github.delivered(list.clone());
    until("both come again", async || {
        (github.attempts() == [6, 9]).then_some(())
    })
    .await;
    // As GitHub does: the next try of each is in the list, and Tawny took one of them.
    hook(&world, "lost", "ping", &json!({})).await.unwrap();
    let mut later = list;
    later.insert(0, delivery(11, "lost", 0, 202));
    later.insert(0, delivery(10, "lost-before", 0, 500));
    github.delivered(later.clone());
    until("one comes again", async || {
        (github.attempts().get(2..) >= Some(&[10][..])).then_some(())
    })
    .await;
    for id in [12, 13, 14] {
        later.insert(0, delivery(id, "lost-before", 0, 500));
    }
    github.delivered(later);
    let (before, looked) = (github.attempts().len(), github.asked().1);
    // The one before the last of these rounds has seen the list and is over.
    until("it was looked for again", async || {
        (github.asked().1 >= looked + 2).then_some(())
    })
    .await;
    let attempts = github.attempts();
    // After five tries no more; a round that was under way may have asked once more.
    assert!(attempts.len() <= before + 1, "{attempts:?}");
    assert!(
        attempts
            .iter()
            .all(|id| [6, 9, 10].contains(id) || *id >= 12),
        "{attempts:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_github_whether_to_deploy_is_answered_once_by_the_state_of_the_lane() {
    let folder = tempfile::TempDir::new().unwrap();
    let (world, github) = writing(&slow(), &app(folder.path()), "write_back: [gates]").await;
    // The address names another host: only the configured one is asked.
    let rule = |run: u64, repository: &str| {
        json!({
            "action": "requested", "environment": "test", "event": "push",
            "deployment_callback_url":
                format!("http://169.254.169.254/repos/{repository}/actions/runs/{run}/deployment_protection_rule"),
            "deployment": {"id": 1, "sha": SHA, "ref": "v2", "task": "deploy", "environment": "test", "payload": {}},
            "repository": {"name": "shop", "full_name": "acme/shop", "default_branch": "main"},
        })
    };
    let event = "deployment_protection_rule";
    hook(&world, "r1", event, &rule(1, "acme/shop"))
        .await
        .unwrap();
    until("the first is answered", async || {
        (github.answers().len() == 1).then_some(())
    })
    .await;
    let frozen = tawny(&world, ANN, &["freeze", "shop"]).await;
    assert_eq!(frozen.code, 0, "{}", frozen.err);
    hook(&world, "r2", event, &rule(2, "acme/shop"))
        .await
        .unwrap();
    hook(&world, "r2-again", event, &rule(2, "acme/shop"))
        .await
        .unwrap();
    hook(&world, "elsewhere", event, &rule(3, "acme/other"))
        .await
        .unwrap();
    let all = handled(&world).await;
    let came: Vec<&Value> = all
        .iter()
        .rev()
        .map(|one| &one["came_to"][0]["what"])
        .collect();
    assert_eq!(came, ["let_begin", "refused", "known", "refused"]);
    until("the second is answered", async || {
        (github.answers().len() == 2).then_some(())
    })
    .await;
    let thawed = tawny(&world, ANN, &["unfreeze", "shop"]).await;
    assert_eq!(thawed.code, 0, "{}", thawed.err);
    hook(&world, "r4", event, &rule(4, "acme/shop"))
        .await
        .unwrap();
    until("the last is answered", async || {
        (github.answers().len() == 3).then_some(())
    })
    .await;
    let answers = github.answers();
    let said: Vec<(u64, &str)> = answers
        .iter()
        .map(|(run, body)| (*run, body["state"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [(1, "approved"), (2, "rejected"), (4, "approved")]);
    let why = answers[1].1["comment"].as_str().unwrap();
    assert!(why.contains("Frozen by ann"), "{why}");
}
