use std::time::{Duration, Instant};

use mock_service::{CRASH_EXIT_CODE, Ended};
use reqwest::{Response, StatusCode};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{OpenShop, options, until};

/// A request that the shop is working on for a long time.
async fn in_flight(shop: &OpenShop) -> JoinHandle<reqwest::Result<Response>> {
    let slow = json!({"kind": "latency", "intensity": 20, "seconds": 60});
    shop.begin(&slow).await;
    let request = tokio::spawn(shop.client.get(format!("{}/", shop.base)).send());
    let working = || async { shop.page().await.contains("http_requests_in_flight 1") };
    until(Duration::from_secs(5), working).await;
    request
}

#[tokio::test]
async fn exit_answers_the_switch_and_then_cuts_everything() {
    let mut shop = OpenShop::new().await;
    let in_flight = in_flight(&shop).await;
    shop.begin(&json!({"kind": "crash", "intensity": 1, "seconds": 60}))
        .await;
    let ended = shop.ended().await;
    assert_eq!(ended, Ended::Crashed);
    assert_eq!(ended.exit_code(), CRASH_EXIT_CODE);
    let cut = in_flight.await.unwrap();
    assert!(cut.is_err(), "no graceful end: {cut:?}");
    assert!(shop.get("/healthz").await.is_err());
}

#[tokio::test]
async fn a_hanging_shop_takes_connections_and_is_cured_through_its_switch() {
    let shop = OpenShop::new().await;
    let id = shop
        .begin(&json!({"kind": "crash", "intensity": 2, "seconds": 60}))
        .await;
    let request = shop.client.get(format!("{}/healthz", shop.base));
    let answer = request.timeout(Duration::from_millis(300)).send().await;
    let error = answer.err().unwrap();
    assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
    assert_eq!(shop.end(&id).await, StatusCode::NO_CONTENT);
    assert_eq!(shop.status("/healthz").await, StatusCode::OK);
}

#[tokio::test]
async fn a_hanging_shop_can_still_be_stopped() {
    let shop = OpenShop::new().await;
    let waiting = in_flight(&shop).await;
    shop.begin(&json!({"kind": "crash", "intensity": 2, "seconds": 60}))
        .await;
    let since = Instant::now();
    assert_eq!(shop.stop().await, Ended::Stopped);
    assert!(since.elapsed() < Duration::from_secs(10));
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn a_crash_loop_crashes_every_start_of_its_version_until_it_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options();
    options.state_dir = Some(dir.path().to_owned());

    let mut first = OpenShop::with(options.clone()).await.unwrap();
    let id = first
        .begin(&json!({"kind": "crash", "intensity": 3, "seconds": 600}))
        .await;
    assert_eq!(first.ended().await, Ended::Crashed);

    let mut second = OpenShop::with(options.clone()).await.unwrap();
    assert_eq!(
        second.status("/healthz").await,
        StatusCode::OK,
        "it serves a moment"
    );
    assert_eq!(second.list().await[0]["id"], json!(id));
    assert_eq!(second.ended().await, Ended::Crashed);

    let mut other = options.clone();
    other.version = "0.9.0".into();
    let other = OpenShop::with(other).await.unwrap();
    assert_eq!(
        other.list().await,
        json!([]),
        "another version is free of it"
    );
    assert_eq!(other.stop().await, Ended::Stopped);

    let third = OpenShop::with(options.clone()).await.unwrap();
    assert_eq!(third.end(&id).await, StatusCode::NO_CONTENT);
    assert_eq!(third.stop().await, Ended::Stopped);
    let fourth = OpenShop::with(options).await.unwrap();
    assert_eq!(fourth.list().await, json!([]));
}

#[tokio::test]
async fn a_shop_that_is_stopped_in_a_crash_loop_goes_on_with_it_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options();
    options.state_dir = Some(dir.path().to_owned());
    let mut first = OpenShop::with(options.clone()).await.unwrap();
    first
        .begin(&json!({"kind": "crash", "intensity": 3, "seconds": 600}))
        .await;
    assert_eq!(first.ended().await, Ended::Crashed);
    let second = OpenShop::with(options.clone()).await.unwrap();
    assert_eq!(second.stop().await, Ended::Stopped);
    let third = OpenShop::with(options).await.unwrap();
    assert_eq!(third.list().await[0]["kind"], "crash");
}
