//! The result of a query as rows: the largest first, each in a few numbers or point by point.

use super::labels::{Shown, factored};
use super::summary::{Summary, summary};
use crate::answer::Number;
use schemars::JsonSchema;
use serde::Serialize;
use sources::metrics::{Labels, NativeHistogram, QueryValue, Sample};
use std::cmp::Ordering;

/// One series.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Row {
    #[schemars(extend("x-untrusted" = "labels, as exporters gave them"))]
    labels: Shown,
    /// Of an instant query.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Number>,
    /// Observations and their sum, of a native histogram.
    #[serde(skip_serializing_if = "Option::is_none")]
    histogram: Option<Histogram>,
    /// Of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    /// From `start`, one every `step_s`; null where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Option<Number>>>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Histogram {
    count: Number,
    sum: Number,
}

/// All rows of a result.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Series that Prometheus gave.
    pub(crate) found: usize,
    /// What those shown have in common.
    pub(crate) common: Shown,
    /// Those shown.
    pub(crate) rows: Vec<Row>,
}

/// How points are laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Points {
    pub(crate) start_ms: i64,
    pub(crate) step_ms: i64,
    /// How many there are; none where a summary will do.
    pub(crate) shown: Option<usize>,
}

struct One {
    labels: Labels,
    samples: Vec<Sample>,
    histogram: Option<NativeHistogram>,
    rank: f64,
}

/// The `most` largest series: by their value, of a range by their largest one.
pub(crate) fn rows(value: QueryValue, most: usize, points: Option<Points>) -> Rows {
    let mut all: Vec<One> = match value {
        QueryValue::Vector(vector) => vector
            .into_iter()
            .map(|one| {
                let histogram = one.histogram.map(|(_, histogram)| histogram);
                let rank = histogram.as_ref().map(|histogram| histogram.count);
                One {
                    rank: rank
                        .or(one.sample.map(|(_, value)| value))
                        .unwrap_or(f64::NAN),
                    labels: one.labels,
                    samples: one.sample.into_iter().collect(),
                    histogram,
                }
            })
            .collect(),
        QueryValue::Matrix(matrix) => matrix
            .into_iter()
            .map(|series| One {
                rank: series
                    .samples
                    .iter()
                    .map(|(_, value)| *value)
                    .fold(f64::NAN, f64::max),
                labels: series.labels,
                samples: series.samples,
                // Of a range of native histograms the newest one is shown.
                histogram: series
                    .histograms
                    .into_iter()
                    .next_back()
                    .map(|(_, histogram)| histogram),
            })
            .collect(),
        QueryValue::Scalar(sample) => vec![One {
            labels: Labels::new(),
            samples: vec![sample],
            histogram: None,
            rank: sample.1,
        }],
        QueryValue::String(_) => Vec::new(),
    };
    let found = all.len();
    all.sort_by(|a, b| largest(a.rank, b.rank).then_with(|| a.labels.cmp(&b.labels)));
    all.truncate(most);
    let labels: Vec<&Labels> = all.iter().map(|one| &one.labels).collect();
    let (common, own) = factored(&labels);
    let rows = all
        .iter()
        .zip(own)
        .map(|(one, labels)| row(one, labels, points))
        .collect();
    Rows {
        found,
        common,
        rows,
    }
}

/// The largest first, what is no number last.
fn largest(a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then_with(|| b.total_cmp(&a))
}

fn row(one: &One, labels: Shown, points: Option<Points>) -> Row {
    let shown = points.and_then(|points| Some((points, points.shown?)));
    Row {
        labels,
        value: match points {
            None => one.samples.first().map(|(_, value)| Number(*value)),
            Some(_) => None,
        },
        histogram: one.histogram.as_ref().map(|histogram| Histogram {
            count: Number(histogram.count),
            sum: Number(histogram.sum),
        }),
        summary: match (points, shown) {
            (Some(_), None) => summary(&one.samples),
            _ => None,
        },
        values: shown.map(|(points, count)| grid(&one.samples, points, count)),
    }
}

fn grid(samples: &[Sample], points: Points, count: usize) -> Vec<Option<Number>> {
    let mut values = vec![None; count];
    for (at_ms, value) in samples {
        let place = (at_ms - points.start_ms).div_euclid(points.step_ms.max(1));
        if let Some(cell) = usize::try_from(place)
            .ok()
            .and_then(|place| values.get_mut(place))
        {
            *cell = Some(Number(*value));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use sources::metrics::{Series, VectorSample};

    fn labels(instance: &str) -> Labels {
        [
            ("job".to_owned(), "shop".to_owned()),
            ("instance".to_owned(), instance.to_owned()),
        ]
        .into()
    }

    #[test]
    fn the_largest_come_first_and_what_is_no_number_last() {
        let one = |instance: &str, value: f64| VectorSample {
            labels: labels(instance),
            sample: Some((0, value)),
            histogram: None,
        };
        let vector = vec![
            one("a", 1.0),
            one("b", f64::NAN),
            one("c", 3.0),
            one("d", -5.0),
        ];
        let rows = rows(QueryValue::Vector(vector), 3, None);
        assert_eq!(rows.found, 4);
        let said = serde_json::to_value(&rows.rows).unwrap();
        let said: Vec<(&str, f64)> = said
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                (
                    row["labels"]["instance"].as_str().unwrap(),
                    row["value"].as_f64().unwrap(),
                )
            })
            .collect();
        assert_eq!(said, [("c", 3.0), ("a", 1.0), ("d", -5.0)]);
        assert_eq!(rows.common["job"].as_str(), "shop");
    }

    #[test]
    fn points_lie_on_their_grid_and_gaps_are_shown() {
        let series = Series {
            labels: labels("a"),
            samples: vec![(1_000, 1.0), (3_000, 3.0)],
            histograms: vec![],
        };
        let points = Points {
            start_ms: 1_000,
            step_ms: 1_000,
            shown: Some(4),
        };
        let rows = rows(QueryValue::Matrix(vec![series]), 10, Some(points));
        let said = serde_json::to_value(&rows.rows[0]).unwrap();
        assert_eq!(said["values"], serde_json::json!([1, null, 3, null]));
        assert_eq!(said.get("summary"), None);
    }
}
