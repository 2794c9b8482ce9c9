//! `query_metrics`: PromQL, bounded on its way there and on its way back.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::metrics::cost::{self, cost};
use crate::metrics::empty::{Empty, empty};
use crate::metrics::evidence;
use crate::metrics::labels::Shown;
use crate::metrics::link::link;
use crate::metrics::oversized::{TooLarge, oversized};
use crate::metrics::place::{Place, place};
use crate::metrics::promql::{Grid, Query};
use crate::metrics::rows::{Points, Row, Rows, rows};
use crate::metrics::window::{length, moment};
use crate::said::time;
use crate::world::World;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sources::metrics::{Answer as Told, QueryValue};
use std::time::Duration;

/// Series that are shown where the caller does not say.
const USUAL_SERIES: u16 = 20;
const MOST_SERIES: u16 = 200;
/// Points that are shown of each where the caller does not say.
const USUAL_POINTS: u16 = 30;
const MOST_POINTS: u16 = 300;
/// Moments at which a range is evaluated to be summed up.
const SUMMED: u32 = 240;
/// Moments at which a caller may have it evaluated.
const MOST_MOMENTS: u32 = 2_000;

/// The tool.
pub struct QueryMetrics;

/// What to ask.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// PromQL.
    query: String,
    /// Asks its source, and narrows every selector to its series.
    service: Option<String>,
    environment: Option<String>,
    /// A source by name; needed without `service` if there are several.
    source: Option<String>,
    /// For a range: RFC 3339, or how long ago as in `-30m`.
    start: Option<String>,
    /// Like `start`; now if left out.
    end: Option<String>,
    /// As in `30s`.
    step: Option<String>,
    /// Of a range: `summary` (n, min, max, mean, p95, first, last, largest step) unless each point is needed.
    detail: Option<Detail>,
    #[schemars(extend("maximum" = 200))]
    max_series: Option<u16>,
    #[schemars(extend("maximum" = 300))]
    max_points: Option<u16>,
}

/// How much is said of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Detail {
    Summary,
    Points,
}

/// What the source answered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    source: String,
    /// The PromQL that was asked.
    query: String,
    /// Of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    end: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_s: Option<f64>,
    /// Cite it; get_evidence shows it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_id: Option<String>,
    /// The query in Prometheus' own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Series of the result; with `too_large`, those that it would have.
    series_found: u64,
    /// Labels that all shown series have.
    #[serde(skip_serializing_if = "Shown::is_empty")]
    #[schemars(extend("x-untrusted" = "labels, as exporters gave them"))]
    common_labels: Shown,
    /// The largest first.
    series: Vec<Row>,
    /// What the source said beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Untrusted>,
    /// It was not run: it would be too much. What it is made of, and what to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_large: Option<TooLarge>,
    /// Why there is no series.
    #[serde(skip_serializing_if = "Option::is_none")]
    empty: Option<Empty>,
}

impl Tool for QueryMetrics {
    const NAME: &'static str = "query_metrics";
    const TITLE: &'static str = "Query metrics";
    const DESCRIPTION: &'static str = "Runs PromQL at a moment or over a range and sums it up, within bounds. Use to look \
        beyond what compare_windows says, or to check a hypothesis; for names use discover_metrics. What is too much is \
        not run: the answer says how to narrow it.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("series");
    type Arguments = Arguments;
    type Output = Found;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Found>, ToolError> {
        let place = place(
            world,
            caller,
            arguments.service.as_deref(),
            arguments.environment.as_deref(),
            arguments.source.as_deref(),
        )?;
        let query = Query::read(&arguments.query)
            .map_err(|problem| ToolError::argument("query", problem))?;
        let query = place.narrowed(query)?;
        let when = When::of(&arguments, &place, world.clock.now())?;
        call.progress(0.0, 2.0, "counting what the query touches")
            .await;
        let cost = cost(&place, &query, when.grid(&place), when.end).await?;
        let mut found = Found {
            source: place.name.clone(),
            query: query.text().to_owned(),
            start: when.range.map(|range| time(range.start)),
            end: time(when.end),
            step_s: when.range.map(|range| range.step.as_secs_f64()),
            evidence_id: None,
            link: link(
                &place.prometheus.base_url(),
                query.text(),
                when.end,
                when.range.map(|range| range.length(when.end)),
            ),
            series_found: cost.series,
            common_labels: Shown::new(),
            series: Vec::new(),
            warnings: Vec::new(),
            too_large: None,
            empty: None,
        };
        if cost.too_much() {
            found.too_large = Some(oversized(&place, &query, &cost, when.end).await?);
            return Ok(Answer::of(found));
        }
        call.progress(1.0, 2.0, "asking").await;
        let told = when.ask(&place, &query).await?;
        let most = arguments
            .max_series
            .unwrap_or(USUAL_SERIES)
            .clamp(1, MOST_SERIES);
        let is_matrix = matches!(told.value, QueryValue::Matrix(_));
        let Rows {
            found: count,
            common,
            rows,
        } = rows(told.value, usize::from(most), when.points(is_matrix));
        found.series_found = count as u64;
        if count == 0 {
            found.empty = Some(empty(&place, &cost, when.end).await?);
        }
        let window = (when.range.map_or(when.end, |range| range.start), when.end);
        let result = serde_json::json!({ "common_labels": common, "series": rows, "series_found": count, "step_s": found.step_s });
        found.evidence_id =
            evidence::store(world, &place.name, query.text(), window, &result).await;
        let told = told.warnings.iter().chain(&told.infos);
        found.warnings = told.take(5).map(|text| Untrusted::line(text)).collect();
        let left_out = count.saturating_sub(rows.len()) as u64;
        found.common_labels = common;
        found.series = rows;
        Ok(Answer::of(found).left_out(left_out))
    }
}

/// When a query is evaluated.
#[derive(Debug, Clone, Copy)]
struct When {
    end: Timestamp,
    range: Option<Range>,
}

#[derive(Debug, Clone, Copy)]
struct Range {
    start: Timestamp,
    step: Duration,
    /// Whether each point is shown.
    points: bool,
}

impl Range {
    fn length(self, end: Timestamp) -> Duration {
        Duration::try_from(end.duration_since(self.start)).unwrap_or_default()
    }

    /// Moments from start to end, both included.
    fn moments(self, end: Timestamp) -> u32 {
        let whole = self.length(end).as_secs_f64() / self.step.as_secs_f64().max(0.001);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, which is too many"
        )]
        let steps = whole.floor() as u32;
        steps.saturating_add(1)
    }
}

impl When {
    fn of(arguments: &Arguments, place: &Place, now: Timestamp) -> Result<Self, ToolError> {
        let end = arguments
            .end
            .as_deref()
            .map(|end| moment("end", end, now))
            .transpose()?
            .unwrap_or(now);
        let Some(start) = &arguments.start else {
            if arguments.step.is_some() || arguments.detail == Some(Detail::Points) {
                return Err(ToolError::argument(
                    "start",
                    "it is needed for a range; without it the query is evaluated at one moment",
                ));
            }
            return Ok(Self { end, range: None });
        };
        let start = moment("start", start, now)?;
        if start >= end {
            return Err(ToolError::argument(
                "start",
                format!("it is not before the end, {end}"),
            ));
        }
        let window = Duration::try_from(end.duration_since(start)).unwrap_or_default();
        let points = arguments.detail == Some(Detail::Points);
        let wanted = if points {
            u32::from(
                arguments
                    .max_points
                    .unwrap_or(USUAL_POINTS)
                    .clamp(2, MOST_POINTS),
            ) - 1
        } else {
            SUMMED
        };
        let fitting =
            Duration::from_secs_f64((window.as_secs_f64() / f64::from(wanted)).ceil().max(1.0));
        let step = match &arguments.step {
            // Never more points than were asked for: a longer step then.
            Some(step) if points => length("step", step)?.max(fitting),
            Some(step) => length("step", step)?,
            None => fitting.max(place.interval.unwrap_or_default()),
        };
        let range = Range {
            start,
            step,
            points,
        };
        if range.moments(end) > MOST_MOMENTS {
            return Err(ToolError::argument(
                "step",
                format!(
                    "{} moments, expected {MOST_MOMENTS} at most: a longer step or a shorter window",
                    range.moments(end)
                ),
            ));
        }
        Ok(Self {
            end,
            range: Some(range),
        })
    }

    fn grid(self, place: &Place) -> Grid {
        Grid {
            points: self
                .range
                .map_or(1.0, |range| f64::from(range.moments(self.end))),
            window_s: self
                .range
                .map_or(0.0, |range| range.length(self.end).as_secs_f64()),
            scrape_s: place.scrape_s(),
        }
    }

    /// How the values of a range are laid out; what an instant query gives of a range is summed up.
    fn points(self, is_matrix: bool) -> Option<Points> {
        let (start_ms, step_ms, shown) = match self.range {
            Some(range) => (
                range.start.as_millisecond(),
                i64::try_from(range.step.as_millis()).unwrap_or(i64::MAX),
                range.points.then(|| range.moments(self.end) as usize),
            ),
            None if is_matrix => (0, 1, None),
            None => return None,
        };
        Some(Points {
            start_ms,
            step_ms,
            shown,
        })
    }

    async fn ask(self, place: &Place, query: &Query) -> Result<Told<QueryValue>, ToolError> {
        let end_ms = self.end.as_millisecond();
        let answer = match self.range {
            None => place.prometheus.instant(query.text(), end_ms).await,
            Some(range) => {
                let asked = place.prometheus.range(
                    query.text(),
                    range.start.as_millisecond(),
                    end_ms,
                    range.step,
                );
                asked.await.map(|told| Told {
                    value: QueryValue::Matrix(told.value),
                    warnings: told.warnings,
                    infos: told.infos,
                })
            }
        };
        answer.map_err(|error| cost::unanswered(&error))
    }
}
