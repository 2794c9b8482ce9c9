//! Feeds of many watches at one source.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use sources::metrics::{FeedOptions, Gathering, Outcome, Problem, SampleFeed, Selector};

use crate::double::{Double, Reply, Seen};
use crate::{client, config};

const START: i64 = 1_700_000_000_000;

/// The values of a label that a selector asks for.
fn asked_for(seen: &Seen, label: &str) -> BTreeSet<String> {
    let (selector, _) = seen.param("query").rsplit_once('[').unwrap();
    let selector: Selector = selector.parse().unwrap();
    let found = selector.matchers().iter().find(|m| m.label == label);
    let found = found.map(|m| m.value.split('|').map(str::to_owned).collect());
    found.unwrap_or_default()
}

/// One sample of each metric and job that is asked for, at the last full second.
fn answer(seen: &Seen) -> Reply {
    let names = asked_for(seen, "__name__");
    if names.contains("refused") {
        let body = r#"{"status":"error","errorType":"bad_data","error":"refused it is"}"#;
        return Reply::json(400, body);
    }
    let (at, _) = seen.param("time").split_once('.').unwrap();
    let jobs = asked_for(seen, "job");
    let series = |name: &String, job: &String| {
        format!(
            r#"{{"metric":{{"__name__":"{name}","job":"{job}"}},"values":[[{at},"{}"]]}}"#,
            job.len()
        )
    };
    let all: Vec<String> = names
        .iter()
        .flat_map(|name| jobs.iter().map(move |job| series(name, job)))
        .collect();
    Reply::success(&format!(
        r#"{{"resultType":"matrix","result":[{}]}}"#,
        all.join(",")
    ))
}

fn feed(job: &str, metrics: &[&str]) -> SampleFeed {
    let selector = |metric: &&str| format!(r#"{metric}{{job="{job}"}}"#).parse().unwrap();
    SampleFeed::new(
        metrics.iter().map(selector).collect(),
        START - 10_000,
        FeedOptions::for_scrape_interval(Duration::from_secs(5)),
    )
}

#[tokio::test]
async fn watches_that_tick_together_are_one_query_and_each_gets_its_own() {
    let double = Double::start(|seen, _| answer(seen)).await;
    let gathering = Gathering::new(client(&double.url));
    let jobs: Vec<String> = (0..50).map(|n| format!("job-{}", "x".repeat(n))).collect();
    let mut feeds: Vec<SampleFeed> = jobs.iter().map(|j| feed(j, &["up", "load"])).collect();
    let looks = feeds.iter_mut().enumerate().map(|(n, feed)| {
        // Their clocks were read one after the other.
        feed.fetch_together(&gathering, START + i64::try_from(n).unwrap())
    });
    let ticks = join_all(looks).await;
    assert_eq!(double.seen().len(), 1);
    assert_eq!(gathering.queries(), 1);
    for (job, tick) in jobs.iter().zip(ticks) {
        assert_eq!((tick.requests, tick.selectors.len()), (1, 2));
        for selector in &tick.selectors {
            let [series] = &selector.series[..] else {
                panic!("{selector:?}")
            };
            assert_eq!(&series.labels["job"], job);
        }
    }
}

#[tokio::test]
async fn what_one_watch_asks_in_vain_does_not_take_the_others_with_it() {
    let double = Double::start(|seen, _| answer(seen)).await;
    let gathering = Gathering::new(client(&double.url));
    let (mut good, mut bad) = (feed("good", &["up"]), feed("good", &["refused", "up"]));
    let (good, bad) = tokio::join!(
        good.fetch_together(&gathering, START),
        bad.fetch_together(&gathering, START),
    );
    assert_eq!(good.selectors[0].outcome, Outcome::Fresh);
    assert_eq!(bad.selectors[1].outcome, Outcome::Fresh);
    assert!(matches!(bad.selectors[0].outcome, Outcome::Failed(_)));
}

#[tokio::test]
async fn a_watch_that_stops_while_it_asks_leaves_the_others_their_answers() {
    let double = Double::start(|seen, _| answer(seen)).await;
    let gathering = Gathering::new(client(&double.url));
    let (mut leaving, mut staying) = (feed("leaving", &["up"]), feed("staying", &["up"]));
    let leave = tokio::time::timeout(
        Duration::from_millis(1),
        leaving.fetch_together(&gathering, START),
    );
    let (left, stayed) = tokio::join!(leave, staying.fetch_together(&gathering, START));
    assert!(left.is_err());
    assert_eq!(stayed.selectors[0].outcome, Outcome::Fresh);
    assert_eq!(
        asked_for(&double.seen()[0], "job"),
        ["staying".to_owned()].into()
    );
}

#[tokio::test]
async fn the_past_of_a_new_watch_does_not_make_the_others_read_far_back() {
    let double = Double::start(|seen, _| answer(seen)).await;
    let gathering = Gathering::new(client(&double.url));
    let mut old = feed("old", &["up"]);
    old.fetch_together(&gathering, START).await;
    let options = FeedOptions::for_scrape_interval(Duration::from_secs(5));
    let up = vec![r#"up{job="new"}"#.parse().unwrap()];
    let mut new = SampleFeed::new(up, START - 3_600_000, options);
    let (_, caught_up) = tokio::join!(
        old.fetch_together(&gathering, START + 5000),
        new.fetch_together(&gathering, START + 5000),
    );
    assert!(!caught_up.caught_up);
    let windows: BTreeSet<String> = double.seen()[1..]
        .iter()
        .map(|seen| seen.param("query").rsplit_once('[').unwrap().1.to_owned())
        .collect();
    assert_eq!(windows.len(), 2, "{windows:?}");
}

#[tokio::test]
async fn a_source_too_slow_for_large_queries_is_asked_smaller_ones_next_time() {
    let double = Double::start(|seen, _| {
        if asked_for(seen, "job").len() > 60 {
            return Reply::Silence;
        }
        answer(seen)
    })
    .await;
    let mut hurried = config(&double.url);
    hurried.timeout = Duration::from_millis(300);
    let hurried = sources::metrics::Prometheus::new(hurried).unwrap();
    let gathering = Gathering::new(hurried);
    let mut feeds: Vec<SampleFeed> = (0..120).map(|n| feed(&format!("j{n}"), &["up"])).collect();
    let mut failed = Vec::new();
    for tick in 0..4 {
        let looks = feeds.iter_mut();
        let looks = looks.map(|feed| feed.fetch_together(&gathering, START + tick * 5000));
        let ticks = join_all(looks).await;
        let slow = ticks.iter().filter(|tick| {
            matches!(&tick.selectors[0].outcome,
                Outcome::Failed(error) if matches!(*error.problem, Problem::Timeout(_)))
        });
        failed.push(slow.count());
    }
    assert_eq!(failed, [120, 0, 0, 0]);
}
