//! What the answer stands on: what speaks for it and against it, what moved, and what was not looked at.

use super::short;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::Fact;
use crate::say;
use crate::suspects::elsewhere;
use crate::text::Text;
use guard::cause::{Cause, Unseen};
use guard::culprit::Culprit;
use guard::report::Blamed;
use guard::suspects::Supports;

/// Queries that are shown.
const MOST_QUERIES: usize = 5;

/// What speaks for the deployment, then what speaks for another cause.
pub(super) fn evidence(cause: &Cause, context: &Context) -> Vec<Fact> {
    let fact = |key, value| Fact {
        label: context.words().text(key, Vec::new()),
        value,
    };
    let supports = cause.supports.iter().map(|why| supports(why, context));
    let against = cause.elsewhere.iter().map(|why| elsewhere(why, context));
    supports
        .map(|why| fact("cause-label-for", why))
        .chain(against.map(|why| fact("cause-label-against", why)))
        .collect()
}

pub(crate) fn supports(why: &Supports, context: &Context) -> Text {
    match why {
        Supports::After { onset, changed } => say!(
            context,
            "cause-for-after",
            onset = context.date(*onset),
            changed = context.date(*changed)
        ),
        Supports::ControlsStayed { .. } => say!(context, "cause-for-controls"),
        Supports::DependenciesStayed { count } => {
            say!(context, "cause-for-dependencies", count = *count)
        }
        Supports::TrafficDoesNot => say!(context, "cause-for-traffic"),
        Supports::OtherDaysDoNot => say!(context, "cause-for-other-days"),
    }
}

/// Each signal with the query that shows it.
pub(super) fn queries<'a>(
    found: impl Iterator<Item = (&'a str, &'a str)>,
    cause: &Cause,
) -> Vec<Fact> {
    let explained = |signal: &str| cause.signals.iter().any(|known| known.as_str() == signal);
    let mut told: Vec<(&str, &str)> = Vec::new();
    for (signal, query) in found {
        if explained(signal) && !query.is_empty() && !told.contains(&(signal, query)) {
            told.push((signal, query));
        }
    }
    let told = told.into_iter().take(MOST_QUERIES);
    told.map(|(signal, query)| Fact {
        label: Text::foreign(Foreign::new(signal)),
        value: Text::code(Foreign::new(query)),
    })
    .collect()
}

/// How much was looked at, and what was not.
pub(super) fn looked_at(cause: &Cause, context: &Context) -> Vec<Text> {
    let all = [say!(context, "cause-looked-at", count = cause.changes)];
    let missing = cause.missing.iter().map(|(what, count)| match what {
        Unseen::Commits => say!(context, "cause-missing-commits", count = *count),
        Unseen::Files => say!(context, "cause-missing-files", count = *count),
        Unseen::Patches => say!(context, "cause-missing-patches", count = *count),
        Unseen::Requests => say!(context, "cause-missing-requests", count = *count),
        Unseen::Logs => say!(context, "cause-missing-logs", count = *count),
    });
    all.into_iter().chain(missing).collect()
}

/// What a person says did it.
#[must_use]
pub fn blamed(by: &str, culprit: &Culprit, context: &Context) -> Text {
    let by = Foreign::new(by);
    match culprit {
        Culprit::Change { id } => say!(context, "cause-named", by = by, change = short(id)),
        Culprit::NotThisDeployment => say!(context, "cause-named-none", by = by),
    }
}

/// What everybody says, the newest last.
pub(super) fn opinions(named: &[Blamed], context: &Context) -> Vec<Text> {
    let words = context.words();
    let said = |one: &Blamed| {
        let said = blamed(&one.by, &one.culprit, context);
        match &one.note {
            None => said,
            Some(note) => say!(
                words,
                "cause-named-because",
                said = said,
                note = say!(words, "quoted", text = Foreign::from(note))
            ),
        }
    };
    named.iter().map(said).collect()
}
