//! Charts of a deployment, made of what was measured.

use super::marks::{Mark, marks};
use super::{Chart, MOST, Names, Points};
use crate::context::Context;
use crate::layout::plain;
use crate::parent::lead;
use crate::say;
use crate::text::Text;
use crate::words::{amount, duration};
use guard::detect::Course;
use guard::finding::Finding;
use guard::measured::Measured;
use guard::state::{Cure, State};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Characters of what is drawn as a title, and of what is said instead of the picture.
const TITLE: usize = 90;
const ALT: usize = 900;

/// The signals that moved and are not over, each with its course; none of which too little was measured.
#[must_use]
pub fn charts(state: &State, context: &Context) -> Vec<Chart> {
    let mut all: Vec<Chart> = Vec::new();
    let marks = marks_of(state, context);
    for record in state.open_findings() {
        let signal = &record.finding.signal;
        let new = all.iter().all(|one| one.signal != signal.as_str());
        if let Some(measured) = state.measured(signal).filter(|_| new) {
            let drawn = chart(state, Some(&record.finding), measured, context);
            all.extend(drawn.map(|chart| chart.marked(&marks)));
        }
    }
    all.truncate(MOST);
    beside_each_other(&mut all);
    all
}

/// Gives all of them the same axis.
fn beside_each_other(all: &mut [Chart]) {
    let ends: Vec<(f64, f64)> = all.iter().filter_map(Chart::ends).collect();
    let first = ends.iter().map(|ends| ends.0).reduce(f64::min);
    let last = ends.iter().map(|ends| ends.1).reduce(f64::max);
    for one in all {
        one.span = first.zip(last);
    }
}

/// Every signal with its course: those that moved and are not over, the first to move before the others, then those that
/// are over, then the rest. `newer` is what
/// was measured since it was last kept, where that is known.
#[must_use]
pub fn signals(state: &State, newer: Option<&[Measured]>, context: &Context) -> Vec<Chart> {
    let marks = marks_of(state, context);
    let all = newer.unwrap_or(state.all_measured());
    let finding = |measured: &Measured| {
        let mut found = state.findings().map(|record| &record.finding);
        found.find(|finding| finding.signal == measured.signal)
    };
    let mut drawn: Vec<Chart> = Vec::new();
    for measured in all {
        // A dependency may be watched for the same thing under the same name.
        if drawn
            .iter()
            .all(|one| one.signal != measured.signal.as_str())
        {
            let made = chart(state, finding(measured), measured, context);
            drawn.extend(made.map(|chart| chart.marked(&marks)));
        }
    }
    let open: BTreeSet<&str> = state
        .open_findings()
        .map(|record| record.finding.signal.as_str())
        .collect();
    let over = |chart: &Chart| !open.contains(chart.signal.as_str());
    let order = |chart: &Chart| chart.onset.unwrap_or(f64::INFINITY);
    beside_each_other(&mut drawn);
    drawn.sort_by(|a, b| (over(a).cmp(&over(b))).then(order(a).total_cmp(&order(b))));
    drawn
}

fn marks_of(state: &State, context: &Context) -> Vec<Mark> {
    let since = state.first_change();
    since.map_or_else(Vec::new, |since| marks(state, since, context))
}

fn chart(
    state: &State,
    finding: Option<&Finding>,
    measured: &Measured,
    context: &Context,
) -> Option<Chart> {
    let measure = &measured.measure;
    let began = state.first_change()?;
    let limit = measure.limits.hard.or(measure.limits.warn);
    let title = say!(
        context,
        "chart-title",
        signal = Text::foreign(&measured.signal),
        lead = lead(state, context)
    );
    let words = context.words();
    let (before, after) = (points(&measure.past, true), points(&measure.course, false));
    let known = before.iter().chain(&after);
    if known.filter(|(_, value)| value.is_some()).count() < 2 {
        return None;
    }
    let band = finding.map(|finding| finding.baseline).or(measure.before);
    let band = band.zip(measure.tolerated).map(|(at, by)| {
        let low = at - by;
        // What cannot be negative is tolerated down to nothing.
        (if at >= 0.0 { low.max(0.0) } else { low }, at + by)
    });
    let said = alt(state, finding, measured, limit, context);
    Some(Chart {
        signal: measured.signal.as_str().to_owned(),
        title: cut(&plain::text(&title), TITLE),
        alt: cut(&plain::text(&said), ALT),
        before,
        after,
        beside: points(&measure.beside, false),
        onset: finding.map(|finding| seconds(finding.onset_at, began)),
        band: band.filter(|(low, high)| low.is_finite() && high.is_finite()),
        limit: limit.map(|limit| {
            let said = amount(words, limit, &measure.unit);
            let said = say!(context, "chart-limit", limit = said);
            (limit, plain::text(&said))
        }),
        marks: Vec::new(),
        span: None,
        window: None,
        names: names(context),
        unit: measure.unit.clone(),
        words,
    })
}

fn seconds(at: Timestamp, since: Timestamp) -> f64 {
    at.duration_since(since).as_secs_f64()
}

fn names(context: &Context) -> Names {
    Names {
        deployed: plain::text(&say!(context, "chart-deployed")),
        began: plain::text(&say!(context, "chart-began")),
        before: plain::text(&say!(context, "chart-before")),
        after: plain::text(&say!(context, "chart-changed")),
        beside: plain::text(&say!(context, "chart-unchanged")),
        band: plain::text(&say!(context, "chart-tolerated")),
    }
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
    finding: Option<&Finding>,
    measured: &Measured,
    limit: Option<f64>,
    context: &Context,
) -> Text {
    let words = context.words();
    let measure = &measured.measure;
    let value = |value: f64| amount(words, value, &measure.unit);
    let (before, after) = match finding {
        Some(finding) => (Some(finding.baseline), Some(finding.current)),
        None => (measure.before, measure.after),
    };
    let some = |known: Option<f64>| value(known.unwrap_or(f64::NAN));
    let signal = Text::foreign(&measured.signal);
    let lead = lead(state, context);
    let mut said = vec![if finding.is_some_and(|finding| is_over(state, finding)) {
        let last = measure.course.values.iter().rev().find_map(|value| *value);
        say!(
            context,
            "chart-alt-over",
            signal = signal,
            lead = lead,
            before = some(before),
            meanwhile = some(after),
            after = some(last)
        )
    } else {
        say!(
            context,
            "chart-alt",
            signal = signal,
            lead = lead,
            before = some(before),
            after = some(after)
        )
    }];
    let onset = finding.zip(state.first_change());
    let onset = onset.map(|(finding, began)| seconds(finding.onset_at, began));
    said.push(match onset {
        Some(onset) if onset >= 0.0 => {
            say!(context, "chart-alt-after", after = duration(words, onset))
        }
        Some(onset) => say!(
            context,
            "chart-alt-before",
            before = duration(words, -onset)
        ),
        None => say!(context, "chart-alt-nothing"),
    });
    said.extend(limit.map(|limit| {
        let limit = value(limit);
        if finding.is_some_and(|finding| finding.hard_limit_crossed) {
            say!(context, "chart-alt-beyond", limit = limit)
        } else {
            say!(context, "chart-alt-limit", limit = limit)
        }
    }));
    Text::join(said, &say!(context, "sentence-separator"))
}

/// Whether what was found is not so any more: it ended by itself, or a rollback is proven to have helped.
fn is_over(state: &State, finding: &Finding) -> bool {
    let mut open = state.open_findings();
    matches!(state.cure(), Cure::Confirmed { .. })
        || !open.any(|record| record.finding.signal == finding.signal)
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
