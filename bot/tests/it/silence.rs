//! The metrics source goes away in the middle of a watch, and comes back.

use crate::packages::SERVES;
use crate::settings::Guarding;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_an_answer_is_said_once_and_taken_back_when_the_answers_are_whole() {
    let guarding = Guarding {
        when_unsure: "hold",
        step_bake_s: 600,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let package = world.put("shop", "v1", SERVES);
    let id = world.deploy("shop", "v1", &package).await;
    world.event(&id, "step_finished").await;

    world.prometheus.warn(Some("store-7 is away"));
    world.event(&id, "metrics_incomplete").await;
    let view = world
        .view(&id, "incomplete", |view| {
            view["metrics_incomplete"].is_string()
        })
        .await;
    assert_eq!(view["metrics_incomplete"], "prometheus: store-7 is away");
    assert_ne!(view["verdict"], "healthy");

    world.prometheus.warn(None);
    world.event(&id, "metrics_complete").await;
    let events = world.events(&id).await;
    let said = events.iter().filter(|event| *event == "metrics_incomplete");
    assert_eq!(said.count(), 1, "{events:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_metrics_nothing_moves_and_with_them_the_watch_goes_on_and_finds_the_fault() {
    let guarding = Guarding {
        when_unsure: "hold",
        step_bake_s: 5,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding)
        .await
        .with_first_version()
        .await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "step_finished").await;

    world.prometheus.double.go_away().await;
    let view = world
        .view(&id, "unmeasured", |view| {
            view["verdict"] == "unmeasured" && view["metrics_lost"].is_string()
        })
        .await;
    assert!(
        view["metrics_lost"]
            .as_str()
            .unwrap()
            .contains("prometheus"),
        "{view:#}"
    );
    // The bake ends without an answer: it is held, and people are asked.
    let view = world
        .view(&id, "held", |view| view["status"] == "paused")
        .await;
    assert!(view["approval"].is_object(), "{view:#}");
    for event in world.events(&id).await {
        let moved = ["promoted", "rolled_back", "tier_raised", "finding_opened"];
        assert!(!moved.contains(&event.as_str()), "{event} without metrics");
    }
    assert_eq!(world.places[0].started(), ["v1", "v2"]);
    assert_eq!(world.places[1].started(), ["v1"]);

    // What happened meanwhile is in the source when it is back.
    world.prometheus.spoil("v2");
    world.prometheus.double.come_back().await;
    world.event(&id, "metrics_back").await;
    world.event(&id, "finding_opened").await;
    world.over(&id, "rolled_back").await;
    assert_eq!(world.places[0].started(), ["v1", "v2", "v1"]);
    world.examine().await;
}
