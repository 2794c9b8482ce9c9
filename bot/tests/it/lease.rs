//! Stopped for longer than its lease lasts, and then let go on.

use crate::double::Reply;
use crate::packages::{SERVES, package};
use crate::server::Life;
use crate::wait::until;
use crate::world::World;
use rustix::process::Signal;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Short, so that it is soon over; as the server is told.
const LEASE: Duration = Duration::from_secs(2);

/// Holds the process still until its lease is over. That takes as long as it takes: it is what is tested.
async fn stopped_beyond_the_lease(world: &World) {
    world.server.signal(Signal::STOP);
    tokio::time::sleep(LEASE + Duration::from_millis(500)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_beyond_its_lease_it_drops_what_it_did_and_begins_again_under_a_new_one() {
    let mut world = World::small().await.with_first_version().await;
    world.server.kill();
    world.server.begin(&Life {
        lease: Some("2s"),
        ..Life::default()
    });
    world.server.ready().await;

    // Stopped while it waits for a package: everything that touches an instance lies ahead.
    let bytes = package(SERVES);
    let said = world.packages.put("shop", "v2", bytes.clone());
    let gate = Arc::new(Semaphore::new(0));
    let later = Reply::Later {
        gate: Arc::clone(&gate),
        body: bytes,
    };
    world.packages.answer("shop", "v2", later);
    let id = world.deploy("shop", "v2", &said).await;
    until("the package is asked for", async || {
        world.packages.was_asked("shop", "v2").then_some(())
    })
    .await;
    stopped_beyond_the_lease(&world).await;
    gate.add_permits(1000);
    world.server.signal(Signal::CONT);
    world.over(&id, "promoted").await;
    let log = world.server.whole_log();
    // What it went on with under the old lease came to nothing.
    assert!(
        log.contains("it is found again under the next lease"),
        "{log}"
    );

    // Stopped between the start of a process and its health.
    let slow = format!("sleep 1\n{SERVES}");
    let said = world.put("shop", "v3", &slow);
    let id = world.deploy("shop", "v3", &said).await;
    until("the new version is started", async || {
        let started = world.places[0].started();
        (started.last()? == "v3").then_some(())
    })
    .await;
    stopped_beyond_the_lease(&world).await;
    world.server.signal(Signal::CONT);
    world.over(&id, "promoted").await;

    assert_eq!(
        world.server.lives, 2,
        "it was the same process all the time"
    );
    let acquired = world
        .server
        .whole_log()
        .matches("this process leads")
        .count();
    // Once in each life, and once more after each stop.
    assert!(acquired >= 4, "{acquired}\n{}", world.server.log());
    world.examine().await;
}
