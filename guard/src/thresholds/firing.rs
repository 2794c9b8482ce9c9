//! What a condition would have done.

use super::MERGED_S;
use super::condition::{Comparison, Condition};
use crate::at::At;
use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// What was measured, at regular steps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// The first moment, in Unix seconds.
    pub start_s: i64,
    /// Seconds between two moments; at least one.
    pub step_s: i64,
    /// Each series with a value per moment; NaN where there is none.
    pub series: Vec<Vec<f64>>,
}

impl Course {
    /// The last moment.
    #[must_use]
    pub fn end_s(&self) -> i64 {
        let longest = self.series.iter().map(Vec::len).max().unwrap_or(0);
        let steps = i64::try_from(longest).unwrap_or(i64::MAX / self.step_s.max(1));
        self.start_s + self.step_s * (steps - 1).max(0)
    }

    /// Before and from a moment on.
    pub(super) fn split(&self, at_s: i64) -> (Self, Self) {
        let step_s = self.step_s.max(1);
        let steps = (at_s - self.start_s).max(0).div_euclid(step_s);
        let cut = usize::try_from(steps).unwrap_or(usize::MAX);
        let halves = |series: &Vec<f64>| {
            let (one, other) = series.split_at(cut.min(series.len()));
            (one.to_vec(), other.to_vec())
        };
        let (before, after) = self.series.iter().map(halves).unzip();
        let part = |start_s, series| Self {
            start_s,
            step_s,
            series,
        };
        (
            part(self.start_s, before),
            part(self.start_s + steps * step_s, after),
        )
    }
}

/// From one moment to another, both included, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// The first.
    pub from_s: i64,
    /// The last.
    pub until_s: i64,
}

impl Period {
    /// Whether they have a moment in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.from_s <= other.until_s && other.from_s <= self.until_s
    }

    /// The first moment.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        Timestamp::from_second(self.from_s).unwrap_or_default()
    }

    /// The last moment.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        Timestamp::from_second(self.until_s).unwrap_or_default()
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut period = to.serialize_struct("Period", 2)?;
        period.serialize_field("from", &At(self.from()))?;
        period.serialize_field("until", &At(self.until()))?;
        period.end()
    }
}

/// When a condition would have fired, in order; of several series together.
#[must_use]
pub fn firings(course: &Course, comparison: Comparison, condition: &Condition) -> Vec<Period> {
    let mildest = condition.mildest(comparison);
    Excursions::of(course, comparison, mildest).firings(condition)
}

/// What lies beyond a threshold without interruption.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    from_s: i64,
    values: Vec<f64>,
}

/// All that lies beyond a threshold: what fires at a stricter one is in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Excursions {
    pub(super) comparison: Comparison,
    step_s: i64,
    runs: Vec<Run>,
}

impl Excursions {
    pub(super) fn of(course: &Course, comparison: Comparison, threshold: f64) -> Self {
        let step_s = course.step_s.max(1);
        let mut runs: Vec<Run> = Vec::new();
        for series in &course.series {
            let mut open = false;
            for (value, at) in series.iter().zip(0_i64..) {
                let beyond = comparison.holds(*value, threshold);
                match runs.last_mut() {
                    Some(run) if beyond && open => run.values.push(*value),
                    _ if beyond => runs.push(Run {
                        from_s: course.start_s + at * step_s,
                        values: vec![*value],
                    }),
                    _ => {}
                }
                open = beyond;
            }
        }
        Self {
            comparison,
            step_s,
            runs,
        }
    }

    /// When it would have fired, in order; of several series together.
    pub(super) fn firings(&self, condition: &Condition) -> Vec<Period> {
        let mut all: Vec<Period> = Vec::new();
        for run in &self.runs {
            let mut since = None;
            let mut firing: Option<Period> = None;
            for (value, step) in run.values.iter().zip(0_i64..) {
                let now = run.from_s + step * self.step_s;
                if !self.comparison.holds(*value, condition.at(now)) {
                    since = None;
                    all.extend(firing.take());
                    continue;
                }
                if now - *since.get_or_insert(now) >= condition.for_s {
                    let from_s = firing.map_or(now, |known| known.from_s);
                    firing = Some(Period {
                        from_s,
                        until_s: now,
                    });
                }
            }
            all.extend(firing);
        }
        merged(all)
    }

    /// The worst value in a period; none where there is none.
    pub(super) fn peak(&self, period: &Period) -> Option<f64> {
        let within = self.runs.iter().flat_map(|run| {
            let moments = (0_i64..).map(|step| run.from_s + step * self.step_s);
            let values = run.values.iter().zip(moments);
            values.filter(|(_, at)| (period.from_s..=period.until_s).contains(at))
        });
        let values = within.map(|(value, _)| *value);
        values.reduce(|one, other| self.comparison.worse(one, other))
    }

    /// The worst value of all that is a number.
    pub(super) fn worst(&self) -> Option<f64> {
        let values = self.runs.iter().flat_map(|run| run.values.iter().copied());
        let finite = values.filter(|value| value.is_finite());
        finite.reduce(|one, other| self.comparison.worse(one, other))
    }
}

/// In order, and one where less than [`MERGED_S`] lies between them.
fn merged(mut all: Vec<Period>) -> Vec<Period> {
    all.sort();
    let mut merged: Vec<Period> = Vec::new();
    for next in all {
        match merged.last_mut() {
            Some(last) if next.from_s - last.until_s <= MERGED_S => {
                last.until_s = last.until_s.max(next.until_s);
            }
            _ => merged.push(next),
        }
    }
    merged
}
