//! Packages that are not what was said, brought out through the API while customers come.

use crate::double::Reply;
use crate::fleet::Place;
use crate::packages::{Packages, SERVES, archive, md5, package};
use crate::settings::ANN;
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Customers of some instances, who note every request that was not answered by `v1`.
struct Customers {
    served: Arc<Mutex<BTreeMap<String, u64>>>,
    failures: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Customers {
    fn of(places: &[Place]) -> Self {
        let served: Arc<Mutex<BTreeMap<String, u64>>> = Arc::default();
        let failures: Arc<Mutex<Vec<String>>> = Arc::default();
        let (counted, noted) = (Arc::clone(&served), Arc::clone(&failures));
        let places = places.to_vec();
        let task = tokio::spawn(async move {
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            loop {
                for place in &places {
                    let url = format!("http://{}/version", place.listen);
                    let answer = match http.get(&url).send().await {
                        Ok(answer) => answer.text().await.unwrap_or_default(),
                        Err(error) => error.to_string(),
                    };
                    if answer.contains("v1") {
                        *counted.lock().unwrap().entry(place.id.clone()).or_default() += 1;
                    } else {
                        noted
                            .lock()
                            .unwrap()
                            .push(format!("{}: {answer}", place.id));
                    }
                }
                // A gentle pace: some fifty requests a second.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        Self {
            served,
            failures,
            task,
        }
    }

    fn were_all_served(self, places: &[Place]) {
        self.task.abort();
        let failures = self.failures.lock().unwrap();
        assert!(failures.is_empty(), "{:?}", failures.first());
        for place in places {
            assert!(self.served.lock().unwrap()[&place.id] > 10);
        }
    }
}

/// Asks for a version with this package through the API, and follows it until it has failed.
async fn fails(world: &mut World, version: &str, package: &Value, expected: &[&str]) {
    let body = json!({ "service": "shop", "version": version, "package": package });
    let (status, view) = world
        .server
        .call(ANN, Method::POST, "deployments", Some(&body))
        .await;
    assert_eq!(status, 201, "{view}");
    let id = view["id"].as_str().unwrap().to_owned();
    let view = world.over(&id, "failed").await;
    let failure = view["failure"].as_str().unwrap();
    for part in expected {
        assert!(failure.contains(part), "{version}: {failure}");
    }
    // The message may set characters apart so that a URL does not unfurl: compare words.
    let parent = view["text"].as_str().unwrap();
    let first = expected[0];
    assert!(
        parent.contains("FAILED") && parent.contains(first),
        "{parent}"
    );
}

fn broken(packages: &Packages) -> Vec<(&'static str, Value, Vec<&'static str>)> {
    let good = package(SERVES);
    let put = |version: &str| packages.put("shop", version, good.clone());
    let mut wrong_md5 = put("wrong-md5");
    wrong_md5["md5"] = json!(md5(b"something else"));
    let mut wrong_size = put("wrong-size");
    wrong_size["size"] = json!(good.len() + 1);
    let mut missing = put("put-elsewhere");
    missing["url"] = json!(packages.url("shop", "missing"));
    let cut = put("cut");
    packages.answer("shop", "cut", Reply::CutShort(good.clone()));
    let script = b"#!/bin/sh\n".as_slice();
    let escapes = archive(&[("start.sh", script), ("../../escaped", b"out")]);
    let escapes = packages.put("shop", "escapes", escapes);
    vec![
        ("wrong-md5", wrong_md5, vec!["its md5 is"]),
        ("wrong-size", wrong_size, vec!["its size is"]),
        ("missing", missing, vec!["404"]),
        ("cut", cut, vec!["the body was cut off", "tried 6 times"]),
        ("escapes", escapes, vec!["escaped"]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_that_is_not_what_was_said_touches_no_instance() {
    let mut world = World::small().await.with_first_version().await;
    let customers = Customers::of(&world.places);
    for (version, package, expected) in broken(&world.packages) {
        fails(&mut world, version, &package, &expected).await;
    }
    for place in &world.places {
        assert_eq!(place.started(), ["v1"], "{} was touched", place.id);
    }
    let escaped = walk(world.dir.path())
        .into_iter()
        .find(|path| path.ends_with("escaped"));
    assert_eq!(escaped, None);
    // The lane is free, and a good package still comes out.
    customers.were_all_served(&world.places);
    world.bring_out("shop", "v2").await;
    world.examine().await;
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(walk(&path)),
            _ => found.push(path),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_command_that_exits_is_put_back_and_the_other_instance_notices_nothing() {
    let mut world = World::small().await.with_first_version().await;
    let customers = Customers::of(&world.places[1..]);
    let exits = world.put("shop", "exits", "echo no till >&2\nexit 3\n");
    fails(&mut world, "exits", &exits, &["3", "no till"]).await;
    customers.were_all_served(&world.places[1..]);
    assert_eq!(world.places[0].started(), ["v1", "exits", "v1"]);
    assert_eq!(world.places[1].started(), ["v1"]);
    Customers::of(&world.places).serve_a_while().await;
}

impl Customers {
    async fn serve_a_while(self) {
        crate::wait::until("every instance has served", async || {
            let served = self.served.lock().unwrap();
            (served.len() == 2 && served.values().all(|count| *count > 10)).then_some(())
        })
        .await;
        self.task.abort();
        assert_eq!(*self.failures.lock().unwrap(), [""; 0]);
    }
}
