//! A signal over the releases of a service, to be drawn.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::layout::plain;
use crate::say;
use crate::text::Text;
use crate::words::{Words, amount};
use guard::report::Trend;

/// What is drawn of one signal over releases.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendChart {
    /// The signal.
    pub signal: String,
    /// What is seen in it, for those who do not see it.
    pub alt: Text,
    /// Deployment, version, and what was measured with it; the oldest first.
    pub points: Vec<(String, String, f64)>,
    /// Whether it got worse each time, by more than is tolerated.
    pub worsening: bool,
    unit: String,
    words: Words,
}

impl TrendChart {
    /// A value in the unit of the signal.
    #[must_use]
    pub fn value(&self, value: f64) -> String {
        plain::text(&amount(self.words, value, &self.unit))
    }

    /// What no value can be above: of a share, all.
    #[must_use]
    pub fn most(&self) -> Option<f64> {
        let share = self.unit == "ratio" && self.points.iter().all(|one| one.2 <= 1.0);
        share.then_some(1.0)
    }
}

/// Each of these to be drawn.
#[must_use]
pub fn trends(all: &[Trend], context: &Context) -> Vec<TrendChart> {
    all.iter().filter_map(|one| drawn(one, context)).collect()
}

fn drawn(trend: &Trend, context: &Context) -> Option<TrendChart> {
    let words = context.words();
    let (first, last) = (trend.points.first()?, trend.points.last()?);
    let verdict = if trend.worsening {
        say!(context, "trend-worsening")
    } else {
        say!(context, "trend-steady")
    };
    let alt = say!(
        context,
        "trend-alt",
        signal = Foreign::from(&trend.signal),
        first = amount(words, first.value, &trend.unit),
        from = Foreign::from(&first.version),
        last = amount(words, last.value, &trend.unit),
        to = Foreign::from(&last.version),
        count = trend.points.len(),
        verdict = verdict
    );
    let points = trend.points.iter();
    Some(TrendChart {
        signal: trend.signal.clone(),
        alt,
        points: points
            .map(|one| (one.deployment.clone(), one.version.clone(), one.value))
            .filter(|one| one.2.is_finite())
            .collect(),
        worsening: trend.worsening,
        unit: trend.unit.clone(),
        words,
    })
}
