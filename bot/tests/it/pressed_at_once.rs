//! Fifty presses at once, by five people, on three buttons: one decision, by as many people as it takes.

use crate::packages::SERVES;
use crate::postgres;
use crate::settings::{ANN, BO, Guarding};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Three more operators beside ann and bo.
const MORE: [&str; 3] = ["dia", "eve", "fay"];

fn token(name: &str) -> String {
    match name {
        "ann" => ANN.to_owned(),
        "bo" => BO.to_owned(),
        other => format!("a-token-of-{other}-for-tests"),
    }
}

/// A world in which it takes two to resume, with bad versions of both services that are asked about.
async fn world(journal: Option<String>) -> (World, Vec<(String, String)>) {
    let guarding = Guarding {
        autonomy: "pause",
        ..Guarding::default()
    };
    let world = World::on(journal, &[("shop", 2), ("till", 2)], &guarding).await;
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    for name in MORE {
        let person = format!("people:\n  - {{name: {name}, roles: [responder, operator]}}");
        text = text.replacen("people:", &person, 1);
        let secret = token(name);
        let own = format!("tokens:\n  - {{name: {name}, person: {name}, secret: \"{secret}\"}}");
        text = text.replacen("tokens:", &own, 1);
    }
    text = text.replace(
        "author_may_resume: true",
        "author_may_resume: true, resume_by: 2",
    );
    std::fs::write(&file, text).unwrap();
    let mut world = world.with_first_version().await;
    world.at_rest().await;
    world.prometheus.spoil("bad");
    let mut asked = Vec::new();
    for service in ["shop", "till"] {
        let package = world.put(service, "bad", SERVES);
        let id = world.deploy(service, "bad", &package).await;
        let view = world
            .view(&id, "a question", |view| view["approval"].is_object())
            .await;
        let question = view["approval"]["id"].as_str().unwrap().to_owned();
        asked.push((id, question));
    }
    (world, asked)
}

/// All of them press at the same time; every answer is one, and polite.
async fn all_press(world: &World, question: &str, choices: &[&str]) {
    let people = ["ann", "bo"].into_iter().chain(MORE).cycle();
    let presses = people
        .zip(choices.iter().cycle())
        .take(50)
        .map(|(name, choice)| {
            let (path, token) = (format!("approvals/{question}"), token(name));
            let body = json!({ "choice": choice });
            async move {
                world
                    .server
                    .call(&token, Method::POST, &path, Some(&body))
                    .await
            }
        });
    for (status, said) in futures_util::future::join_all(presses).await {
        let detail = said["detail"].as_str().unwrap_or_default();
        match status {
            200 => {}
            409 => assert!(
                ["already answered", "for it already", "withdrawn"]
                    .iter()
                    .any(|why| detail.contains(why)),
                "{detail}"
            ),
            _ => panic!("{status}: {said}"),
        }
    }
}

/// The answer that decided, and all who were for it.
async fn decided(world: &World, id: &str) -> (Value, BTreeSet<String>) {
    let path = format!("deployments/{id}/timeline");
    let (_, lines) = world.server.call(ANN, Method::GET, &path, None).await;
    let lines = lines.as_array().unwrap();
    let mut answers = lines
        .iter()
        .filter(|line| line["event"] == "approval_answered");
    let answer = answers.next().unwrap()["details"].clone();
    assert_eq!(answers.next(), None, "one decision");
    let with = answer["with"].as_array().cloned().unwrap_or_default();
    let all = with.iter().chain([&answer["by"]]);
    let people = all.map(|name| name.as_str().unwrap().to_owned()).collect();
    (answer, people)
}

async fn one_decision(journal: Option<String>) {
    let (mut world, asked) = world(journal).await;
    let (id, question) = &asked[0];
    all_press(&world, question, &["rollback", "resume", "hold"]).await;
    let (answer, people) = decided(&world, id).await;
    let takes = if answer["choice"] == "resume" { 2 } else { 1 };
    assert_eq!(people.len(), takes, "{answer}");

    let (id, question) = &asked[1];
    all_press(&world, question, &["resume"]).await;
    let (answer, people) = decided(&world, id).await;
    assert_eq!(answer["choice"], "resume");
    assert_eq!(people.len(), 2, "exactly two, and not one twice: {answer}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_presses_by_five_people_one_decides_and_two_where_it_takes_two() {
    one_decision(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_presses_on_postgresql_one_decides_and_two_where_it_takes_two() {
    let database = postgres::Server::own();
    one_decision(Some(database.url("postgres"))).await;
}
