//! What findings are blamed on, from the samples to the words.

use crate::commands::tawny;
use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, CY, Guarding};
use crate::why::repository;
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// The finding of a signal as it was first journalled.
async fn finding(world: &mut World, id: &str, signal: &str) -> Value {
    world.event(id, "finding_opened").await;
    let path = format!("deployments/{id}/timeline");
    crate::wait::until(signal, async || {
        let (_, lines) = world.server.try_call(ANN, Method::GET, &path, None).await?;
        let mut lines = lines.as_array()?.iter();
        let found = lines.find(|line| line["details"]["finding"]["signal"] == signal)?;
        Some(found["details"]["finding"].clone())
    })
    .await
}

async fn begun(guarding: &Guarding, services: &[(&str, usize)]) -> World {
    World::of(services, guarding)
        .await
        .with_first_version()
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_from_a_dependency_is_blamed_on_it_and_asked_about() {
    let guarding = Guarding {
        calls_warehouse: true,
        step_bake_s: 600,
        ..Guarding::default()
    };
    // One instance: nothing is there at the same time to be held against.
    let mut world = World::of(&[("shop", 1)], &guarding).await;
    world.prometheus.counts_from_zero();
    world.server.begin(&Life::default());
    world.server.ready().await;
    world.promoted_by_hand("v1").await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "step_finished").await;
    for (signal, instance) in [("warehouse", "warehouse-1"), ("errors", "shop-1")] {
        world.prometheus.spoil_instance(instance);
        let found = finding(&mut world, &id, signal).await;
        assert_eq!(found["attribution"], "dependency", "{signal}: {found:#}");
    }
    let view = world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    assert_eq!(
        (&view["attribution"], &view["status"]),
        (&json!("dependency"), &json!("paused"))
    );
    let shown = tawny(&world, CY, &["timeline", &id]).await;
    assert!(
        shown.out.contains("blamed on: a dependency"),
        "{}",
        shown.out
    );
    let events = world.events(&id).await;
    assert!(!events.contains(&"rolled_back".to_owned()), "{events:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_was_bad_before_the_change_is_no_reason_to_stop_it() {
    let repository = repository();
    let guarding = Guarding {
        step_bake_s: 8,
        when_unsure: "promote",
        repo: Some(repository.path().to_owned()),
        ..Guarding::default()
    };
    let mut world = begun(&guarding, &[("shop", 3)]).await;
    // The gray instance has a bad disk, say: it failed all along.
    world.prometheus.was_spoilt("shop-1", 600);
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    let found = finding(&mut world, &id, "errors").await;
    assert_eq!(found["circumstances"][0]["what"], "older", "{found:#}");
    assert_eq!(found["attribution"], "unknown");
    world.event(&id, "promoted").await;
    let why = tawny(&world, CY, &["--json", "why", &id]).await;
    let why = why.document("tawny.why/1");
    assert_eq!(why["verdict"], "not_this_deployment", "{why:#}");
    assert_eq!(why["elsewhere"][0]["because"], "before", "{why:#}");
    let events = world.events(&id).await;
    for event in ["paused", "rolled_back"] {
        assert!(!events.contains(&event.to_owned()), "{event}: {events:?}");
    }
    let gate = tawny(&world, CY, &["gate", "--deployment", &id]).await;
    // Held against its own past the service is no worse, and eight seconds show no more than that.
    assert_eq!(gate.code, 2, "{}", gate.err);
    assert!(
        gate.err.contains("it was so before the change"),
        "{}",
        gate.err
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_that_is_deployed_at_the_same_time_is_named_and_leaves_it_open() {
    let repository = repository();
    let guarding = Guarding {
        calls: "catalog",
        step_bake_s: 600,
        repo: Some(repository.path().to_owned()),
        ..Guarding::default()
    };
    // No counter shows that a process began: that the release changed it has to be enough.
    let mut world = World::of(&[("shop", 1), ("catalog", 1)], &guarding).await;
    world.server.begin(&Life::default());
    world.server.ready().await;
    world.promoted_by_hand("v1").await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "step_finished").await;
    let package = world.put("catalog", "v7", SERVES);
    let other = world.deploy("catalog", "v7", &package).await;
    world.event(&other, "step_finished").await;
    world.prometheus.spoil_instance("shop-1");
    let found = finding(&mut world, &id, "errors").await;
    assert_eq!(found["attribution"], "unknown", "{found:#}");
    let neighbour = &found["circumstances"][0];
    assert_eq!(
        (
            &neighbour["what"],
            &neighbour["service"],
            &neighbour["called"]
        ),
        (&json!("neighbour"), &json!("catalog"), &json!(true))
    );
    assert_eq!(neighbour["deployment"], other.as_str());
    world.event(&id, "cause_ranked").await;
    let why = tawny(&world, CY, &["why", &id]).await;
    assert!(why.out.contains("catalog v7 was deployed"), "{}", why.out);
    let shown = tawny(&world, CY, &["timeline", &id]).await;
    assert!(
        shown.out.contains("it calls catalog, where v7"),
        "{}",
        shown.out
    );
}
