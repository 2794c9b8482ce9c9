//! Not running when a step's watch ends.

use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::Guarding;
use crate::world::World;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_bad_while_it_was_down_is_seen_before_the_release_goes_on() {
    let guarding = Guarding {
        step_bake_s: 5,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding)
        .await
        .with_first_version()
        .await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world
        .view(&id, "healthy on the gray instance", |view| {
            view["verdict"] == "healthy"
        })
        .await;
    world.server.kill();
    world.prometheus.spoil("v2");
    // Until the step's watch is over by the clock: as long as nobody looks is what is tested.
    tokio::time::sleep(Duration::from_secs(guarding.step_bake_s + 1)).await;
    world.server.begin(&Life::default());
    world.over(&id, "rolled_back").await;
    let events = world.events(&id).await;
    assert!(!events.contains(&"promoted".to_owned()), "{events:?}");
    assert_eq!(world.places[0].started(), ["v1", "v2", "v1"]);
    assert_eq!(world.places[1].started(), ["v1"], "it went on unseen");
    world.examine().await;
}
