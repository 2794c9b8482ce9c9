//! Rule by rule: before and after, why, and what people have to say of it.

use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::{duration, number};
use guard::thresholds::{
    Advised, AtHours, Blocker, Comparison, Condition, Looked, Outcome, RuleAdvised, Threshold,
    Verdict,
};

/// What stands where there is nothing to say.
const NOTHING: &str = "thresholds-nothing";

/// Before and after, of those that have a threshold.
pub(super) fn table(advised: &Advised, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "thresholds-rules"));
    let tuned = advised.rules.iter();
    let rows: Vec<Row> = tuned
        .filter_map(|rule| Some(row(rule, rule.threshold()?, context)))
        .collect();
    if rows.is_empty() {
        return section;
    }
    let heads = [
        "thresholds-column-alert",
        "thresholds-column-now",
        "thresholds-column-before",
        "thresholds-column-better",
        "thresholds-column-after",
        "thresholds-column-later",
    ];
    section.table = Some(Table {
        title: section.title.clone(),
        columns: heads.map(|key| words.text(key, Vec::new())).into(),
        rows,
        more: None,
    });
    section
}

fn row(rule: &RuleAdvised, threshold: &Threshold, context: &Context) -> Row {
    let words = context.words();
    let nothing = || words.text(NOTHING, Vec::new());
    let comparison = threshold.comparison;
    let best = threshold.tuned.best();
    Row {
        cells: vec![
            Text::foreign(&rule.alert),
            condition(&threshold.present, comparison, context),
            counts(&threshold.tuned.before, context),
            best.map_or_else(
                || say!(words, "thresholds-keep"),
                |best| condition(&best.condition, comparison, context),
            ),
            best.map_or_else(nothing, |best| counts(&best.outcome, context)),
            best.map_or_else(nothing, |best| duration(words, best.later_s as f64)),
        ],
        details: Vec::<Fact>::new(),
    }
}

fn counts(outcome: &Outcome, context: &Context) -> Text {
    // What nobody judged may be true, and is kept like what is.
    let real = outcome.real + outcome.open;
    say!(
        context,
        "thresholds-counts",
        true = real,
        false = outcome.wrong
    )
}

fn condition(condition: &Condition, comparison: Comparison, context: &Context) -> Text {
    let words = context.words();
    let symbol = || Text::trusted(comparison.symbol());
    let lasts = duration(words, condition.for_s as f64);
    let threshold = number(words, condition.threshold);
    match condition.at_hours {
        None => say!(
            words,
            "thresholds-condition",
            symbol = symbol(),
            threshold = threshold,
            for = lasts
        ),
        Some(AtHours {
            hours,
            threshold: other,
        }) => say!(
            words,
            "thresholds-condition-hours",
            symbol = symbol(),
            threshold = threshold,
            for = lasts,
            from = Text::trusted(format!("{:02}", hours.from)),
            until = Text::trusted(format!("{:02}", hours.until)),
            other = number(words, other)
        ),
    }
}

/// Why each of them came out as it did.
pub(super) fn why(advised: &Advised, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "thresholds-why"));
    for rule in &advised.rules {
        let alert = || Text::foreign(&rule.alert);
        let said = match &rule.looked {
            Looked::Tuned(threshold) => tuned(rule, threshold, context),
            Looked::NoThreshold => say!(words, "thresholds-why-no-threshold", alert = alert()),
            Looked::NoData => say!(words, "thresholds-why-no-data", alert = alert()),
            Looked::TooManySeries => say!(words, "thresholds-why-too-many", alert = alert()),
            Looked::Failed { why } => say!(
                words,
                "thresholds-why-failed",
                alert = alert(),
                why = Foreign::from(why)
            ),
        };
        section.items.push(said);
        if let Some(threshold) = rule.threshold() {
            section.items.extend(also(rule, threshold, context));
        }
    }
    section
}

fn tuned(rule: &RuleAdvised, threshold: &Threshold, context: &Context) -> Text {
    let words = context.words();
    let alert = Text::foreign(&rule.alert);
    let before = threshold.tuned.before.wrong;
    let kept = |key: &'static str, blocker: Option<Blocker>, alert: Text| match blocker {
        Some(blocker) => say!(
            words,
            key,
            alert = alert,
            beyond = blocker.beyond,
            before = before,
            at = context.date(blocker.period.from()),
            peak = number(words, blocker.peak)
        ),
        None => say!(words, "thresholds-why-better", alert = alert),
    };
    match threshold.tuned.verdict {
        Verdict::Better if threshold.tuned.by_hour.is_some() => {
            let steady = threshold.tuned.steady;
            let left = steady.map_or(before, |steady| steady.outcome.wrong);
            say!(
                words,
                "thresholds-why-by-hour",
                alert = alert,
                steady = left,
                before = before
            )
        }
        Verdict::Better => say!(words, "thresholds-why-better", alert = alert),
        Verdict::NotHalf { blocker } => kept("thresholds-why-not-half", blocker, alert),
        Verdict::Inseparable { blocker } => kept("thresholds-why-inseparable", blocker, alert),
        Verdict::NothingFalse => say!(words, "thresholds-why-nothing-false", alert = alert),
        Verdict::NothingConfirmed => {
            say!(words, "thresholds-why-nothing-confirmed", alert = alert)
        }
    }
}

/// What else is to be known of a rule.
fn also(rule: &RuleAdvised, threshold: &Threshold, context: &Context) -> Vec<Text> {
    let words = context.words();
    let alert = || Text::foreign(&rule.alert);
    let mut said = Vec::new();
    if let Some(held) = threshold.tuned.held_out {
        said.push(say!(
            words,
            "thresholds-held-out",
            alert = alert(),
            after = held.after.wrong,
            before = held.before.wrong,
            lost = held.lost
        ));
    }
    if rule.shared && threshold.proposed.is_some() {
        said.push(say!(words, "thresholds-why-shared", alert = alert()));
    }
    let fired = threshold.tuned.before.fired;
    // A firing more or less is a matter of when one looks.
    if let Some(recorded) = rule.recorded.filter(|known| known.abs_diff(fired) > 1) {
        said.push(say!(
            words,
            "thresholds-why-recorded",
            alert = alert(),
            recorded = recorded,
            fired = fired
        ));
    }
    said
}

/// Firings that nobody has judged, each with what to say.
pub(super) fn to_judge(advised: &Advised, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "thresholds-judge"));
    for rule in &advised.rules {
        let Some(threshold) = rule.threshold() else {
            continue;
        };
        for period in &threshold.to_judge {
            let moment = period.from().to_string();
            section.items.push(say!(
                words,
                "thresholds-judge-item",
                service = Text::foreign(&advised.service),
                alert = Text::foreign(&rule.alert),
                at = Text::foreign(moment.as_str())
            ));
        }
    }
    if !section.items.is_empty() {
        section.body.push(say!(words, "thresholds-judge-how"));
    }
    section
}
