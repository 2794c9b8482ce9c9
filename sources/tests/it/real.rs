//! Against the Prometheus that Debian installs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use sources::metrics::{
    FeedOptions, FeedTick, Labels, Outcome, Problem, Prometheus, QueryValue, Sample, SampleFeed,
    ScrapeHealth, Selector, increases,
};

use crate::exporter::{Exporter, Served};
use crate::prometheus_server::{Job, PrometheusServer, Settings, StartError};
use crate::{client, now_ms};

const SELECTORS: [&str; 6] = [
    r#"tiny_requests_total{job="tiny"}"#,
    r#"tiny_gauge{job="tiny"}"#,
    r#"tiny_vanishing{job="tiny"}"#,
    r#"tiny_latency_seconds_bucket{job="tiny"}"#,
    r#"never_exported{job="tiny"}"#,
    r#"{__name__=~"up|scrape_.*",job="tiny"}"#,
];
const REQUESTS: usize = 0;
const GAUGE: usize = 1;
const VANISHING: usize = 2;
const BUCKETS: usize = 3;
const NEVER: usize = 4;
const UP: usize = 5;

fn settings(dir: &Path, exporter: &Exporter) -> Settings {
    Settings {
        program: "prometheus".into(),
        dir: dir.to_owned(),
        scrape_interval: Duration::from_secs(1),
        jobs: vec![Job {
            name: "tiny".into(),
            targets: vec![(
                exporter.address,
                BTreeMap::from([("role".into(), "canary".into())]),
            )],
        }],
        rules: Vec::new(),
        alertmanager: None,
        flags: Vec::new(),
    }
}

async fn start(settings: &Settings) -> PrometheusServer {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    match PrometheusServer::start(settings).await {
        Ok(server) => server,
        Err(error) => panic!("{error}"),
    }
}

/// Everything a feed handed out, by selector and series.
#[derive(Default)]
struct Collected(BTreeMap<(usize, Labels), Vec<Sample>>);

impl Collected {
    fn add(&mut self, tick: &FeedTick) {
        for (index, selector) in tick.selectors.iter().enumerate() {
            assert!(selector.warnings.is_empty(), "{selector:?}");
            for series in &selector.series {
                let all = self.0.entry((index, series.labels.clone())).or_default();
                assert!(
                    series.late.is_empty(),
                    "a local store delivers in order: {series:?}"
                );
                let mut last = all.last().map(|s| s.0);
                for sample in &series.samples {
                    assert!(last < Some(sample.0), "doubled or out of order: {series:?}");
                    last = Some(sample.0);
                }
                all.extend(&series.samples);
            }
        }
    }

    fn only(&self, index: usize) -> &[Sample] {
        let mut found = self.0.iter().filter(|((i, _), _)| *i == index);
        let (_, samples) = found.next().unwrap();
        assert!(found.next().is_none(), "one series expected");
        samples
    }
}

/// NaN as text, so that it equals itself; up to `until_ms`.
fn comparable(samples: &[Sample], until_ms: i64) -> Vec<(i64, String)> {
    let kept = samples.iter().filter(|s| s.0 <= until_ms);
    kept.map(|(at_ms, value)| (*at_ms, value.to_string()))
        .collect()
}

/// Ticks at uneven pace until the exporter has served `scrapes` pages.
async fn follow(
    feed: &mut SampleFeed,
    client: &Prometheus,
    exporter: &Exporter,
    scrapes: usize,
    collected: &mut Collected,
) -> FeedTick {
    let mut pace = [130_u64, 710, 40, 990, 360].into_iter().cycle();
    loop {
        let tick = feed.fetch(client, now_ms()).await;
        collected.add(&tick);
        assert_eq!(
            tick.selectors[NEVER].outcome,
            Outcome::NoSeries,
            "no data is not a zero"
        );
        assert!(tick.caught_up);
        if exporter.served().len() >= scrapes {
            return tick;
        }
        tokio::time::sleep(Duration::from_millis(pace.next().unwrap())).await;
    }
}

/// One large fetch must hold exactly what the many small ones brought.
async fn assert_nothing_lost_or_doubled(
    client: &Prometheus,
    collected: &Collected,
    since_ms: i64,
    until_ms: i64,
) {
    for (index, text) in SELECTORS.iter().enumerate() {
        let whole = client
            .raw(&text.parse().unwrap(), since_ms, until_ms)
            .await
            .unwrap()
            .value;
        let expected: BTreeMap<Labels, _> = whole
            .into_iter()
            .map(|s| (s.labels, comparable(&s.samples, until_ms)))
            .collect();
        let of_index = collected.0.iter().filter(|((i, _), _)| *i == index);
        let got: BTreeMap<Labels, _> = of_index
            .map(|((_, labels), samples)| (labels.clone(), comparable(samples, until_ms)))
            .filter(|(_, samples)| !samples.is_empty())
            .collect();
        assert_eq!(got, expected, "{text}");
    }
}

fn assert_is_what_was_served(collected: &Collected, served: &[Served]) {
    let counter = collected.only(REQUESTS);
    let values: Vec<f64> = counter.iter().map(|s| s.1).collect();
    let expected: Vec<f64> = served.iter().map(|s| s.counter).collect();
    // The newest page may still be on its way into the store.
    assert!(
        expected.starts_with(&values) && values.len() + 1 >= expected.len(),
        "{values:?} {expected:?}"
    );

    let grown = increases(counter);
    assert_eq!(
        grown.iter().filter(|i| i.reset).count(),
        1,
        "the reset is in the data"
    );
    for (sample, page) in counter.iter().zip(served) {
        let delay_ms = page.at_ms - sample.0;
        assert!(
            (-50..1000).contains(&delay_ms),
            "own timestamps: {sample:?} {page:?}"
        );
    }
    for (pair, page) in grown.iter().zip(&served[1..]) {
        let apart_ms = pair.to_ms - pair.from_ms;
        assert_eq!(
            apart_ms > 2500,
            page.after_gap,
            "a gap stays a gap: {pair:?}"
        );
    }

    let gauge: Vec<String> = collected
        .only(GAUGE)
        .iter()
        .map(|s| s.1.to_string())
        .collect();
    let expected: Vec<String> = served
        .iter()
        .take(gauge.len())
        .map(|s| s.gauge.to_string())
        .collect();
    assert_eq!(gauge, expected);
    assert!(gauge.iter().any(|v| v == "NaN"));

    let vanishing: Vec<f64> = collected.only(VANISHING).iter().map(|s| s.1).collect();
    let expected: Vec<f64> = served.iter().filter_map(|s| s.vanishing).collect();
    assert_eq!(vanishing, expected, "no zero after it vanished");

    let bounds: BTreeSet<&str> = collected
        .0
        .keys()
        .filter(|(i, _)| *i == BUCKETS)
        .map(|(_, l)| l["le"].as_str())
        .collect();
    assert_eq!(bounds, BTreeSet::from(["+Inf", "0.1", "0.5"]));
}

#[tokio::test]
async fn many_small_fetches_bring_every_sample_once_across_reset_gap_and_restart() {
    let exporter = Exporter::start().await;
    let dir = tempfile::tempdir().unwrap();
    let since_ms = now_ms() - 1000;
    let server = start(&settings(dir.path(), &exporter)).await;
    let first = client(server.url());
    let selectors = SELECTORS.iter().map(|s| s.parse().unwrap()).collect();
    let options = FeedOptions::for_scrape_interval(Duration::from_secs(1));
    let mut feed = SampleFeed::new(selectors, since_ms, options);
    let mut collected = Collected::default();

    let tick = follow(&mut feed, &first, &exporter, 11, &mut collected).await;
    let vanished = &tick.selectors[VANISHING];
    assert_eq!(vanished.outcome, Outcome::NothingNew);
    assert_eq!(
        Some(&vanished.silent[0].last_ms),
        collected.only(VANISHING).last().map(|s| &s.0)
    );
    let up = collected
        .0
        .iter()
        .find(|((i, l), _)| *i == UP && l["__name__"] == "up")
        .unwrap();
    assert_eq!(
        up.1.iter().filter(|s| s.1 == 0.0).count(),
        2,
        "a counted zero is a value"
    );

    server.stop().await.unwrap();
    let away = feed.fetch(&first, now_ms()).await;
    for selector in &away.selectors {
        let Outcome::Failed(error) = &selector.outcome else {
            panic!("{selector:?}")
        };
        assert!(matches!(*error.problem, Problem::Connection(_)), "{error}");
    }

    let server = start(&settings(dir.path(), &exporter)).await;
    let second = client(server.url());
    let pages = exporter.served().len();
    follow(&mut feed, &second, &exporter, pages + 3, &mut collected).await;

    let settled_ms = now_ms() - 500;
    tokio::time::sleep(Duration::from_millis(700)).await;
    collected.add(&feed.fetch(&second, now_ms()).await);
    assert_nothing_lost_or_doubled(&second, &collected, since_ms, settled_ms).await;
    let counter = collected.only(REQUESTS).len();
    assert!(counter >= 12, "{counter} samples");
    let before_restart: Vec<Served> = exporter.served()[..11].to_vec();
    let mut until_restart = Collected::default();
    for (key, samples) in &collected.0 {
        let end = collected.only(REQUESTS)[10].0;
        until_restart.0.insert(
            key.clone(),
            samples.iter().copied().filter(|s| s.0 <= end).collect(),
        );
    }
    assert_is_what_was_served(&until_restart, &before_restart);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn every_verb_is_answered_by_a_real_prometheus() {
    let exporter = Exporter::start().await;
    let dir = tempfile::tempdir().unwrap();
    let server = start(&settings(dir.path(), &exporter)).await;
    let client = client(server.url());
    while exporter.served().len() < 4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let now = now_ms();
    let start_ms = now - 60_000;
    let requests: Selector = SELECTORS[REQUESTS].parse().unwrap();

    client.healthy().await.unwrap();
    assert!(client.build_info().await.unwrap().major().unwrap() >= 2);

    let QueryValue::Vector(vector) = client
        .instant("tiny_requests_total", now)
        .await
        .unwrap()
        .value
    else {
        panic!("not a vector")
    };
    assert_eq!(vector[0].labels["role"], "canary");
    let absent = client.instant("never_exported", now).await.unwrap();
    assert!(absent.value.is_empty());
    let steps = client
        .range("up", start_ms, now, Duration::from_secs(1))
        .await
        .unwrap()
        .value;
    assert!(steps[0].samples.len() >= 3, "{steps:?}");

    let whole = client
        .raw(&requests, start_ms, now)
        .await
        .unwrap()
        .value
        .remove(0)
        .samples;
    let (first, third) = (whole[0].0, whole[2].0);
    let exact = client.raw(&requests, first, third).await.unwrap().value;
    assert_eq!(exact[0].samples, whole[..3], "both ends are included");
    let one = client.raw(&requests, first, first).await.unwrap().value;
    assert_eq!(one[0].samples, whole[..1]);

    let series = client
        .series(std::slice::from_ref(&requests), start_ms, now)
        .await
        .unwrap()
        .value;
    assert_eq!(series[0]["code"], "200");
    let buckets = [Selector::metric("tiny_latency_seconds_bucket")];
    let values = client.label_values("le", &buckets, start_ms, now);
    assert_eq!(values.await.unwrap().value, ["+Inf", "0.1", "0.5"]);
    let metadata = client
        .metadata(Some("tiny_requests_total"))
        .await
        .unwrap()
        .value;
    let metadata = &metadata["tiny_requests_total"][0];
    assert_eq!(
        (metadata.kind.as_str(), metadata.help.as_str()),
        ("counter", "Requests served.")
    );
    assert!(
        client
            .metadata(None)
            .await
            .unwrap()
            .value
            .contains_key("tiny_latency_seconds")
    );
    let targets = client.targets().await.unwrap().value;
    assert_eq!(targets[0].health, ScrapeHealth::Up);
    assert_eq!(targets[0].scrape_interval, Some(Duration::from_secs(1)));
    assert_eq!(targets[0].labels["job"], "tiny");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_words_of_a_real_refusal_reach_the_reader() {
    let exporter = Exporter::start().await;
    let dir = tempfile::tempdir().unwrap();
    let server = start(&settings(dir.path(), &exporter)).await;
    let client = client(server.url());
    let error = client
        .instant("sum(rate(up[5m])", now_ms())
        .await
        .unwrap_err();
    let Problem::Refused {
        status,
        error_type,
        text,
    } = &*error.problem
    else {
        panic!("{error}")
    };
    assert_eq!((*status, error_type.as_str()), (400, "bad_data"));
    assert!(
        text.contains("parse error: unclosed left parenthesis"),
        "{text}"
    );
    let too_fine = client
        .range("up", 0, 20_000_000, Duration::from_secs(1))
        .await
        .unwrap_err();
    assert!(
        too_fine.to_string().contains("exceeded maximum resolution"),
        "{too_fine}"
    );

    // One selector with a pattern that RE2 refuses must not blind the other.
    let selectors = vec![
        Selector::metric("up"),
        r#"{__name__=~"a["}"#.parse().unwrap(),
    ];
    let options = FeedOptions::for_scrape_interval(Duration::from_secs(1));
    let mut feed = SampleFeed::new(selectors, now_ms() - 1000, options);
    let tick = feed.fetch(&client, now_ms()).await;
    assert!(
        !matches!(tick.selectors[0].outcome, Outcome::Failed(_)),
        "{tick:?}"
    );
    let Outcome::Failed(error) = &tick.selectors[1].outcome else {
        panic!("{tick:?}")
    };
    assert!(
        error.to_string().contains("error parsing regexp"),
        "{error}"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_the_program_one_line_says_what_to_install() {
    let exporter = Exporter::start().await;
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(dir.path(), &exporter);
    settings.program = "/nowhere/prometheus".into();
    let error = PrometheusServer::start(&settings).await.unwrap_err();
    assert!(matches!(error, StartError::NotInstalled(_)));
    assert_eq!(
        error.to_string(),
        "/nowhere/prometheus is not installed; run: apt-get install prometheus"
    );
}

#[tokio::test]
async fn a_server_that_cannot_run_says_why() {
    let exporter = Exporter::start().await;
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(dir.path(), &exporter);
    settings.jobs.push(settings.jobs[0].clone());
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let error = PrometheusServer::start(&settings).await.unwrap_err();
    assert!(matches!(error, StartError::Ended { .. }), "{error}");
    assert!(
        error.to_string().contains("found multiple scrape configs"),
        "{error}"
    );
}
