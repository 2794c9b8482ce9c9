use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{OpenShop, until};

#[tokio::test]
async fn delay_comes_before_every_answer_even_of_probes() {
    let shop = OpenShop::new().await;
    shop.status("/healthz").await;
    shop.begin(&json!({"kind": "network", "intensity": 0.3, "seconds": 60}))
        .await;
    for _ in 0..3 {
        let since = Instant::now();
        shop.status("/healthz").await;
        let took = since.elapsed().as_secs_f64();
        assert!((0.2..5.0).contains(&took), "took {took}");
    }
}

#[tokio::test]
async fn resets_cut_their_share_of_requests() {
    let shop = OpenShop::new().await;
    shop.begin(&json!({"kind": "network", "intensity": 0, "seconds": 60, "reset": 0.5}))
        .await;
    let mut cut = 0;
    for _ in 0..60 {
        cut += usize::from(shop.get("/healthz").await.is_err());
    }
    assert!((10..50).contains(&cut), "cut {cut} of 60");
}

#[tokio::test]
async fn lost_packets_are_waited_for() {
    let shop = OpenShop::new().await;
    let id = shop
        .begin(&json!({"kind": "network", "intensity": 0, "seconds": 60, "loss": 1}))
        .await;
    let request = shop.client.get(format!("{}/healthz", shop.base));
    let answer = request.timeout(Duration::from_millis(700)).send().await;
    assert!(answer.err().is_some_and(|e| e.is_timeout()));
    shop.end(&id).await;
    let calm = || async { shop.get("/healthz").await.is_ok() };
    until(Duration::from_secs(5), calm).await;
}
