//! Faults in virtual time, through the router and without sockets.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use tokio::time::{Instant, sleep};
use tower::ServiceExt;

use super::{Fault, Kind, Order, start};
use crate::Options;
use crate::shop::Shop;

fn open() -> Arc<Shop> {
    let options = Options {
        seed: Some(7),
        error_baseline: 0.0,
        ..Options::default()
    };
    Shop::open(options).unwrap()
}

fn begin(shop: &Arc<Shop>, order: &serde_json::Value) -> Fault {
    let order = Order::parse(order.to_string().as_bytes(), false).unwrap();
    start(shop, order).unwrap()
}

async fn get(router: &Router, path: &str) -> (StatusCode, f64) {
    let since = Instant::now();
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    (answer.status(), since.elapsed().as_secs_f64())
}

async fn median_seconds(router: &Router, path: &str, count: usize) -> f64 {
    let mut seconds = Vec::new();
    for _ in 0..count {
        seconds.push(get(router, path).await.1);
    }
    seconds.sort_by(f64::total_cmp);
    seconds[count / 2]
}

async fn share_of_500(router: &Router, path: &str, count: usize) -> f64 {
    let mut bad = 0;
    for _ in 0..count {
        bad += usize::from(get(router, path).await.0 == StatusCode::INTERNAL_SERVER_ERROR);
    }
    bad as f64 / count as f64
}

#[tokio::test(start_paused = true)]
async fn latency_shifts_the_median_by_its_intensity_and_spreads_it() {
    let shop = open();
    let router = shop.router();
    let before = median_seconds(&router, "/products", 300).await;
    assert!((0.010..0.030).contains(&before), "healthy median {before}");
    begin(
        &shop,
        &json!({"kind": "latency", "intensity": 0.5, "seconds": 3600}),
    );
    let after = median_seconds(&router, "/products", 300).await;
    let added = after - before;
    assert!((0.42..0.60).contains(&added), "added {added}");
    let mut seconds = Vec::new();
    for _ in 0..200 {
        seconds.push(get(&router, "/products").await.1);
    }
    seconds.sort_by(f64::total_cmp);
    assert!(
        seconds[190] / seconds[10] > 2.0,
        "a distribution, not a constant"
    );
}

#[tokio::test(start_paused = true)]
async fn errors_hit_the_share_of_requests_on_their_routes_and_nobody_else() {
    let shop = open();
    let router = shop.router();
    begin(
        &shop,
        &json!({"kind": "errors", "intensity": 0.3, "seconds": 3600, "routes": ["/cart"]}),
    );
    let share = share_of_500(&router, "/cart", 500).await;
    assert!((0.24..0.36).contains(&share), "share {share}");
    assert_eq!(share_of_500(&router, "/products", 200).await, 0.0);
    assert_eq!(get(&router, "/healthz").await.0, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_probe_fails_only_when_a_fault_names_it() {
    let shop = open();
    let router = shop.router();
    begin(
        &shop,
        &json!({"kind": "errors", "intensity": 1, "seconds": 60}),
    );
    assert_eq!(get(&router, "/healthz").await.0, StatusCode::OK);
    let named = json!({"kind": "errors", "intensity": 1, "seconds": 60, "routes": ["/healthz"]});
    begin(&shop, &named);
    assert_eq!(
        get(&router, "/healthz").await.0,
        StatusCode::INTERNAL_SERVER_ERROR
    );
}

#[tokio::test(start_paused = true)]
async fn a_fault_ends_by_itself_when_its_seconds_are_over() {
    let shop = open();
    let router = shop.router();
    begin(
        &shop,
        &json!({"kind": "errors", "intensity": 1, "seconds": 30}),
    );
    assert_eq!(share_of_500(&router, "/", 20).await, 1.0);
    sleep(Duration::from_secs(31)).await;
    assert_eq!(shop.faults.list(), []);
    assert_eq!(share_of_500(&router, "/", 20).await, 0.0);
}

#[tokio::test(start_paused = true)]
async fn several_faults_at_once_all_bite_and_end_one_by_one() {
    let shop = open();
    let router = shop.router();
    begin(
        &shop,
        &json!({"kind": "latency", "intensity": 0.4, "seconds": 3600}),
    );
    begin(
        &shop,
        &json!({"kind": "latency", "intensity": 0.4, "seconds": 3600}),
    );
    let errors = begin(
        &shop,
        &json!({"kind": "errors", "intensity": 1, "seconds": 3600}),
    );
    let seconds = median_seconds(&router, "/", 100).await;
    assert!((0.7..1.0).contains(&seconds), "median {seconds}");
    assert_eq!(share_of_500(&router, "/", 20).await, 1.0);
    assert!(shop.faults.stop(&errors.id).await);
    assert_eq!(share_of_500(&router, "/", 20).await, 0.0);
    assert_eq!(shop.faults.count(Kind::Latency), 2);
}

#[tokio::test(start_paused = true)]
async fn a_leaking_pool_bites_when_it_is_empty_and_recovers_when_the_fault_ends() {
    let shop = open();
    let router = shop.router();
    let leak = begin(
        &shop,
        &json!({"kind": "pool", "intensity": 100, "seconds": 3600}),
    );
    for _ in 0..10 {
        assert_eq!(get(&router, "/products").await.0, StatusCode::OK);
    }
    let (status, seconds) = get(&router, "/products").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!((2.0..2.2).contains(&seconds), "waited {seconds}");
    assert_eq!(
        get(&router, "/").await.0,
        StatusCode::OK,
        "needs no database"
    );
    assert!(shop.faults.stop(&leak.id).await);
    for _ in 0..30 {
        assert_eq!(get(&router, "/products").await.0, StatusCode::OK);
    }
}

#[tokio::test(start_paused = true)]
async fn a_harmed_dependency_fails_or_slows_the_routes_that_call_it() {
    let shop = open();
    let router = shop.router();
    begin(
        &shop,
        &json!({"kind": "dependency", "intensity": 1, "seconds": 36000}),
    );
    let (mut failed, mut timed_out, mut slow) = (0, 0, 0);
    for _ in 0..200 {
        match get(&router, "/products/5").await {
            (StatusCode::BAD_GATEWAY, _) => failed += 1,
            (StatusCode::GATEWAY_TIMEOUT, _) => timed_out += 1,
            (StatusCode::OK, seconds) if seconds > 0.2 => slow += 1,
            (status, seconds) => panic!("untouched: {status} after {seconds} s"),
        }
    }
    assert!((70..130).contains(&failed), "failed {failed}");
    assert!(
        slow > 50 && timed_out > 0,
        "slow {slow}, timed out {timed_out}"
    );
    assert_eq!(get(&router, "/search?q=lamp").await.0, StatusCode::OK);
    let page = shop.metrics.page().unwrap();
    assert!(page.contains("downstream_requests_total{code=\"503\"}"));
    assert!(page.contains("downstream_requests_total{code=\"timeout\"}"));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_shop_answers_nothing_until_the_fault_ends() {
    let shop = open();
    let router = shop.router();
    begin(
        &shop,
        &json!({"kind": "crash", "intensity": 2, "seconds": 20}),
    );
    for path in ["/", "/healthz", "/metrics", "/nothing"] {
        let answer = tokio::time::timeout(Duration::from_secs(1), get(&router, path)).await;
        assert!(answer.is_err(), "{path} answered");
    }
    let (status, seconds) = get(&router, "/healthz").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        (15.0..17.0).contains(&seconds),
        "answered after {seconds} s"
    );
}

#[tokio::test(start_paused = true)]
async fn log_noise_writes_its_lines_per_second() {
    let shop = open();
    begin(
        &shop,
        &json!({"kind": "log-noise", "intensity": 500, "seconds": 10}),
    );
    sleep(Duration::from_secs(11)).await;
    let page = shop.metrics.page().unwrap();
    let lines: f64 = page
        .lines()
        .filter(|l| l.starts_with("log_lines_total"))
        .filter_map(|l| l.rsplit(' ').next()?.parse::<f64>().ok())
        .sum();
    assert!((4900.0..=5050.0).contains(&lines), "lines {lines}");
}

#[tokio::test(start_paused = true)]
async fn a_shop_of_the_same_seed_has_the_same_latencies() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let router = open().router();
        runs.push(median_seconds(&router, "/search", 50).await);
    }
    assert_eq!(runs[0], runs[1]);
}
