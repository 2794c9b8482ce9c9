use mock_service::Ended;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{OpenShop, options, until, value};

const LIMIT: Duration = Duration::from_secs(20);

async fn read(shop: &OpenShop, series: &str) -> f64 {
    value(&shop.page().await, series).unwrap()
}

#[tokio::test]
async fn cpu_burns_processor_time_that_the_metrics_show() {
    let shop = OpenShop::new().await;
    let series = "process_cpu_seconds_total";
    let before = read(&shop, series).await;
    shop.begin(&json!({"kind": "cpu", "intensity": 0.3, "seconds": 60}))
        .await;
    let burnt = || async { read(&shop, series).await > before + 0.3 };
    until(LIMIT, burnt).await;
}

#[tokio::test]
async fn memory_leaks_until_its_end_and_then_comes_back() {
    let shop = OpenShop::new().await;
    let series = "process_resident_memory_bytes";
    let before = read(&shop, series).await;
    let id = shop
        .begin(&json!({"kind": "memory", "intensity": 2000, "seconds": 60}))
        .await;
    let leaked = || async { read(&shop, series).await > before + 50e6 };
    until(LIMIT, leaked).await;
    assert_eq!(shop.end(&id).await, StatusCode::NO_CONTENT);
    let after = read(&shop, series).await;
    assert!(after < before + 25e6, "{after} of {before}");
}

#[tokio::test]
async fn memory_stops_at_its_cap() {
    let mut options = options();
    options.memory_cap_mb = 10;
    let shop = OpenShop::with(options).await.unwrap();
    let series = "process_resident_memory_bytes";
    let before = read(&shop, series).await;
    shop.begin(&json!({"kind": "memory", "intensity": 2000, "seconds": 60}))
        .await;
    let leaked = || async { read(&shop, series).await > before + 8e6 };
    until(LIMIT, leaked).await;
    // Without the cap, 33 MB more in this second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = read(&shop, series).await;
    assert!(after < before + 25e6, "{after} of {before}");
}

#[tokio::test]
async fn a_full_disk_refuses_orders_and_is_emptied_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options();
    options.state_dir = Some(dir.path().to_owned());
    options.disk_quota_mb = 4;
    let shop = OpenShop::with(options).await.unwrap();
    let id = shop
        .begin(&json!({"kind": "disk", "intensity": 100, "seconds": 10}))
        .await;
    let full = || async { read(&shop, "disk_used_bytes").await == 4e6 };
    until(LIMIT, full).await;
    let bulk = dir.path().join("quota/bulk.bin");
    assert_eq!(std::fs::metadata(&bulk).unwrap().len(), 4_000_000);
    let checkout = || shop.client.post(format!("{}/checkout", shop.base)).send();
    assert_eq!(
        checkout().await.unwrap().status(),
        StatusCode::INSUFFICIENT_STORAGE
    );
    assert_eq!(shop.status("/products").await, StatusCode::OK);
    assert_eq!(shop.end(&id).await, StatusCode::NO_CONTENT);
    assert!(!bulk.exists());
    assert_eq!(checkout().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_busy_disk_makes_each_order_wait_for_its_sync_until_the_fault_ends() {
    let shop = OpenShop::new().await;
    let sync = async |what: &str| read(&shop, &format!("disk_fsync_seconds_{what}")).await;
    let order = || shop.client.post(format!("{}/checkout", shop.base)).send();
    let id = shop
        .begin(&json!({"kind": "disk", "intensity": 1, "seconds": 60}))
        .await;
    let (before, n) = (sync("sum").await, sync("count").await);
    for _ in 0..20 {
        assert_eq!(order().await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(sync("count").await, n + 20.0);
    // A median of 20 ms is added, whatever the disk of this machine takes.
    let mean = (sync("sum").await - before) / 20.0;
    assert!(mean > 0.012, "{mean} s");
    assert_eq!(shop.end(&id).await, StatusCode::NO_CONTENT);
    assert_eq!(read(&shop, "disk_used_bytes").await, 0.0);
}

#[tokio::test]
async fn a_second_shop_that_fails_makes_the_first_fail_and_shows_in_its_metrics() {
    let below = OpenShop::new().await;
    let mut options = options();
    options.downstream = Some(format!("{}/", below.base));
    let above = OpenShop::with(options).await.unwrap();
    assert_eq!(above.status("/products/9").await, StatusCode::OK);
    below
        .begin(&json!({"kind": "errors", "intensity": 1, "seconds": 60}))
        .await;
    assert_eq!(above.status("/products/9").await, StatusCode::BAD_GATEWAY);
    assert_eq!(below.stop().await, Ended::Stopped);
    assert_eq!(above.status("/products/9").await, StatusCode::BAD_GATEWAY);
    let page = above.page().await;
    for code in ["200", "500", "error"] {
        let series = format!("downstream_requests_total{{code=\"{code}\"}}");
        assert_eq!(value(&page, &series), Some(1.0), "{code}");
    }
}
