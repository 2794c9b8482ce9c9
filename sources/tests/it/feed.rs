//! The feed against a small store that answers like Prometheus 2 and 3.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sources::metrics::{FeedOptions, FeedTick, Outcome, Problem, SampleFeed, Selector};

use crate::double::{Double, Reply, Seen};
use crate::{client, config};

const START: i64 = 1_700_000_000_000;

/// Samples by metric name, and how the server behaves.
#[derive(Debug, Clone, Default)]
struct Store {
    samples: BTreeMap<String, Vec<(i64, String)>>,
    /// Whether a range includes its left end, as in Prometheus 2.
    left_closed: bool,
    /// Most samples in an answer.
    most: Option<usize>,
    warning: Option<String>,
    down: bool,
}

impl Store {
    fn filled(left_closed: bool) -> Self {
        let mut store = Self {
            left_closed,
            ..Self::default()
        };
        for name in ["a", "b", "c"] {
            for i in 0..120 {
                let samples = store.samples.entry(name.into()).or_default();
                samples.push((START + i * 1000, i.to_string()));
            }
        }
        store
    }

    fn answer(&self, seen: &Seen) -> Reply {
        if self.down {
            return Reply::html(503, "down");
        }
        assert_eq!(seen.path, "/api/v1/query");
        let (selector, window) = seen.param("query").rsplit_once('[').unwrap();
        let window_ms: i64 = window.strip_suffix("ms]").unwrap().parse().unwrap();
        #[allow(clippy::cast_possible_truncation)]
        let end_ms = (seen.param("time").parse::<f64>().unwrap() * 1000.0).round() as i64;
        let from_ms = end_ms - window_ms;
        let names = names(selector);
        if names.contains("bad") {
            let body = r#"{"status":"error","errorType":"bad_data","error":"bad is bad"}"#;
            return Reply::json(400, body);
        }
        let inside = |at_ms: i64| {
            at_ms <= end_ms && (at_ms > from_ms || self.left_closed && at_ms == from_ms)
        };
        let mut count = 0;
        let mut result = Vec::new();
        for (name, samples) in self
            .samples
            .iter()
            .filter(|(name, _)| names.contains(*name))
        {
            let values: Vec<String> = samples
                .iter()
                .filter(|(at_ms, _)| inside(*at_ms))
                .map(|(at_ms, v)| format!(r#"[{}.{:03},"{v}"]"#, at_ms / 1000, at_ms % 1000))
                .collect();
            count += values.len();
            if !values.is_empty() {
                result.push(format!(
                    r#"{{"metric":{{"__name__":"{name}"}},"values":[{}]}}"#,
                    values.join(",")
                ));
            }
        }
        if self.most.is_some_and(|most| count > most) {
            let body = r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#;
            return Reply::json(422, body);
        }
        let warnings = self
            .warning
            .iter()
            .map(|w| format!(",\"warnings\":[\"{w}\"]"))
            .collect::<String>();
        Reply::json(
            200,
            format!(
                r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}{warnings}}}"#,
                result.join(",")
            ),
        )
    }
}

/// The names a merged selector asks for.
fn names(selector: &str) -> BTreeSet<String> {
    let selector: Selector = selector.parse().unwrap();
    let name = selector
        .matchers()
        .iter()
        .find(|m| m.label == "__name__")
        .unwrap();
    name.value.split('|').map(str::to_owned).collect()
}

struct Rig {
    store: Arc<Mutex<Store>>,
    double: Double,
    feed: SampleFeed,
}

impl Rig {
    async fn new(store: Store, metrics: &[&str]) -> Self {
        let store = Arc::new(Mutex::new(store));
        let served = store.clone();
        let double = Double::start(move |seen, _| served.lock().unwrap().answer(seen)).await;
        let selectors = metrics.iter().map(|m| Selector::metric(*m)).collect();
        let options = FeedOptions::for_scrape_interval(Duration::from_secs(1));
        let feed = SampleFeed::new(selectors, START - 1, options);
        Self {
            store,
            double,
            feed,
        }
    }

    async fn tick(&mut self, after_ms: i64) -> FeedTick {
        self.feed
            .fetch(&client(&self.double.url), START + after_ms)
            .await
    }

    fn change(&self, change: impl FnOnce(&mut Store)) {
        change(&mut self.store.lock().unwrap());
    }
}

/// The values of selector `index`, late ones last.
fn values(tick: &FeedTick, index: usize) -> Vec<f64> {
    let series = &tick.selectors[index].series;
    series
        .iter()
        .flat_map(|s| s.samples.iter().chain(&s.late))
        .map(|s| s.1)
        .collect()
}

#[tokio::test]
async fn many_ticks_bring_each_sample_once_from_prometheus_2_and_3() {
    for left_closed in [true, false] {
        let mut rig = Rig::new(Store::filled(left_closed), &["a", "b", "nothing"]).await;
        let mut got: [Vec<f64>; 2] = Default::default();
        // Ticks on, just before and just after the times of samples.
        for after_ms in [0, 1000, 1001, 1999, 5000, 5000, 40_000, 119_000, 125_000] {
            let tick = rig.tick(after_ms).await;
            assert_eq!(tick.selectors[2].outcome, Outcome::NoSeries);
            assert!(tick.caught_up);
            for (index, got) in got.iter_mut().enumerate() {
                got.extend(values(&tick, index));
            }
        }
        let all: Vec<f64> = (0..120).map(f64::from).collect();
        assert_eq!(got, [all.clone(), all], "left_closed: {left_closed}");
    }
}

#[tokio::test]
async fn selectors_that_can_be_asked_together_are_one_query() {
    let mut rig = Rig::new(Store::filled(true), &["a", "b", "c", "a"]).await;
    let tick = rig.tick(10_000).await;
    assert_eq!((tick.requests, rig.double.seen().len()), (1, 1));
    assert_eq!(values(&tick, 0), values(&tick, 3));
    assert_eq!(values(&tick, 0).len(), 11);
}

#[tokio::test]
async fn one_bad_selector_fails_alone() {
    let mut rig = Rig::new(Store::filled(true), &["a", "bad", "b", "c"]).await;
    let tick = rig.tick(10_000).await;
    for index in [0, 2, 3] {
        assert_eq!(tick.selectors[index].outcome, Outcome::Fresh);
        assert_eq!(values(&tick, index).len(), 11);
    }
    let Outcome::Failed(error) = &tick.selectors[1].outcome else {
        panic!("{tick:?}")
    };
    assert!(error.to_string().contains("bad is bad"), "{error}");
    assert!(tick.selectors[1].series.is_empty());
    assert_eq!(tick.requests, rig.double.seen().len());
}

#[tokio::test]
async fn an_answer_too_large_for_the_server_is_asked_for_in_parts() {
    let mut store = Store::filled(false);
    store.most = Some(40);
    let mut rig = Rig::new(store, &["a", "b"]).await;
    let tick = rig.tick(119_000).await;
    let all: Vec<f64> = (0..120).map(f64::from).collect();
    assert_eq!((values(&tick, 0), values(&tick, 1)), (all.clone(), all));
    assert_eq!(tick.requests, rig.double.seen().len());
    assert!(tick.requests > 4, "{}", tick.requests);
}

#[tokio::test]
async fn an_answer_too_large_for_us_is_asked_for_in_parts() {
    let mut rig = Rig::new(Store::filled(true), &["a", "b"]).await;
    let mut small = config(&rig.double.url);
    small.max_body_bytes = 1000;
    let small = sources::metrics::Prometheus::new(small).unwrap();
    let tick = rig.feed.fetch(&small, START + 119_000).await;
    assert_eq!((values(&tick, 0).len(), values(&tick, 1).len()), (120, 120));
}

#[tokio::test]
async fn an_outage_is_said_and_nothing_of_it_is_lost() {
    let mut rig = Rig::new(Store::filled(true), &["a"]).await;
    assert_eq!(values(&rig.tick(10_000).await, 0).len(), 11);
    rig.change(|store| store.down = true);
    for after_ms in [11_000, 30_000] {
        let tick = rig.tick(after_ms).await;
        let Outcome::Failed(error) = &tick.selectors[0].outcome else {
            panic!("{tick:?}")
        };
        assert!(matches!(
            *error.problem,
            Problem::Server { status: 503, .. }
        ));
        assert!(values(&tick, 0).is_empty());
    }
    rig.change(|store| store.down = false);
    let tick = rig.tick(31_000).await;
    let missed: Vec<f64> = (11..=31).map(f64::from).collect();
    assert_eq!(values(&tick, 0), missed);
}

#[tokio::test]
async fn nan_late_vanished_and_incomplete_are_told_apart() {
    let mut store = Store::filled(true);
    let a = store.samples.get_mut("a").unwrap();
    a.truncate(6);
    a[2].1 = "NaN".into();
    let held_back = a.remove(4);
    let mut rig = Rig::new(store, &["a", "b"]).await;

    let tick = rig.tick(5000).await;
    let series = &tick.selectors[0].series[0];
    assert_eq!((series.samples.len(), series.nan_count()), (5, 1));
    assert!(series.samples[2].1.is_nan());
    assert!(!tick.selectors[0].is_partial());

    rig.change(|store| {
        store.samples.get_mut("a").unwrap().push(held_back);
        store.warning = Some("a store is away".into());
    });
    let tick = rig.tick(6000).await;
    assert_eq!(tick.selectors[0].series[0].late, [(START + 4000, 4.0)]);
    assert!(tick.selectors[0].series[0].samples.is_empty());
    assert!(tick.selectors[0].is_partial());
    assert_eq!(tick.selectors[0].warnings, ["a store is away"]);

    rig.change(|store| store.warning = None);
    let tick = rig.tick(60_000).await;
    assert_eq!(tick.selectors[0].outcome, Outcome::NothingNew);
    assert_eq!(tick.selectors[0].silent[0].last_ms, START + 5000);
    assert_eq!(tick.selectors[1].outcome, Outcome::Fresh);
}

#[tokio::test]
async fn selectors_come_and_go_while_the_others_go_on_where_they_are() {
    let mut rig = Rig::new(Store::filled(false), &["a", "b", "a"]).await;
    rig.tick(10_000).await;
    let now = ["c", "a", "a", "a"].map(Selector::metric);
    rig.feed.set_selectors(now.to_vec(), START + 10_000);
    assert_eq!(rig.feed.selectors(), now);
    let tick = rig.tick(12_000).await;
    for index in 0..4 {
        assert_eq!(values(&tick, index), [11.0, 12.0], "selector {index}");
    }
    rig.feed
        .set_selectors(vec![Selector::metric("b")], START + 5_000);
    let tick = rig.tick(12_000).await;
    let since: Vec<f64> = (6..=12).map(f64::from).collect();
    assert_eq!((tick.selectors.len(), values(&tick, 0)), (1, since));
    rig.feed.set_selectors(Vec::new(), 0);
    let tick = rig.tick(13_000).await;
    assert_eq!((tick.requests, tick.caught_up), (0, true));
}

#[tokio::test]
async fn a_tick_that_is_dropped_half_way_is_made_up_for() {
    let mut rig = Rig::new(Store::filled(true), &["a"]).await;
    let silent = Double::script(vec![Reply::Silence]).await;
    let nobody = client(&silent.url);
    let dropped = tokio::time::timeout(
        Duration::from_millis(50),
        rig.feed.fetch(&nobody, START + 20_000),
    );
    assert!(dropped.await.is_err());
    assert_eq!(values(&rig.tick(20_000).await, 0).len(), 21);
}
