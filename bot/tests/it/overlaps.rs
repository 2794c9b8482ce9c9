//! Deployments that meet something else: each other, a rollback, a race, instances that die, a service that goes.

use crate::commands::tawny;
use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, BO, CI, CY, Guarding};
use crate::wait::until;
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};

async fn deploy(world: &mut World, version: &str) -> String {
    let package = world.put("shop", version, SERVES);
    world.deploy("shop", version, &package).await
}

/// As [`deploy`], to wait for its turn.
async fn queue(world: &World, version: &str) -> Value {
    let package = world.put("shop", version, SERVES);
    let body = json!({ "service": "shop", "version": version, "package": package, "queue": true });
    let (status, view) = world
        .server
        .call(ANN, Method::POST, "deployments", Some(&body))
        .await;
    assert_eq!(status, 201, "{view}");
    view
}

fn id(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

async fn asked(world: &mut World, id: &str) -> Value {
    world
        .view(id, "a question", |view| view["approval"].is_object())
        .await
}

async fn command(world: &World, token: &str, id: &str, verb: &str) -> (u16, Value) {
    let path = format!("deployments/{id}/{verb}");
    world.server.call(token, Method::POST, &path, None).await
}

/// The outcome as a pipeline is told it.
async fn outcome(world: &World, id: &str) -> String {
    let told = tawny(world, CY, &["gate", "--deployment", id, "--timeout", "60s"]).await;
    told.out.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_deployments_in_a_row_the_second_waits_its_turn_and_takes_the_place_of_the_first() {
    let mut world = World::asking().await.with_first_version().await;
    let first = deploy(&mut world, "v2").await;
    asked(&mut world, &first).await;
    // At once behind it: refused, with the name of who is there and what to do.
    let package = world.put("shop", "v3", SERVES);
    let body = json!({ "service": "shop", "version": "v3", "package": package });
    let (status, problem) = world
        .server
        .call(ANN, Method::POST, "deployments", Some(&body))
        .await;
    assert_eq!(
        (status, &problem["type"]),
        (409, &json!("busy")),
        "{problem}"
    );
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains(&first) && detail.contains("promote it, roll it back or abandon it first"),
        "{detail}"
    );
    assert!(detail.contains("`queue`"), "or let it wait: {detail}");
    let (status, said) = command(&world, ANN, &first, "promote").await;
    assert_eq!(status, 200, "{said}");
    world
        .view(&first, "promoted", |view| view["status"] == "promoted")
        .await;
    let second = world.deploy("shop", "v3", &package).await;
    let view = world
        .view(&second, "begun", |view| view["status"] != "pending")
        .await;
    assert_eq!(view["from"], "v2", "it goes on from the first");
    assert_eq!(
        outcome(&world, &first).await,
        "shop · test · v2 is out everywhere: people let it go on"
    );
    // The first is the past now: going back is the second's.
    let (status, problem) = command(&world, ANN, &first, "rollback").await;
    assert_eq!(status, 409, "{problem}");
    asked(&mut world, &second).await;
    let (status, said) = command(&world, ANN, &second, "rollback").await;
    assert_eq!(status, 200, "{said}");
    world.over(&second, "rolled_back").await;
    assert_eq!(
        outcome(&world, &second).await,
        "shop · test · v3 was rolled back"
    );
    assert_eq!(world.places[0].started(), ["v1", "v2", "v3", "v2"]);
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_deployment_that_waits_begins_by_itself_once_the_first_is_out_everywhere() {
    let mut world = World::asking().await.with_first_version().await;
    let first = deploy(&mut world, "v2").await;
    let view = queue(&world, "v3").await;
    let second = id(&view);
    assert_eq!(view["status"], "pending");
    let behind = json!({ "deployment": first, "version": "v2" });
    assert_eq!(view["queued_behind"], behind);
    let waits = format!("waits behind {first} (v2)");
    assert!(view["text"].as_str().unwrap().contains(&waits), "{view}");
    // It is seen wherever deployments are, and what is done to the service is done to the first.
    let told = tawny(&world, CY, &["status", &second]).await;
    assert!(told.out.contains(&waits), "{}", told.out);
    let listed = tawny(&world, CY, &["status"]).await.out;
    assert!(listed.contains("waits behind"), "{listed}");
    asked(&mut world, &first).await;
    let (status, refused) = command(&world, ANN, &second, "promote").await;
    assert_eq!(status, 409, "{refused}");
    assert!(
        refused["detail"].as_str().unwrap().contains(&first),
        "{refused}"
    );
    assert_eq!(
        world.events(&second).await,
        ["deployment_requested", "queued", "refused"],
        "it is not watched"
    );
    let promoted = tawny(&world, ANN, &["promote", "shop"]).await;
    assert_eq!(promoted.code, 0, "{}", promoted.err);
    let view = world
        .view(&second, "its turn", |view| view["status"] != "pending")
        .await;
    assert_eq!(view["from"], "v2", "it goes on from the first");
    assert_eq!(view["queued_behind"], Value::Null);
    assert_eq!(
        outcome(&world, &first).await,
        "shop · test · v2 is out everywhere: people let it go on"
    );
    asked(&mut world, &second).await;
    let (status, said) = command(&world, ANN, &second, "rollback").await;
    assert_eq!(status, 200, "{said}");
    world.over(&second, "rolled_back").await;
    assert_eq!(world.places[0].started(), ["v1", "v2", "v3", "v2"]);
    let timeline = tawny(&world, CY, &["timeline", &second]).await.out;
    for said in ["Waits behind", "Its turn came: v2 → v3"] {
        assert!(timeline.contains(said), "{said}: {timeline}");
    }
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_rollback_nobody_begins_and_each_says_why() {
    let mut world = World::asking().await.with_first_version().await;
    let first = deploy(&mut world, "v2").await;
    let waiting = [queue(&world, "v3").await, queue(&world, "v4").await];
    assert_eq!(
        waiting[1]["queued_behind"]["deployment"], waiting[0]["id"],
        "first in, first out"
    );
    asked(&mut world, &first).await;
    let (status, said) = command(&world, ANN, &first, "rollback").await;
    assert_eq!(status, 200, "{said}");
    world.over(&first, "rolled_back").await;
    for (view, version) in waiting.iter().zip(["v3", "v4"]) {
        let id = id(view);
        let view = world.over(&id, "failed").await;
        let why = view["failure"].as_str().unwrap();
        assert!(
            why.contains(&format!("{first} (v2)")) && why.contains("was rolled back"),
            "{why}"
        );
        let told = tawny(&world, CY, &["gate", "--deployment", &id]).await;
        assert_eq!(told.code, 1, "{}", told.err);
        let said = format!(
            "shop · test · {version} did not begin: {first} (v2), which was before it, was rolled back"
        );
        assert!(told.out.starts_with(&said), "{}", told.out);
        world.at_rest().await;
        let heard = world.receiver.heard(&id);
        let kinds = |kind: &str| heard.iter().filter(|heard| heard.kind == kind).count();
        assert_eq!((kinds("reply"), kinds("notice")), (1, 1), "people are told");
    }
    // The lane is free for whoever knows better.
    let next = deploy(&mut world, "v5").await;
    asked(&mut world, &next).await;
    command(&world, ANN, &next, "promote").await;
    world.over(&next, "promoted").await;
    for place in &world.places {
        let started = place.started();
        assert!(!started.contains(&"v3".to_owned()) && !started.contains(&"v4".to_owned()));
    }
    world.examine().await;
}

/// Dies while the turn is given, and is begun again.
async fn killed_at_the_turn(point: &str) {
    let mut world = World::asking().await.with_first_version().await;
    let first = deploy(&mut world, "v2").await;
    let second = id(&queue(&world, "v3").await);
    asked(&mut world, &first).await;
    world.server.kill();
    let before = world.server.lives;
    world.server.begin(&Life {
        until: Some(point.to_owned()),
        ..Life::default()
    });
    world.server.ready().await;
    command(&world, ANN, &first, "promote").await;
    let view = world
        .view(&second, "its turn", |view| view["status"] != "pending")
        .await;
    assert_eq!(world.server.lives - before, 2, "it died at {point}");
    assert_eq!(view["from"], "v2");
    asked(&mut world, &second).await;
    command(&world, ANN, &second, "promote").await;
    world.over(&second, "promoted").await;
    let turns = world.events(&second).await;
    let turns = turns.iter().filter(|event| *event == "turn_came");
    assert_eq!(turns.count(), 1);
    assert_eq!(world.places[0].started(), ["v1", "v2", "v3"]);
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_the_end_of_one_and_the_turn_of_the_next_it_begins_once() {
    killed_at_the_turn("before-turn").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_right_after_the_turn_was_given_it_begins_once() {
    killed_at_the_turn("after-turn").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_waits_can_be_given_up_and_the_next_takes_its_place() {
    let mut world = World::asking().await.with_first_version().await;
    let first = deploy(&mut world, "v2").await;
    let second = id(&queue(&world, "v3").await);
    let package = world.put("shop", "v4", SERVES);
    let sha256 = package["sha256"].as_str().unwrap();
    let waits = [
        "--json", "deploy", "shop", "v4", "--queue", "--sha256", sha256,
    ];
    let third = tawny(&world, ANN, &waits).await;
    assert_eq!(third.code, 0, "{}", third.err);
    let third = id(&third.document("tawny.deploy/1"));
    let given_up = ["--json", "abandon", &second, "--reason", "v4 has it all"];
    let given_up = tawny(&world, ANN, &given_up).await;
    assert_eq!(given_up.code, 0, "{}", given_up.err);
    world
        .view(&third, "it moves up", |view| {
            view["queued_behind"]["deployment"] == first.as_str()
        })
        .await;
    assert_eq!(
        outcome(&world, &second).await,
        "shop · test · v3 was given up by ann"
    );
    asked(&mut world, &first).await;
    command(&world, ANN, &first, "promote").await;
    asked(&mut world, &third).await;
    command(&world, ANN, &third, "promote").await;
    let view = world.over(&third, "promoted").await;
    assert_eq!(view["from"], "v2");
    assert_eq!(world.places[0].started(), ["v1", "v2", "v4"]);
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_during_a_pause_goes_back_and_says_who_did_what() {
    let guarding = Guarding {
        step_bake_s: 600,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    world.server.begin(&Life::default());
    world.server.ready().await;
    world.promoted_by_hand("shop", "v1").await;
    let id = deploy(&mut world, "v2").await;
    world.event(&id, "step_finished").await;
    let paused = ["--json", "pause", &id, "--reason", "the phones ring"];
    assert_eq!(
        tawny(&world, CI, &paused).await.code,
        0,
        "a machine may pause"
    );
    world
        .view(&id, "paused", |view| view["status"] == "paused")
        .await;
    let back = ["--json", "rollback", &id, "--reason", "they still do"];
    let back = tawny(&world, BO, &back).await;
    assert_eq!(back.code, 0, "{}", back.err);
    world.over(&id, "rolled_back").await;
    assert_eq!(world.places[0].started(), ["v1", "v2", "v1"]);
    assert_eq!(world.places[1].started(), ["v1"], "it never got there");
    assert_eq!(
        outcome(&world, &id).await,
        "shop · test · v2 was rolled back"
    );
    let timeline = tawny(&world, CY, &["timeline", &id]).await.out;
    for said in [
        "Paused by",
        "the phones ring",
        "on bo's command",
        "v1 runs everywhere again",
    ] {
        assert!(timeline.contains(said), "{said}: {timeline}");
    }
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_promotion_and_a_rollback_at_once_one_wins_and_the_fleet_is_of_one_version() {
    let mut world = World::asking().await.with_first_version().await;
    let id = deploy(&mut world, "v2").await;
    asked(&mut world, &id).await;
    let (ann, bo) = tokio::join!(
        command(&world, ANN, &id, "promote"),
        command(&world, BO, &id, "rollback")
    );
    // Whoever is second may still go back from what the first one began; nothing goes forth from a rollback.
    assert!([ann.0, bo.0].contains(&200), "{ann:?} {bo:?}");
    let view = world
        .view(&id, "an end", |view| {
            ["promoted", "rolled_back"].contains(&view["status"].as_str().unwrap_or_default())
        })
        .await;
    let wins = view["status"].as_str().unwrap().to_owned();
    if bo.0 == 200 {
        assert_eq!(wins, "rolled_back", "{ann:?} {bo:?}");
    } else {
        let detail = bo.1["detail"].as_str().unwrap();
        assert_eq!((wins.as_str(), bo.0), ("promoted", 409), "{detail}");
    }
    let expected = if wins == "promoted" { "v2" } else { "v1" };
    world.at_rest().await;
    for place in &world.places {
        assert_eq!(place.started().last().unwrap(), expected, "{}", place.id);
    }
    let events = world.events(&id).await;
    let ends = events
        .iter()
        .filter(|event| ["promoted", "rolled_back"].contains(&event.as_str()));
    assert_eq!(ends.count(), 1, "{events:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_die_under_a_deployment_are_shown_and_come_back_with_the_old_version() {
    let guarding = Guarding {
        step_bake_s: 600,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    world.server.begin(&Life::default());
    world.server.ready().await;
    world.promoted_by_hand("shop", "v1").await;
    let id = deploy(&mut world, "v2").await;
    world.event(&id, "step_finished").await;
    for place in &world.places {
        place.clear();
    }
    let view = world
        .view(&id, "both are gone", |view| {
            view["instances"]["error_count"] == 2
        })
        .await;
    assert_eq!(view["status"], "progressing", "nobody said what to do");
    let back = tawny(&world, ANN, &["rollback", &id]).await;
    assert_eq!(back.code, 0, "{}", back.err);
    world
        .view(&id, "back", |view| view["status"] == "rolled_back")
        .await;
    assert_eq!(world.places[0].started(), ["v1", "v2", "v1"]);
    // The other one was never touched by this deployment: it stays as it was.
    assert_eq!(world.places[1].started(), ["v1"]);
    assert_eq!(
        outcome(&world, &id).await,
        "shop · test · v2 was rolled back"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_deleted_under_its_deployment_is_seen_to_the_end_and_begins_nothing_new()
{
    let mut world = World::of(
        &[("shop", 2), ("cart", 1)],
        &Guarding {
            when_unsure: "hold",
            tolerance: "0.01%",
            ..Guarding::default()
        },
    )
    .await
    .with_first_version()
    .await;
    let id = deploy(&mut world, "v2").await;
    asked(&mut world, &id).await;
    let place = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&place).unwrap();
    let (before, rest) = text.split_once("  - name: shop\n").unwrap();
    let (_, after) = rest.split_once("  - name: cart\n").unwrap();
    let beside = world.dir.path().join(".tawny.yaml.new");
    std::fs::write(&beside, format!("{before}  - name: cart\n{after}")).unwrap();
    std::fs::rename(beside, place).unwrap();
    until("it leaves", async || {
        let log = world.server.whole_log();
        log.contains("configuration").then_some(())
    })
    .await;
    // The question is still there, and its answer is carried out.
    let view = asked(&mut world, &id).await;
    world.answer(&view, "rollback").await;
    world.over(&id, "rolled_back").await;
    assert_eq!(world.places[0].started(), ["v1", "v2", "v1"]);
    assert_eq!(
        outcome(&world, &id).await,
        "shop · test · v2 was rolled back"
    );
    // Then it is gone: nothing begins, and what was is still told.
    let refused = tawny(&world, ANN, &["--json", "deploy", "shop", "v3"]).await;
    assert!([1, 3].contains(&refused.code), "{}", refused.out);
    let error = refused.document("tawny.deploy/1")["error"].clone();
    assert!(error.as_str().unwrap().contains("shop"), "{error}");
    let told = tawny(&world, CY, &["status", "shop"]).await;
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.out.contains("ROLLED BACK"), "{}", told.out);
}
