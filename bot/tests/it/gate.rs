//! The gate as a pipeline sees it: when it ends, with what, and what it survives.

use crate::commands::{Ended, tawny};
use crate::packages::SERVES;
use crate::settings::{ANN, CI, CY, Guarding};
use crate::wait::until;
use crate::world::World;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::process::{Child, Command};

/// A gate that waits, as a process of its own.
pub(crate) fn waiting(world: &World, token: &str, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tawny"))
        .args(["--json", "gate"])
        .args(arguments)
        .env("TAWNY_URL", world.server.url())
        .env("TAWNY_TOKEN", token)
        .env_remove("TAWNY_LANG")
        .env_remove("TAWNY_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

pub(crate) async fn ended(gate: Child) -> Ended {
    let ended = gate.wait_with_output().await.unwrap();
    Ended {
        code: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// Bakes that end with certainty: the traffic of the double shows a tolerance of two points within seconds.
fn sure() -> Guarding {
    Guarding {
        step_bake_s: 8,
        when_unsure: "hold",
        ..Guarding::default()
    }
}

async fn deploy(world: &mut World, version: &str) -> String {
    let package = world.put("shop", version, SERVES);
    world.deploy("shop", version, &package).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_closes_the_gate_and_every_change_is_told_once() {
    let world = World::of(&[("shop", 2)], &sure()).await;
    world.prometheus.counts_from_zero();
    let mut world = world.with_first_version().await;
    world.prometheus.spoil("v2");
    let id = deploy(&mut world, "v2").await;
    let gate = waiting(&world, CI, &["--deployment", &id, "--timeout", "5m"]);
    let ended = ended(gate).await;
    assert_eq!(ended.code, 1, "{}", ended.err);
    let document = ended.document("tawny.gate/1");
    assert_eq!(
        (&document["id"], &document["outcome"], &document["decided"]),
        (&json!(id), &json!("rolled_back"), &json!(true))
    );
    assert_eq!(document["verdict"], "degraded");
    assert_eq!(document["exit_code"], 1);
    assert_eq!(document["timed_out"], false);
    let reason = document["reason"].as_str().unwrap();
    assert!(
        reason.contains("was rolled back") && reason.contains("errors"),
        "{reason}"
    );
    // Each line of the timeline, once, on standard error too.
    let changes = document["changes"].as_array().unwrap();
    let revisions: Vec<u64> = changes
        .iter()
        .map(|change| change["revision"].as_u64().unwrap())
        .collect();
    assert!(revisions.is_sorted_by(|a, b| a < b), "{revisions:?}");
    for change in changes {
        let text = change["text"].as_str().unwrap();
        let lines = ended.err.lines().filter(|line| line.contains(text));
        assert!(lines.count() >= 1, "{text}\n{}", ended.err);
    }
    assert_eq!(ended.err.lines().count(), changes.len(), "{}", ended.err);
    // What is over is over: asked again, it answers at once.
    let again = tawny(
        &world,
        CY,
        &["gate", "--service", "shop", "--version", "v2"],
    )
    .await;
    assert_eq!(again.code, 1, "{}", again.err);
    assert!(again.out.contains("was rolled back"), "{}", again.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_outlives_the_server_and_opens_when_the_release_is_out_and_was_judged() {
    let world = World::of(&[("shop", 2)], &sure()).await;
    world.prometheus.counts_from_zero();
    let mut world = world.with_first_version().await;
    let id = deploy(&mut world, "v2").await;
    let gate = waiting(&world, CI, &["--deployment", &id, "--timeout", "5m"]);
    world
        .view(&id, "the gray instance", |view| {
            view["verdict"] == "healthy" || view["bake_until"].is_string()
        })
        .await;
    world.server.kill();
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let view = world.over(&id, "promoted").await;
    let ended = ended(gate).await;
    let document = ended.document("tawny.gate/1");
    let outcome = document["outcome"].as_str().unwrap();
    assert_eq!(ended.code, 0, "{outcome}: {}", ended.err);
    // The bake of a busy machine may end unsure, and then somebody resumed it.
    assert!(["healthy", "accepted"].contains(&outcome), "{document:#}");
    assert_eq!(document["status"], "promoted", "{view:#}");
    let out = document["changes"].as_array().unwrap().iter();
    let promoted = out
        .filter(|change| change["text"].as_str().unwrap().contains("runs everywhere"))
        .count();
    assert_eq!(promoted, 1, "{document:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_waited_for_until_the_time_is_over_and_its_answer_decides() {
    let mut world = World::asking().await.with_first_version().await;
    let id = deploy(&mut world, "v2").await;
    let view = world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    // Held for want of certainty: nobody knows.
    let arguments = ["--json", "gate", "--deployment", &id, "--timeout", "1s"];
    let short = tawny(&world, CI, &arguments).await;
    let document = short.document("tawny.gate/1");
    assert_eq!(short.code, 2, "{}", short.err);
    assert_eq!(
        (
            &document["timed_out"],
            &document["outcome"],
            &document["decided"]
        ),
        (&json!(true), &json!("asking"), &json!(false))
    );
    assert!(short.err.contains("the time is over"), "{}", short.err);
    // Stopping the gate stops nothing else.
    let stopped = waiting(&world, CI, &["--deployment", &id, "--timeout", "5m"]);
    let pid = Pid::from_raw(stopped.id().unwrap().cast_signed()).unwrap();
    let mut looked = stopped;
    let mut first = tokio::io::BufReader::new(looked.stderr.take().unwrap());
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut first, &mut line)
        .await
        .unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let out = looked.wait_with_output().await.unwrap();
    assert_eq!(out.status.code(), Some(2));
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(document["interrupted"], true);
    let gate = waiting(&world, CI, &["--deployment", &id, "--timeout", "5m"]);
    world.answer(&view, "hold").await;
    let held = ended(gate).await;
    let document = held.document("tawny.gate/1");
    assert_eq!(held.code, 2, "{}", held.err);
    assert_eq!(document["outcome"], "held");
    assert!(document["reason"].as_str().unwrap().contains("ann"));
    // Let on by hand, it opens.
    let gate = waiting(
        &world,
        CI,
        &["--deployment", &id, "--timeout", "5m", "--until", "baked"],
    );
    let path = format!("deployments/{id}/promote");
    let said = world.server.call(ANN, Method::POST, &path, None).await;
    assert_eq!(said.0, 200, "{}", said.1);
    // It began with the question held, which is its answer; asked now, it is another one.
    let first = ended(gate).await;
    assert!([0, 2].contains(&first.code), "{}", first.err);
    world.event(&id, "bake_ended").await;
    let arguments = ["--json", "gate", "--deployment", &id, "--until", "baked"];
    let opened = tawny(&world, CI, &arguments).await;
    assert_eq!(opened.code, 0, "{}", opened.err);
    assert_eq!(opened.document("tawny.gate/1")["outcome"], "accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_tells_of_its_deployment_once_and_waits_for_its_turn() {
    let guarding = Guarding {
        step_bake_s: 600,
        ..Guarding::observed()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    world.prometheus.counts_from_zero();
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let service = ["--service", "shop", "--version"];
    // A name that nobody knows is not waited for; a version that nobody tells of is.
    let unknown = ["--json", "gate", "--service", "nobody", "--version", "v2"];
    let unknown = tawny(&world, CI, &unknown).await;
    assert_eq!(unknown.code, 3, "{}", unknown.err);
    let never = [
        &["--json", "gate", "--timeout", "1s"],
        &service[..],
        &["v2"],
    ]
    .concat();
    let never = tawny(&world, CI, &never).await;
    assert_eq!(never.code, 3, "{}", never.err);
    assert!(never.err.contains("no such deployment of shop yet"));

    // The first one tells, the second joins it, the third waits for its turn.
    let begins = [&service[..], &["v2", "--begin", "--timeout", "5m"]].concat();
    let first = waiting(&world, CI, &begins);
    let id = until("the deployment", async || {
        let (_, all) = world
            .server
            .try_call(ANN, Method::GET, "deployments", None)
            .await?;
        all[0]["id"].as_str().map(str::to_owned)
    })
    .await;
    world.event(&id, "step_finished").await;
    let second = waiting(&world, CI, &begins);
    let mut third = waiting(
        &world,
        CI,
        &[&service[..], &["v3", "--begin", "--timeout", "5m"]].concat(),
    );
    let mut said = tokio::io::BufReader::new(third.stderr.take().unwrap());
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line)
        .await
        .unwrap();
    assert!(
        line.contains(&id) && line.contains("waiting for that"),
        "{line}"
    );
    // Whoever deploys brought the bad version out meanwhile: both are told as soon as it shows.
    for place in &world.places {
        place.note("v2");
    }
    world.prometheus.spoil("v2");
    for gate in [first, second] {
        let ended = ended(gate).await;
        assert_eq!(ended.code, 1, "{}", ended.err);
        let document = ended.document("tawny.gate/1");
        assert_eq!(
            (&document["id"], &document["outcome"]),
            (&json!(id), &json!("degraded"))
        );
        assert_eq!(
            document["status"], "progressing",
            "long before its watch is over"
        );
    }
    let path = format!("deployments/{id}/abandon");
    let said = world.server.call(ANN, Method::POST, &path, None).await;
    assert_eq!(said.0, 200, "{}", said.1);
    until("the next one", async || {
        let (_, all) = world
            .server
            .try_call(ANN, Method::GET, "deployments", None)
            .await?;
        (all[0]["to"] == "v3").then_some(())
    })
    .await;
    let (_, all) = world
        .server
        .call(ANN, Method::GET, "deployments", None)
        .await;
    assert_eq!(all.as_array().unwrap().len(), 2, "{all:#}");
    let given_up = tawny(&world, CI, &[&["gate"], &service[..], &["v2"]].concat()).await;
    assert_eq!(given_up.code, 1);
    assert!(given_up.out.contains("given up by ann"), "{}", given_up.out);
    drop(third);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_server_no_right_and_no_such_deployment_exit_with_3() {
    let mut world = World::small().await;
    let arguments = ["--json", "gate", "--deployment", "dep_1", "--timeout", "2s"];
    let alone = tawny(&world, CI, &arguments).await;
    assert_eq!(alone.code, 3, "{}", alone.err);
    let document = alone.document("tawny.gate/1");
    assert!(document["error"].as_str().unwrap().contains("no answer"));
    assert_eq!(document["exit_code"], 3);
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    for (token, arguments) in [
        ("not-a-known-token", vec!["gate", "--deployment", "dep_1"]),
        (CI, vec!["gate", "--deployment", "dep_1"]),
        (CI, vec!["gate", "--deployment", "a b"]),
        (CI, vec!["gate"]),
        (CI, vec!["gate", "--version", "v2"]),
        (CI, vec!["gate", "--service", "shop", "--begin"]),
        (CI, vec!["gate", "--service", "shop"]),
        (
            CI,
            vec!["gate", "--deployment", "dep_1", "--timeout", "soon"],
        ),
    ] {
        let ended = tawny(&world, token, &arguments).await;
        assert_eq!(ended.code, 3, "{arguments:?}: {}{}", ended.out, ended.err);
    }
    let (status, problem) = world
        .server
        .call(ANN, Method::GET, "deployments/dep_1/gate?until=later", None)
        .await;
    assert_eq!((status, &problem["type"]), (422, &json!("bad_value")));
}
