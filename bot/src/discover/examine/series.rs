//! A signal that is read as series: whether there are any, from which instances, how often, how fresh.

use super::{SignalReport, State};
use crate::discover::ask::Asker;
use engine::services::{Part, Signal, Watch};
use sources::metrics::MetricsError;

/// A newest sample older than so many intervals is old.
const STALE_INTERVALS: f64 = 3.0;
/// Over how long samples are counted to learn how often there is one, in seconds.
const COUNTED_S: f64 = 300.0;

/// Series are asked one selector after the other; a failure that has not happened yet is no fault.
pub(super) async fn of_series(
    asker: &Asker,
    watch: &Watch,
    signal: &Signal,
    label: &str,
    report: &mut SignalReport,
) -> Result<Vec<String>, MetricsError> {
    let mut instances: Vec<String> = Vec::new();
    for (selector, part) in &signal.series {
        let bad = matches!(part, Part::Use(guard::detect::Use::Bad));
        let rows = asker
            .rows(&format!("count by ({label}) ({selector})"))
            .await?;
        let native = if rows.is_empty() && *part == Part::Buckets {
            let text = selector.to_string().replacen("_bucket", "", 1);
            Some(text)
        } else {
            None
        };
        let (rows, selector) = match native {
            Some(text) => (
                asker.rows(&format!("count by ({label}) ({text})")).await?,
                text,
            ),
            None => (rows, selector.to_string()),
        };
        if rows.is_empty() {
            if !bad {
                report.state = State::Blind;
                report.why = Some(format!("no series matches `{selector}`"));
            }
            continue;
        }
        report.series += rows.iter().map(|(_, count)| *count as usize).sum::<usize>();
        let here: Vec<String> = rows
            .into_iter()
            .filter_map(|(mut labels, _)| labels.remove(label))
            .filter(|value| !value.is_empty())
            .collect();
        if here.is_empty() {
            report.state = State::Blind;
            report.why = Some(format!(
                "its series have no label `{label}`: set `metrics.instance_label`"
            ));
        }
        for instance in here {
            if !instances.contains(&instance) {
                instances.push(instance);
            }
        }
        if !bad {
            freshness(asker, watch, &selector, report).await?;
        }
    }
    Ok(instances)
}

async fn freshness(
    asker: &Asker,
    watch: &Watch,
    selector: &str,
    report: &mut SignalReport,
) -> Result<(), MetricsError> {
    let interval_s = watch.interval.as_secs_f64();
    let window = format!("{}s", COUNTED_S.max(interval_s * 5.0));
    let counted = asker
        .value(&format!("max(count_over_time({selector}[{window}]))"))
        .await?;
    let newest = asker.value(&format!("max(timestamp({selector}))")).await?;
    report.age_s = newest.map(|newest| (asker.now_ms as f64 / 1000.0 - newest).max(0.0));
    // A service that has just begun has few samples: the newest interval is what its scrapes say.
    report.resolution_s = between(asker, selector, interval_s).await?.or(counted
        .filter(|count| *count >= 1.0)
        .map(|count| COUNTED_S.max(interval_s * 5.0) / count));
    if report.state != State::Good {
        return Ok(());
    }
    if let Some(age_s) = report
        .age_s
        .filter(|age_s| *age_s > STALE_INTERVALS * interval_s.max(5.0))
    {
        report.state = State::Doubtful;
        report.why = Some(format!("its newest sample is {age_s:.0} s old"));
    } else if let Some(resolution_s) = report
        .resolution_s
        .filter(|found| *found > 1.6 * interval_s || *found < 0.6 * interval_s)
    {
        report.state = State::Doubtful;
        report.why = Some(format!(
            "there is a sample every {resolution_s:.0} s and tawny looks every {interval_s:.0} s: set `scrape_interval` of its source"
        ));
    }
    Ok(())
}

/// Seconds between the newest two samples of some series.
async fn between(
    asker: &Asker,
    selector: &str,
    interval_s: f64,
) -> Result<Option<f64>, MetricsError> {
    let Ok(selector) = selector.parse() else {
        return Ok(None);
    };
    let back_ms = (interval_s * 4_000.0).max(150_000.0) as i64;
    let answer = asker
        .prometheus
        .raw(&selector, asker.now_ms - back_ms, asker.now_ms)
        .await?;
    let distances = answer.value.iter().filter_map(|series| {
        let times: Vec<i64> = if series.samples.is_empty() {
            series.histograms.iter().map(|(at, _)| *at).collect()
        } else {
            series.samples.iter().map(|(at, _)| *at).collect()
        };
        let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).map(|gap| *gap as f64 / 1000.0)
    });
    Ok(distances.min_by(f64::total_cmp))
}
