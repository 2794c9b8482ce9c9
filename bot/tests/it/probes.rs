//! What Tawny asks itself finds what the metrics do not show.

use crate::double::{Double, Reply};
use crate::packages::SERVES;
use crate::settings::{ANN, Guarding};
use crate::world::{PROBED, World};
use reqwest::Method;
use serde_json::json;
use std::net::SocketAddr;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_fails_on_the_gray_instance_alone_brings_the_old_version_back() {
    let guarding = Guarding {
        step_bake_s: 600,
        probed: true,
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding).await;
    let places = world.places.clone();
    let address = SocketAddr::new(places[0].listen.ip(), PROBED);
    let probed = Double::start(address, move |request| {
        let asked =
            |place: &&crate::fleet::Place| request.query == format!("instance={}", place.id);
        let runs = places
            .iter()
            .find(asked)
            .and_then(|place| place.started().pop());
        match runs.as_deref() {
            Some("v2") => Reply::json(500, &json!({ "error": "out of stock" })),
            _ => Reply::json(200, &json!({})),
        }
    })
    .await;
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let package = world.put("shop", "v1", SERVES);
    let first = world.deploy("shop", "v1", &package).await;
    world.event(&first, "step_finished").await;
    let path = format!("deployments/{first}/promote");
    let body = json!({});
    let (status, said) = world
        .server
        .call(ANN, Method::POST, &path, Some(&body))
        .await;
    assert_eq!(status, 200, "{said}");
    world.over(&first, "promoted").await;

    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world.over(&id, "rolled_back").await;
    let view = world
        .view(&id, "found", |view| view["findings"][0].is_object())
        .await;
    let found = view["findings"].as_array().unwrap();
    let front = found.iter().find(|f| f["signal"] == "front").unwrap();
    assert!(front["evidence_id"].is_string(), "{front:#}");
    assert!(found.iter().all(|f| f["signal"] != "stock"), "{found:#?}");
    assert_eq!(world.places[0].started(), ["v1", "v2", "v1"]);
    assert_eq!(world.places[1].started(), ["v1"]);
    drop(probed);
}
