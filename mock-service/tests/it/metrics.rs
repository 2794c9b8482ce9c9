use std::collections::HashMap;

use serde_json::json;

use crate::support::{OpenShop, value};

/// Reads a page as strictly as a scraper: families announced under the names of their samples, samples numeric.
fn read(page: &str) -> HashMap<String, f64> {
    let mut families = HashMap::new();
    let mut samples = HashMap::new();
    for line in page.lines() {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            let (name, kind) = family.split_once(' ').unwrap();
            let twice = families.insert(name.to_owned(), kind.to_owned());
            assert_eq!(twice, None, "{name} announced twice");
        } else if !line.starts_with('#') {
            let (series, number) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let histogram = ["_bucket", "_count", "_sum"]
                .iter()
                .find_map(|part| name.strip_suffix(part))
                .and_then(|base| families.get(base));
            let announced = families.get(name).or(histogram);
            assert!(announced.is_some(), "{name} has no TYPE");
            let twice = samples.insert(series.to_owned(), number.parse().unwrap());
            assert_eq!(twice, None, "{series} twice");
        }
    }
    samples
}

#[tokio::test]
async fn the_histogram_and_the_counter_count_every_request_once() {
    let shop = OpenShop::new().await;
    for _ in 0..12 {
        shop.status("/products/3").await;
    }
    shop.status("/products/none").await;
    shop.status("/nowhere").await;
    shop.status("/healthz").await;
    let page = shop.page().await;
    let samples = read(&page);
    let requests = |route: &str, code: u16| {
        let labels = format!("method=\"GET\",route=\"{route}\",code=\"{code}\"");
        samples[&format!("http_requests_total{{{labels}}}")]
    };
    assert_eq!(requests("/products/{id}", 200), 12.0);
    assert_eq!(requests("/products/{id}", 404), 1.0);
    assert_eq!(requests("other", 404), 1.0);
    assert!(
        !page.contains("route=\"/healthz\""),
        "probes are not traffic"
    );
    let seconds = "http_request_duration_seconds";
    let route = "route=\"/products/{id}\"";
    assert_eq!(samples[&format!("{seconds}_count{{{route}}}")], 13.0);
    let mut last = 0.0;
    let bounds = [
        "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf",
    ];
    for le in bounds {
        let bucket = samples[&format!("{seconds}_bucket{{le=\"{le}\",{route}}}")];
        assert!(bucket >= last, "buckets are cumulative");
        last = bucket;
    }
    assert_eq!(last, 13.0);
    assert!(samples[&format!("{seconds}_sum{{{route}}}")] > 0.1);
}

#[tokio::test]
async fn the_process_and_the_shop_say_the_usual_things() {
    let shop = OpenShop::new().await;
    let checkout = || shop.client.post(format!("{}/checkout", shop.base)).send();
    for _ in 0..3 {
        checkout().await.unwrap();
    }
    let body = json!({"kind": "errors", "intensity": 1, "seconds": 60, "routes": ["/checkout"]});
    shop.begin(&body).await;
    checkout().await.unwrap();
    let page = shop.page().await;
    let get = |series| value(&page, series).unwrap_or_else(|| panic!("no {series} in {page}"));
    assert_eq!(get("checkout_attempts_total"), 4.0);
    assert_eq!(get("checkout_success_total"), 3.0);
    assert!(get("work_queue_depth") <= 3.0);
    assert_eq!(get("http_requests_in_flight"), 0.0);
    assert_eq!(get("db_pool_connections{state=\"idle\"}"), 10.0);
    assert_eq!(get("db_pool_connections{state=\"active\"}"), 0.0);
    assert_eq!(get("db_pool_wait_seconds_count"), 3.0);
    assert_eq!(get("downstream_requests_total{code=\"200\"}"), 3.0);
    assert!(get("process_cpu_seconds_total") > 0.0);
    assert!(get("process_resident_memory_bytes") > 1e6);
    assert!(get("process_open_fds") > 3.0);
    let age = jiff::Timestamp::now().as_second() as f64 - get("process_start_time_seconds");
    assert!((-2.0..3600.0).contains(&age), "age {age}");
}

#[tokio::test]
async fn a_client_that_hangs_up_is_counted_as_499_with_its_time() {
    let shop = OpenShop::new().await;
    shop.begin(&json!({"kind": "latency", "intensity": 20, "seconds": 60}))
        .await;
    let request = shop.client.get(format!("{}/", shop.base));
    let short = request.timeout(std::time::Duration::from_millis(200));
    assert!(short.send().await.is_err());
    let series = "http_requests_total{method=\"GET\",route=\"/\",code=\"499\"}";
    let counted = || async { value(&shop.page().await, series) == Some(1.0) };
    crate::support::until(std::time::Duration::from_secs(5), counted).await;
}
