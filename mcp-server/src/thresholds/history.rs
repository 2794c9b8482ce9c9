//! What a query gave over days, piece by piece: a source gives so many points at once and no more.

use guard::thresholds::Course;
use sources::metrics::{Labels, MetricsError, Prometheus};
use std::collections::BTreeMap;
use std::time::Duration;

/// Points that are asked for at once; Prometheus gives 11,000.
const MOST_POINTS: i64 = 10_000;
/// Series that a rule may measure.
const MOST_SERIES: usize = 20;

/// Which moments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The first, in Unix seconds.
    pub(crate) from_s: i64,
    /// The last, or a little before.
    pub(crate) until_s: i64,
    /// Seconds between two.
    pub(crate) step_s: i64,
}

/// Why there is no course.
#[derive(Debug)]
pub(crate) enum NoCourse {
    TooManySeries,
    Failed(Box<MetricsError>),
}

impl Span {
    fn steps(self) -> i64 {
        (self.until_s - self.from_s) / self.step_s + 1
    }

    /// Each series by its labels, with a value per moment; NaN where there is none.
    pub(crate) async fn series(
        self,
        prometheus: &Prometheus,
        query: &str,
    ) -> Result<BTreeMap<Labels, Vec<f64>>, NoCourse> {
        let steps = self.steps();
        let mut all: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
        let length = Duration::from_secs(self.step_s.unsigned_abs());
        let mut first = 0;
        while first < steps {
            let last = (first + MOST_POINTS).min(steps) - 1;
            let at_ms = |step: i64| (self.from_s + step * self.step_s) * 1000;
            let answer = prometheus
                .range(query, at_ms(first), at_ms(last), length)
                .await;
            let answer = answer.map_err(|error| NoCourse::Failed(Box::new(error)))?;
            for series in answer.value {
                let known = all.len();
                let values = all
                    .entry(series.labels)
                    .or_insert_with(|| vec![f64::NAN; usize::try_from(steps).unwrap_or(0)]);
                if known >= MOST_SERIES && values.iter().all(|value| value.is_nan()) {
                    return Err(NoCourse::TooManySeries);
                }
                for (at_ms, value) in series.samples {
                    let step = (at_ms / 1000 - self.from_s) / self.step_s;
                    if let Some(place) =
                        usize::try_from(step).ok().and_then(|at| values.get_mut(at))
                    {
                        *place = value;
                    }
                }
            }
            first = last + 1;
        }
        Ok(all)
    }

    /// All series of a query as one course.
    pub(crate) async fn course(
        self,
        prometheus: &Prometheus,
        query: &str,
    ) -> Result<Course, NoCourse> {
        let series = self.series(prometheus, query).await?;
        Ok(self.of(series.into_values().collect()))
    }

    /// These series at these moments.
    pub(crate) fn of(self, series: Vec<Vec<f64>>) -> Course {
        Course {
            start_s: self.from_s,
            step_s: self.step_s,
            series,
        }
    }
}
