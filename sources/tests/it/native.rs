//! Native histograms come out of the feed as the buckets of a classic one.

use std::collections::BTreeMap;
use std::time::Duration;

use sources::metrics::{FeedOptions, NativeBounds, SampleFeed, Selector};

use crate::client;
use crate::double::{Double, Reply};

const START_MS: i64 = 1_700_000_000_000;

/// A histogram at second `n` with `low` observations of 3 to 4 ms and `high` of 1 to 2 s.
fn row(n: i64, low: u32, high: u32) -> String {
    let mut buckets = vec![format!(
        r#"[0,"0.0027621358640099515","0.00390625","{low}"]"#
    )];
    if high > 0 {
        buckets.push(format!(r#"[0,"1","2","{high}"]"#));
    }
    format!(
        r#"[{},{{"count":"{}","sum":"9","buckets":[{}]}}]"#,
        START_MS / 1000 + n,
        low + high,
        buckets.join(",")
    )
}

fn answer(rows: &[String]) -> Reply {
    Reply::success(&format!(
        r#"{{"resultType":"matrix","result":[{{"metric":{{"__name__":"latency_seconds","instance":"a"}},"histograms":[{}]}}]}}"#,
        rows.join(",")
    ))
}

#[tokio::test]
async fn a_bucket_that_fills_later_has_counted_zeros_before() {
    let first = [row(1, 5, 0), row(2, 8, 0)];
    let second = [row(2, 8, 0), row(3, 8, 4)];
    let double = Double::script(vec![answer(&first), answer(&second)]).await;
    let client = client(&double.url);
    let options = FeedOptions::for_scrape_interval(Duration::from_secs(1));
    let selectors = vec![Selector::metric("latency_seconds")];
    let mut feed = SampleFeed::new(selectors, START_MS, options);
    let mut got: BTreeMap<String, Vec<(i64, f64)>> = BTreeMap::new();
    for after_ms in [2000, 3000] {
        let tick = feed.fetch(&client, START_MS + after_ms).await;
        let series = &tick.selectors[0].series;
        assert_eq!(series.len(), 1 + 31 + 1, "itself, its bounds, infinity");
        assert!(!series[0].histograms.is_empty() && series[0].samples.is_empty());
        for bucket in &series[1..] {
            assert_eq!(bucket.labels["__name__"], "latency_seconds_bucket");
            assert_eq!(bucket.labels["instance"], "a");
            assert!(bucket.late.is_empty());
            let all = got.entry(bucket.labels["le"].clone()).or_default();
            all.extend(
                bucket
                    .samples
                    .iter()
                    .map(|s| ((s.0 - START_MS) / 1000, s.1)),
            );
        }
    }
    assert_eq!(got["0.00390625"], [(1, 5.0), (2, 8.0), (3, 8.0)]);
    assert_eq!(got["1"], [(1, 5.0), (2, 8.0), (3, 8.0)]);
    assert_eq!(got["2"], [(1, 5.0), (2, 8.0), (3, 12.0)]);
    assert_eq!(got["+Inf"], [(1, 5.0), (2, 8.0), (3, 12.0)]);
    let low: Vec<f64> = got["0.001953125"].iter().map(|s| s.1).collect();
    assert_eq!(low, [0.0, 0.0, 0.0]);
    let expected = NativeBounds::SECONDS.bounds().len() + 1;
    assert_eq!(got.len(), expected, "the same bounds at every tick");
}
