//! What was answered is handled once, whatever breaks.

use super::sent::{deployment, github, handled, listening, slow};
use crate::server::Life;
use crate::settings::ANN;
use crate::wait::until;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

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
