//! Expressions of the user: evaluated at every interval, and judged as gauges.

use super::fetch::Fetched;
use crate::services::{Signal, Watch};
use futures_util::future::join_all;
use guard::detect::Use;
use sources::metrics::{Answer, Gathering, MetricsError, Series};
use std::collections::BTreeSet;

/// An expression without values is asked for again this far back, in milliseconds: a source may hold
/// back the newest (VictoriaMetrics half a minute, a long-term store a few).
const PATIENCE_MS: i64 = 10 * 60 * 1000;

/// Prometheus gives at most 11,000 points of a series.
const MOST_POINTS: i64 = 10_000;

/// One expression, and how far it was read.
pub(super) struct Expression {
    signal: String,
    query: String,
    instance_label: String,
    /// The newest evaluation that gave a value, in Unix milliseconds.
    read_to: i64,
    began: i64,
}

/// What the expressions gave.
#[derive(Default)]
pub(super) struct Evaluated {
    pub(super) series: Vec<Fetched>,
    /// Signals that never gave a value.
    pub(super) missing: BTreeSet<String>,
    /// Signals whose expression was not answered, with the reason.
    pub(super) failed: Vec<(String, String)>,
    /// Expressions that were asked for.
    pub(super) asked: usize,
    pub(super) warnings: BTreeSet<String>,
    pub(super) infos: BTreeSet<String>,
}

pub(super) fn expressions<'a>(
    watch: &Watch,
    signals: impl Iterator<Item = &'a Signal>,
    since_ms: i64,
) -> Vec<Expression> {
    let of = |signal: &Signal| {
        Some(Expression {
            signal: signal.key.to_string(),
            query: signal.expression.clone()?,
            instance_label: watch.label_of(signal).to_owned(),
            read_to: since_ms,
            began: since_ms,
        })
    };
    signals.filter_map(of).collect()
}

/// Evaluates all of them at every interval since they last gave a value. `first` is the place of the
/// first one among everything that the watch reads.
pub(super) async fn evaluate(
    watch: &Watch,
    gathering: &Gathering,
    expressions: &mut [Expression],
    first: usize,
    now_ms: i64,
) -> Evaluated {
    let prometheus = gathering.prometheus();
    let step_ms = (watch.interval.as_millis() as i64).max(1);
    let mut evaluated = Evaluated::default();
    let due = expressions.iter_mut().enumerate().filter_map(|(index, e)| {
        let from = e.from(step_ms, now_ms);
        // Not at every tick has a new point of the grid come.
        (from <= now_ms).then_some((first + index, from, e))
    });
    let due: Vec<_> = due.collect();
    let asked = due
        .iter()
        .map(|(_, from, e)| prometheus.range(&e.query, *from, now_ms, watch.interval));
    let answers = join_all(asked).await;
    evaluated.asked = answers.len();
    for ((place, _, expression), answer) in due.into_iter().zip(answers) {
        expression.take(watch, place, answer, &mut evaluated);
    }
    evaluated
}

impl Expression {
    /// The next point of the grid that it began with.
    fn from(&self, step_ms: i64, now_ms: i64) -> i64 {
        let next = self.read_to.saturating_add(step_ms);
        let back = if self.read_to > self.began {
            PATIENCE_MS.max(2 * step_ms)
        } else {
            step_ms.saturating_mul(MOST_POINTS)
        };
        let skipped = (now_ms.saturating_sub(back) - next).max(0) / step_ms;
        next + skipped * step_ms
    }

    fn take(
        &mut self,
        watch: &Watch,
        place: usize,
        answer: Result<Answer<Vec<Series>>, MetricsError>,
        evaluated: &mut Evaluated,
    ) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                evaluated
                    .failed
                    .push((self.signal.clone(), error.to_string()));
                return;
            }
        };
        evaluated.warnings.extend(answer.warnings);
        evaluated.infos.extend(answer.infos);
        let samples = answer.value.iter().flat_map(|series| &series.samples);
        match samples.map(|(ms, _)| *ms).max() {
            Some(newest) => self.read_to = self.read_to.max(newest),
            None if self.read_to == self.began => {
                evaluated.missing.insert(self.signal.clone());
            }
            None => {}
        }
        let series = answer.value.into_iter();
        evaluated
            .series
            .extend(series.map(|series| self.fetched(watch, place, series)));
    }
    /// A result without the instance label speaks of the service as a whole.
    fn fetched(&self, watch: &Watch, place: usize, series: Series) -> Fetched {
        let instance = watch.instance_of(&series.labels, &self.instance_label);
        let samples = series
            .samples
            .into_iter()
            .map(|(ms, value)| (ms as f64 / 1000.0, value))
            .collect();
        Fetched {
            id: (place, series.labels),
            instance,
            uses: vec![(self.signal.clone(), Use::Gauge)],
            samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(read_to: i64) -> Expression {
        Expression {
            signal: "s".to_owned(),
            query: "q".to_owned(),
            instance_label: "instance".to_owned(),
            read_to,
            began: 0,
        }
    }

    #[test]
    fn what_a_source_holds_back_is_asked_for_again_on_the_same_grid() {
        let read = expression(100_000);
        assert_eq!(read.from(5000, 105_300), 105_000);
        assert_eq!(
            read.from(5000, 140_300),
            105_000,
            "half a minute was held back"
        );
        assert!(read.from(5000, 104_000) > 104_000, "nothing new yet");
    }

    #[test]
    fn what_stays_away_is_not_asked_for_without_bound() {
        let read = expression(100_000);
        let from = read.from(5000, 10_000_000);
        assert!(
            (9_400_000..=9_405_000).contains(&from) && from % 5000 == 0,
            "{from}"
        );
        let never = expression(0);
        assert_eq!(
            never.from(1000, 3_600_000),
            1000,
            "an hour of history is asked for whole"
        );
        let from = never.from(1000, 48 * 3_600_000);
        assert!((48 * 3_600_000 - from) / 1000 <= MOST_POINTS, "{from}");
    }
}
