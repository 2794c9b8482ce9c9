//! What to look at: signals with their thresholds, commands to try it out, and how much is asked of it.

use super::section;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::model::{Row, Table};
use crate::say;
use crate::text::Text;
use crate::thresholds::load_facts;
use crate::words::amount;
use guard::runbook::{Runbook, Watched};

/// What stands where there is no number.
const NOTHING: &str = "runbook-nothing";

pub(super) fn signals(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-watch", context);
    if runbook.watched.is_empty() {
        section.body.push(say!(words, "runbook-watch-none"));
        return section;
    }
    section.body.push(say!(words, "runbook-watch-how"));
    let heads = [
        "column-signal",
        "runbook-column-usual",
        "runbook-column-spread",
        "runbook-column-speaks",
        "runbook-column-warn",
        "runbook-column-hard",
    ];
    section.table = Some(Table {
        title: section.title.clone(),
        columns: heads.map(|key| words.text(key, Vec::new())).into(),
        rows: runbook
            .watched
            .iter()
            .map(|one| row(one, context))
            .collect(),
        more: None,
    });
    let missing = runbook.missing.iter();
    section.items = missing
        .map(|why| say!(words, "runbook-missing", why = Foreign::from(why)))
        .collect();
    section
}

fn row(watched: &Watched, context: &Context) -> Row {
    let words = context.words();
    let value = |value: Option<f64>| match value {
        Some(value) => amount(words, value, &watched.unit),
        None => words.text(NOTHING, Vec::new()),
    };
    let spread = watched.spread.map(|(low, high)| {
        say!(
            words,
            "range",
            low = value(Some(low)),
            high = value(Some(high))
        )
    });
    let name = Text::foreign(Foreign::from(&watched.signal));
    Row {
        cells: vec![
            if watched.of_dependency {
                say!(words, "signal-of-dependency", signal = name)
            } else {
                name
            },
            value(watched.usual),
            spread.unwrap_or_else(|| words.text(NOTHING, Vec::new())),
            value(watched.speaks_from),
            value(watched.warn_limit),
            value(watched.hard_limit),
        ],
        details: Vec::new(),
    }
}

pub(super) fn smoke(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-smoke", context);
    let commands = runbook.smoke.iter();
    section.items = commands
        .map(|command| Text::code(Foreign::from(command)))
        .collect();
    if section.items.is_empty() {
        section.body.push(say!(words, "runbook-smoke-none"));
    }
    section.items.push(say!(
        words,
        "runbook-smoke-check",
        service = Foreign::from(&runbook.service)
    ));
    section
}

pub(super) fn traffic(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-traffic", context);
    if let Some(requests) = runbook.requests {
        section.body.push(say!(
            words,
            "runbook-traffic-now",
            requests = amount(words, requests, "per_second")
        ));
    }
    section.facts = load_facts(runbook.load.as_ref(), context);
    section
}
