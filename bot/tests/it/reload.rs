//! The configuration of a running server changes: what can be used is applied, what cannot is told.

use crate::settings::{ANN, CY};
use crate::wait::until;
use crate::world::World;
use guard::configuration::ConfigurationEvent;
use journal::{Journal, JournalOptions, StreamId, codec};
use reqwest::Method;
use rustix::process::Signal;

const NEW: &str = "a-token-of-the-new-machine";

pub(crate) fn write(world: &World, text: &str) {
    // As editors do it: a new file takes the old one's place.
    let place = world.dir.path().join("main/tawny.yaml");
    let beside = world.dir.path().join(".tawny.yaml.new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, place).unwrap();
}

async fn status(world: &World, token: &str) -> u16 {
    world
        .server
        .call(token, Method::GET, "deployments", None)
        .await
        .0
}

async fn deploys(world: &World, service: &str) -> u16 {
    let body = serde_json::json!({ "service": service, "version": "v1" });
    world
        .server
        .call(ANN, Method::POST, "deployments", Some(&body))
        .await
        .0
}

pub(crate) async fn journalled(world: &World) -> Vec<ConfigurationEvent> {
    let database = world.dir.path().join("main/data/journal.db");
    let url = format!("sqlite:{}", database.display());
    let journal = Journal::open_read_only(&url, JournalOptions::default())
        .await
        .unwrap();
    let stream = StreamId::new("configuration", "tawny").unwrap();
    let stored = journal.reader().events(&stream, 0).await.unwrap();
    stored
        .iter()
        .map(|stored| codec::decode_configuration(stored).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_file_is_applied_without_a_restart_and_one_that_is_wrong_leaves_the_old_one_in_force()
 {
    let mut world = World::small().await;
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let text = std::fs::read_to_string(world.dir.path().join("main/tawny.yaml")).unwrap();
    assert_eq!(
        (status(&world, CY).await, status(&world, NEW).await),
        (200, 401)
    );

    // Somebody goes, a machine comes, and a service that is only watched.
    let cy = format!("  - {{name: cy, person: cy, secret: \"{CY}\"}}\n");
    let changed = text.replacen(
        &cy,
        &format!("  - {{name: new, machine: robot, secret: \"{NEW}\"}}\n"),
        1,
    ) + "  - {name: cart, platform: observed, metrics: {selector: 'job=\"cart\"'}}\n";
    assert!(text.contains(&cy));
    write(&world, &changed);
    until("the new token is known", async || {
        (status(&world, NEW).await == 200).then_some(())
    })
    .await;
    assert_eq!(status(&world, CY).await, 401);
    assert_eq!(
        deploys(&world, "cart").await,
        503,
        "known, and its metrics are asked which instances it has"
    );
    let applied = journalled(&world).await;
    let [
        ConfigurationEvent::Applied {
            changed: paths,
            added,
            removed,
            restart,
        },
    ] = &applied[..]
    else {
        panic!("{applied:?}");
    };
    assert_eq!(
        (added.as_slice(), removed.as_slice()),
        (&["cart".to_owned()][..], &[][..])
    );
    assert!(paths.contains(&"tokens[2].secret".to_owned()), "{paths:?}");
    assert_eq!(restart, &[] as &[String]);

    // Wrong in two places: nothing changes, it is told once, and the log has both.
    let wrong = changed
        .replacen("roles: [responder, operator]", "roles: [operatr]", 1)
        .replacen("people:", "poeple:", 1);
    write(&world, &wrong);
    until("it is told", async || {
        let notices = world.receiver.heard("");
        (!notices.is_empty()).then_some(())
    })
    .await;
    world.server.signal(Signal::HUP);
    until("it was read again", async || {
        let log = world.server.whole_log();
        (log.contains("SIGHUP") && log.matches("unknown field `poeple`").count() == 2).then_some(())
    })
    .await;
    assert_eq!(status(&world, NEW).await, 200, "the one before is in force");
    assert_eq!(world.receiver.heard("").len(), 1, "once for each content");

    // Good again, without the service.
    write(&world, &text);
    until("the old token is known again", async || {
        (status(&world, CY).await == 200).then_some(())
    })
    .await;
    assert_eq!(deploys(&world, "cart").await, 404);
    until("that it is good again is told", async || {
        (world.receiver.heard("").len() == 2).then_some(())
    })
    .await;
    assert_eq!(world.server.lives, 1);
    world.server.stop().await;
    let all = journalled(&world).await;
    let names: Vec<&str> = all.iter().map(ConfigurationEvent::name).collect();
    assert_eq!(
        names,
        [
            "configuration_applied",
            "configuration_refused",
            "configuration_applied"
        ]
    );
    let kept = format!("{all:?}");
    assert!(!kept.contains(NEW) && !kept.contains(CY), "{kept}");
    assert_eq!(world.receiver.faults(), [] as [String; 0]);
}
