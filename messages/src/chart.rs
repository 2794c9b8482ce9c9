//! How a signal went, to be drawn: points, marks and all words, for whatever draws them.

use crate::context::Context;
use crate::layout::plain;
use crate::parent::lead;
use crate::say;
use crate::text::Text;
use crate::words::{Words, amount, duration};
use guard::detect::Course;
use guard::finding::Finding;
use guard::measured::Measured;
use guard::state::State;

/// Signals that are drawn of one deployment.
pub const MOST: usize = 2;
/// Characters of what is drawn as a title, and of what is said instead of the picture.
const TITLE: usize = 90;
const ALT: usize = 900;

/// Seconds since the deployment, and what was measured then.
pub type Points = Vec<(f64, Option<f64>)>;

/// What is drawn of one signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The signal.
    pub signal: String,
    /// What it shows.
    pub title: String,
    /// What is seen in it, for those who do not see it.
    pub alt: String,
    /// Before the deployment.
    pub before: Points,
    /// Since the deployment, where it is.
    pub after: Points,
    /// From the deployment, at zero, to the estimated begin of what was found, in seconds.
    pub onset: f64,
    /// A limit, and its words.
    pub limit: Option<(f64, String)>,
    /// The words at the deployment.
    pub deployed: String,
    /// The words at the begin.
    pub began: String,
    unit: String,
    words: Words,
}

impl Chart {
    /// A value in the unit of the signal.
    #[must_use]
    pub fn value(&self, value: f64) -> String {
        plain::text(&amount(self.words, value, &self.unit))
    }

    /// How long before (`−`) or after (`+`) the deployment.
    #[must_use]
    pub fn time(&self, seconds: f64) -> String {
        let length = plain::text(&duration(self.words, seconds.abs()));
        match seconds {
            at if at.abs() < 0.0005 => "0".to_owned(),
            at if at < 0.0 => format!("−{length}"),
            _ => format!("+{length}"),
        }
    }
}

/// The signals that moved and are not over, each with its course; none of which too little was measured.
#[must_use]
pub fn charts(state: &State, context: &Context) -> Vec<Chart> {
    let mut all: Vec<Chart> = Vec::new();
    for record in state.open_findings() {
        let signal = &record.finding.signal;
        let new = all.iter().all(|one| one.signal != signal.as_str());
        if let Some(measured) = state.measured(signal).filter(|_| new) {
            all.extend(chart(state, &record.finding, measured, context));
        }
    }
    all.truncate(MOST);
    all
}

fn chart(
    state: &State,
    finding: &Finding,
    measured: &Measured,
    context: &Context,
) -> Option<Chart> {
    let measure = &measured.measure;
    let onset = finding.onset_at.duration_since(state.first_change()?);
    let onset = onset.as_secs_f64();
    let limit = measure.limits.hard.or(measure.limits.warn);
    let title = say!(
        context,
        "chart-title",
        signal = Text::foreign(&finding.signal),
        lead = lead(state, context)
    );
    let words = context.words();
    let (before, after) = (points(&measure.past, true), points(&measure.course, false));
    let known = before.iter().chain(&after);
    if known.filter(|(_, value)| value.is_some()).count() < 2 {
        return None;
    }
    let said = alt(state, finding, onset, limit, context);
    Some(Chart {
        signal: finding.signal.as_str().to_owned(),
        title: cut(&plain::text(&title), TITLE),
        alt: cut(&plain::text(&said), ALT),
        before,
        after,
        onset,
        limit: limit.map(|limit| {
            let said = amount(words, limit, &finding.unit);
            let said = say!(context, "chart-limit", limit = said);
            (limit, plain::text(&said))
        }),
        deployed: plain::text(&say!(context, "chart-deployed")),
        began: plain::text(&say!(context, "chart-began")),
        unit: finding.unit.clone(),
        words,
    })
}

/// The points of a course that ends, or begins, with the deployment; each in the middle of its time.
fn points(course: &Course, ends: bool) -> Points {
    let count = course.values.len() as f64;
    let first = if ends { -count } else { 0.0 };
    let values = course.values.iter().enumerate();
    let at = |index: usize| (first + index as f64 + 0.5) * course.step_s;
    values
        .map(|(index, value)| (at(index), value.filter(|value| value.is_finite())))
        .filter(|(at, _)| at.is_finite())
        .collect()
}

/// What is seen in it: from what to what, since when, and beyond which limit.
fn alt(
    state: &State,
    finding: &Finding,
    onset: f64,
    limit: Option<f64>,
    context: &Context,
) -> Text {
    let words = context.words();
    let value = |value: f64| amount(words, value, &finding.unit);
    let mut said = vec![say!(
        context,
        "chart-alt",
        signal = Text::foreign(&finding.signal),
        lead = lead(state, context),
        before = value(finding.baseline),
        after = value(finding.current)
    )];
    said.push(if onset >= 0.0 {
        say!(context, "chart-alt-after", after = duration(words, onset))
    } else {
        say!(
            context,
            "chart-alt-before",
            before = duration(words, -onset)
        )
    });
    said.extend(limit.map(|limit| {
        let limit = value(limit);
        if finding.hard_limit_crossed {
            say!(context, "chart-alt-beyond", limit = limit)
        } else {
            say!(context, "chart-alt-limit", limit = limit)
        }
    }));
    Text::join(said, &say!(context, "sentence-separator"))
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_ends_and_the_other_begins_with_the_deployment() {
        let course = Course {
            step_s: 10.0,
            values: vec![Some(1.0), None, Some(f64::NAN)],
        };
        let at = |ends| -> Vec<f64> { points(&course, ends).iter().map(|one| one.0).collect() };
        assert_eq!(at(true), [-25.0, -15.0, -5.0]);
        assert_eq!(at(false), [5.0, 15.0, 25.0]);
        let known = points(&course, true).iter().filter_map(|one| one.1).count();
        assert_eq!(known, 1);
    }

    #[test]
    fn what_is_too_long_is_cut_and_shows_it() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
