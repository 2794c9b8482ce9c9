//! Native histograms that a real Prometheus scraped come out as buckets.

use std::collections::BTreeMap;
use std::time::Duration;

use sources::metrics::{FeedOptions, SampleFeed};

use crate::native_exporter::NativeExporter;
use crate::now_ms;
use crate::peer::{Make, Peer};

async fn native_histograms_come_as_buckets(make: Make) {
    let exporter = NativeExporter::start().await;
    let since_ms = now_ms() - 1000;
    let peer = Peer::start(make, exporter.address).await;
    let selectors = vec![r#"native_latency_seconds{job="tiny"}"#.parse().unwrap()];
    let options = FeedOptions::for_scrape_interval(Duration::from_secs(1));
    let mut feed = SampleFeed::new(selectors, since_ms, options);
    let mut by_bound: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let deadline_ms = now_ms() + 60_000;
    while by_bound.get("+Inf").is_none_or(|all| all.len() < 7) {
        assert!(now_ms() < deadline_ms, "{by_bound:?}");
        tokio::time::sleep(Duration::from_millis(700)).await;
        let tick = feed.fetch(&peer.client, now_ms()).await;
        for series in &tick.selectors[0].series {
            if let Some(le) = series.labels.get("le") {
                assert_eq!(series.labels["__name__"], "native_latency_seconds_bucket");
                assert_eq!(series.labels["role"], "canary");
                let all = by_bound.entry(le.clone()).or_default();
                all.extend(series.samples.iter().map(|s| s.1));
            }
        }
    }
    let served = exporter.served();
    for (le, counts) in &by_bound {
        let bound: f64 = le.parse().unwrap();
        let expected = served.iter().map(|now| {
            let quick = if bound > 0.006_1 { now.quick } else { 0 };
            let slow = if bound > 1.3 { now.slow } else { 0 };
            f64::from(quick + slow)
        });
        let expected: Vec<f64> = expected.take(counts.len()).collect();
        assert_eq!(*counts, expected, "up to {le}");
    }
    assert_eq!(by_bound.len(), 32);
}

#[tokio::test]
async fn prometheus_2_gives_native_histograms_as_buckets() {
    native_histograms_come_as_buckets(Make::Prometheus2).await;
}

#[tokio::test]
async fn prometheus_3_gives_native_histograms_as_buckets() {
    native_histograms_come_as_buckets(Make::Prometheus3).await;
}
