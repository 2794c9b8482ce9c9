//! Of a query that is too large: what it is made of, and narrower ones to try.

use super::cost::{self, Cost, MOST_SAMPLES, MOST_SERIES};
use super::place::Place;
use super::promql::Query;
use crate::answer::{Number, Untrusted};
use crate::error::ToolError;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sources::metrics::QueryValue;
use std::time::{Duration, Instant};

/// Labels that are looked at.
const MOST_LABELS: usize = 6;
/// Metrics that are named.
const MOST_NAMES: usize = 8;
/// Looking longer would itself be what is to be spared Prometheus.
const LONGEST: Duration = Duration::from_secs(3);
/// Groups that an aggregation may leave to be worth trying.
const GROUPS: u64 = 50;

/// Why a query was not run, and how to ask for less.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TooLarge {
    why: String,
    /// Series that its heaviest selector has now.
    series: u64,
    /// Samples that it would read, roughly.
    samples: Number,
    selector: String,
    /// The metrics with most series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Named>,
    /// Its labels, with how many values they have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Label>,
    /// Queries to try instead.
    r#try: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Named {
    #[schemars(extend("x-untrusted" = "names of metrics, as exporters gave them"))]
    name: Untrusted,
    series: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Label {
    #[schemars(extend("x-untrusted" = "names of labels, as exporters gave them"))]
    name: Untrusted,
    values: u64,
}

/// Looks at what a query is made of.
pub(crate) async fn oversized(
    place: &Place,
    query: &Query,
    cost: &Cost,
    end: Timestamp,
) -> Result<TooLarge, ToolError> {
    let Some((heaviest, series)) = cost.heaviest() else {
        return Err(ToolError::Failed);
    };
    let begun = Instant::now();
    let selector = &heaviest.selector;
    let metrics = match heaviest.metric {
        Some(_) => Vec::new(),
        None => names(place, selector, end).await?,
    };
    // Of one metric: its labels say more than those of all.
    let looked_at = match (&heaviest.metric, metrics.first()) {
        (None, Some(first)) => named(&first.0),
        _ => selector.clone(),
    };
    let labels = if begun.elapsed() < LONGEST {
        labels(place, &looked_at, end, begun).await?
    } else {
        Vec::new()
    };
    let why = if cost.samples > MOST_SAMPLES {
        format!(
            "it would read more than {MOST_SAMPLES} samples: a shorter window, a longer step, a shorter range in [], or fewer series"
        )
    } else {
        format!(
            "it has {} series, and answers have {MOST_SERIES} at most: aggregate, or add matchers",
            cost.series
        )
    };
    let group = labels
        .iter()
        .filter(|(_, values)| (2..=GROUPS).contains(values))
        .max_by_key(|(_, values)| *values);
    let mut narrower = Vec::new();
    let small_enough = cost.samples <= MOST_SAMPLES;
    match (&heaviest.metric, metrics.first()) {
        (None, Some(_)) => {
            narrower.push(format!("topk(10, count by (__name__) ({selector}))"));
            let by = group.map_or_else(String::new, |(label, _)| format!(" by ({label})"));
            narrower.push(format!("sum{by} ({looked_at})"));
        }
        _ if small_enough => {
            if let Some((label, _)) = group {
                narrower.push(format!("sum by ({label}) ({})", query.text()));
            }
            narrower.push(format!("topk(10, {})", query.text()));
        }
        _ => {
            let by = group.map_or_else(String::new, |(label, _)| format!(" by ({label})"));
            narrower.push(format!("sum{by} (rate({selector}[1m]))"));
        }
    }
    Ok(TooLarge {
        why,
        series: *series,
        samples: Number(cost.samples),
        selector: selector.clone(),
        metrics: metrics
            .iter()
            .map(|(name, series)| Named {
                name: Untrusted::label(name),
                series: *series,
            })
            .collect(),
        labels: labels
            .iter()
            .map(|(name, values)| Label {
                name: Untrusted::label(name),
                values: *values,
            })
            .collect(),
        r#try: narrower,
    })
}

/// A selector of one metric, whatever characters its name has.
fn named(metric: &str) -> String {
    sources::metrics::Selector::metric(metric).to_string()
}

async fn names(
    place: &Place,
    selector: &str,
    end: Timestamp,
) -> Result<Vec<(String, u64)>, ToolError> {
    let query = format!("topk({MOST_NAMES}, count by (__name__) ({selector}))");
    let answer = place.prometheus.instant(&query, end.as_millisecond()).await;
    let QueryValue::Vector(vector) = answer.map_err(|error| cost::unanswered(&error))?.value else {
        return Ok(Vec::new());
    };
    let mut names: Vec<(String, u64)> = vector
        .into_iter()
        .filter_map(|mut one| {
            let (_, series) = one.sample?;
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count"
            )]
            Some((one.labels.remove("__name__")?, series as u64))
        })
        .collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(names)
}

async fn labels(
    place: &Place,
    selector: &str,
    end: Timestamp,
    begun: Instant,
) -> Result<Vec<(String, u64)>, ToolError> {
    let end_ms = end.as_millisecond();
    let all = place
        .prometheus
        .label_names(selector, end_ms - 300_000, end_ms)
        .await;
    let all = all.map_err(|error| cost::unanswered(&error))?.value;
    let plain = |name: &&String| {
        *name != "__name__" && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let mut found = Vec::new();
    for name in all.iter().filter(plain).take(MOST_LABELS) {
        if begun.elapsed() > LONGEST {
            break;
        }
        let values = cost::counted(place, &format!("count by ({name}) ({selector})"), end).await?;
        found.push((name.clone(), values));
    }
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(found)
}
