//! The feed brings what the exporter served, once, whoever stored it.

use std::collections::BTreeMap;
use std::time::Duration;

use sources::metrics::{FeedOptions, FeedTick, Labels, Outcome, Sample, SampleFeed, increases};

use crate::exporter::Exporter;
use crate::now_ms;
use crate::peer::{Make, Peer};

const SELECTORS: [&str; 5] = [
    r#"tiny_requests_total{job="tiny"}"#,
    r#"tiny_vanishing{job="tiny"}"#,
    r#"tiny_latency_seconds_bucket{job="tiny"}"#,
    r#"never_exported{job="tiny"}"#,
    r#"up{job="tiny"}"#,
];
const REQUESTS: usize = 0;
const VANISHING: usize = 1;
const BUCKETS: usize = 2;
const NEVER: usize = 3;
const UP: usize = 4;

/// Samples by selector and series, in the order of their times.
type Collected = BTreeMap<(usize, Labels), Vec<Sample>>;

fn add(collected: &mut Collected, tick: &FeedTick) {
    assert_eq!(tick.selectors[NEVER].outcome, Outcome::NoSeries);
    for (index, selector) in tick.selectors.iter().enumerate() {
        assert!(
            !matches!(selector.outcome, Outcome::Failed(_)),
            "{selector:?}"
        );
        for series in &selector.series {
            let all = collected.entry((index, series.labels.clone())).or_default();
            all.extend(series.samples.iter().chain(&series.late));
        }
    }
}

fn only(collected: &Collected, index: usize) -> Vec<Sample> {
    let mut found = collected.iter().filter(|((i, _), _)| *i == index);
    let mut samples = found.next().unwrap().1.clone();
    assert!(found.next().is_none(), "one series expected");
    samples.sort_by_key(|s| s.0);
    samples
}

/// Follows a server through a reset, a vanished series and failed scrapes.
async fn every_sample_comes_once(make: Make) {
    let exporter = Exporter::start().await;
    let since_ms = now_ms() - 1000;
    let peer = Peer::start(make, exporter.address).await;
    let selectors = SELECTORS.iter().map(|s| s.parse().unwrap()).collect();
    let options = FeedOptions::for_scrape_interval(Duration::from_secs(1));
    let mut feed = SampleFeed::new(selectors, since_ms, options);
    let mut collected = Collected::new();
    let mut pace = [130_u64, 710, 40, 990, 360].into_iter().cycle();
    while exporter.served().len() < 12 {
        add(&mut collected, &feed.fetch(&peer.client, now_ms()).await);
        tokio::time::sleep(Duration::from_millis(pace.next().unwrap())).await;
    }
    let served = exporter.served()[..12].to_vec();
    // The newest samples may still be on their way into the store.
    let deadline = now_ms() + 45_000;
    loop {
        add(&mut collected, &feed.fetch(&peer.client, now_ms()).await);
        let counted = collected.iter().find(|((i, _), _)| *i == REQUESTS);
        if counted.is_some_and(|(_, samples)| samples.len() >= served.len()) {
            break;
        }
        assert!(now_ms() < deadline, "{collected:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    let counter = only(&collected, REQUESTS);
    let values: Vec<f64> = counter.iter().map(|s| s.1).take(served.len()).collect();
    let expected: Vec<f64> = served.iter().map(|s| s.counter).collect();
    assert_eq!(values, expected);
    for (sample, page) in counter.iter().zip(&served) {
        let delay_ms = page.at_ms - sample.0;
        assert!((-50..1000).contains(&delay_ms), "{sample:?} {page:?}");
    }
    let grown = increases(&counter);
    assert_eq!(grown.iter().filter(|i| i.reset).count(), 1);
    let vanishing: Vec<f64> = only(&collected, VANISHING).iter().map(|s| s.1).collect();
    let expected: Vec<f64> = served.iter().filter_map(|s| s.vanishing).collect();
    assert_eq!(vanishing, expected, "no zero after it vanished");
    let down = only(&collected, UP).iter().filter(|s| s.1 == 0.0).count();
    assert_eq!(down, 2, "a counted zero is a value");
    let bounds: Vec<&str> = collected
        .keys()
        .filter(|(i, _)| *i == BUCKETS)
        .map(|(_, labels)| labels["le"].as_str())
        .collect();
    assert_eq!(bounds, ["+Inf", "0.1", "0.5"]);
}

#[tokio::test]
async fn prometheus_2_brings_every_sample_once() {
    every_sample_comes_once(Make::Prometheus2).await;
}

#[tokio::test]
async fn prometheus_3_brings_every_sample_once() {
    every_sample_comes_once(Make::Prometheus3).await;
}

#[tokio::test]
async fn an_old_victoriametrics_brings_every_sample_once() {
    every_sample_comes_once(Make::OldVictoria).await;
}

#[tokio::test]
async fn a_new_victoriametrics_brings_every_sample_once() {
    every_sample_comes_once(Make::NewVictoria).await;
}
