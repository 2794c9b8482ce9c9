//! What a query would cost Prometheus, found out before it runs.

use super::place::Place;
use super::promql::{Grid, Query, Touched};
use crate::error::ToolError;
use jiff::Timestamp;
use sources::metrics::{MetricsError, Problem, QueryValue};

/// Samples that a query may read: a second or two of one core of Prometheus.
pub(crate) const MOST_SAMPLES: f64 = 10_000_000.0;
/// Series that an answer of Prometheus may have.
pub(crate) const MOST_SERIES: u64 = 500;
/// Different selectors of a query.
const MOST_SELECTORS: usize = 12;

/// What a query would cost.
#[derive(Debug, Clone)]
pub(crate) struct Cost {
    /// Series that its result has at the end of the window, at most.
    pub(crate) series: u64,
    /// Samples that it reads.
    pub(crate) samples: f64,
    /// Each of its selectors with the series that it has.
    pub(crate) touched: Vec<(Touched, u64)>,
}

impl Cost {
    /// Whether it is more than may be asked.
    pub(crate) fn too_much(&self) -> bool {
        self.series > MOST_SERIES || self.samples > MOST_SAMPLES
    }

    /// The selector that reads most.
    pub(crate) fn heaviest(&self) -> Option<&(Touched, u64)> {
        let read = |(touched, series): &&(Touched, u64)| touched.samples * *series as f64;
        self.touched
            .iter()
            .max_by(|a, b| read(a).total_cmp(&read(b)))
    }
}

/// Counts the series that a query touches, and what that comes to.
pub(crate) async fn cost(
    place: &Place,
    query: &Query,
    grid: Grid,
    end: Timestamp,
) -> Result<Cost, ToolError> {
    let mut touched: Vec<(Touched, u64)> = Vec::new();
    for one in query.touched(grid) {
        let same = touched
            .iter()
            .position(|(known, _)| known.selector == one.selector);
        match same {
            Some(known) => touched[known].0.samples += one.samples,
            None => touched.push((one, 0)),
        }
    }
    if touched.len() > MOST_SELECTORS {
        let problem = format!("more than {MOST_SELECTORS} different selectors: ask in parts");
        return Err(ToolError::argument("query", problem));
    }
    for (one, series) in &mut touched {
        *series = counted(place, &one.selector, end).await?;
    }
    let samples = touched
        .iter()
        .map(|(one, series)| one.samples * *series as f64)
        .sum();
    let selected: u64 = touched.iter().map(|(_, series)| series).sum();
    // A result has no more series than were selected; whether aggregation leaves few is worth asking, if that is cheap.
    let aggregated = selected > MOST_SERIES && query.is_vector() && samples <= MOST_SAMPLES;
    let series = if aggregated {
        counted(place, query.text(), end).await?
    } else {
        selected
    };
    Ok(Cost {
        series,
        samples,
        touched,
    })
}

/// How many series an expression has at this moment.
pub(crate) async fn counted(
    place: &Place,
    expression: &str,
    at: Timestamp,
) -> Result<u64, ToolError> {
    let query = format!("count({expression})");
    let answer = place.prometheus.instant(&query, at.as_millisecond()).await;
    Ok(number(&answer.map_err(|error| unanswered(&error))?.value))
}

/// The only number of an answer; zero where it is empty.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count"
)]
pub(crate) fn number(value: &QueryValue) -> u64 {
    match value {
        QueryValue::Vector(vector) => vector
            .first()
            .and_then(|one| one.sample)
            .map_or(0, |(_, number)| number as u64),
        QueryValue::Scalar((_, number)) => *number as u64,
        QueryValue::Matrix(_) | QueryValue::String(_) => 0,
    }
}

/// Why a source gave no answer, as the caller is told.
pub(crate) fn unanswered(error: &MetricsError) -> ToolError {
    match &*error.problem {
        Problem::Refused {
            error_type, text, ..
        } if error_type == "bad_data" || error_type == "400" => ToolError::argument(
            "query",
            format!("Prometheus does not understand it: {text}"),
        ),
        Problem::Timeout(_) | Problem::TooLarge { .. } | Problem::Refused { .. } => {
            ToolError::Unavailable(format!(
                "{error}. Narrow the query: fewer series by matchers, a shorter window, or an aggregation such as sum by (…)"
            ))
        }
        Problem::Busy(_) => ToolError::Unavailable(
            "other questions to this source are under way: ask one after another".to_owned(),
        ),
        _ => ToolError::Unavailable(error.to_string()),
    }
}
