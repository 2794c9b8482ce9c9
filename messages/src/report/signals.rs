//! Signal by signal, and what moved.

use super::names;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Table};
use crate::say;
use crate::spark::Spark;
use crate::text::Text;
use crate::words::{amount, change, duration, interval};
use guard::detect::{NoData, SignalKind};
use guard::report::{FindingRow, Report, SignalRow, SignalVerdict};

/// What stands where there is no number.
const NOTHING: &str = "report-nothing";

/// Before, after, change, limit and verdict of each signal.
pub(crate) fn signals(report: &Report, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "report-signals"));
    if report.signals.is_empty() {
        section.body.push(say!(words, "report-signals-none"));
    } else {
        section.table = Some(Table {
            title: section.title.clone(),
            columns: heads(
                &[
                    "column-signal",
                    "report-column-before",
                    "report-column-after",
                    "report-column-change",
                    "report-column-limit",
                    "report-column-verdict",
                    "report-column-course",
                ],
                context,
            ),
            rows: report
                .signals
                .iter()
                .map(|row| signal(row, context))
                .collect(),
            more: None,
        });
    }
    section.items = report
        .blind
        .iter()
        .filter(|blind| blind.surprises())
        .map(|blind| {
            say!(
                words,
                "report-blind",
                signal = Foreign::from(&blind.signal),
                why = names::no_data(&blind.why, context)
            )
        })
        .collect();
    section
}

pub(super) fn heads(keys: &[&str], context: &Context) -> Vec<Text> {
    let words = context.words();
    keys.iter().map(|key| words.text(key, Vec::new())).collect()
}

fn signal(row: &SignalRow, context: &Context) -> Row {
    let words = context.words();
    let nothing = || words.text(NOTHING, Vec::new());
    let value = |value: Option<f64>| value.map_or_else(nothing, |v| amount(words, v, &row.unit));
    Row {
        cells: vec![
            name(row, context),
            value(row.before),
            value(row.after),
            difference(row, context),
            limits(row, context),
            verdict(row, context),
            Spark::of(&row.past.values, &row.course.values).map_or_else(nothing, Text::spark),
        ],
        details: Vec::new(),
    }
}

/// `latency p95`.
fn name(row: &SignalRow, context: &Context) -> Text {
    let words = context.words();
    let signal = Foreign::from(&row.signal);
    let named = match row.quantile {
        Some(quantile) => say!(
            words,
            "signal-quantile",
            signal = signal,
            percent = crate::words::number(words, quantile * 100.0)
        ),
        None => Text::foreign(signal),
    };
    if row.of_dependency {
        say!(words, "signal-of-dependency", signal = named)
    } else {
        named
    }
}

fn difference(row: &SignalRow, context: &Context) -> Text {
    let words = context.words();
    match (row.change, row.interval) {
        (Some(effect), Some(ends)) => say!(
            words,
            "report-change",
            effect = change(words, effect, &row.unit),
            interval = interval(words, ends, &row.unit)
        ),
        _ => words.text(NOTHING, Vec::new()),
    }
}

fn limits(row: &SignalRow, context: &Context) -> Text {
    let words = context.words();
    let shown = |limit: f64| amount(words, limit, &row.unit);
    match (row.warn_limit, row.hard_limit) {
        (Some(warn), Some(hard)) => {
            say!(
                words,
                "report-limits",
                warn = shown(warn),
                hard = shown(hard)
            )
        }
        (Some(limit), None) => say!(words, "report-limit-warn", limit = shown(limit)),
        (None, Some(limit)) => say!(words, "report-limit-hard", limit = shown(limit)),
        (None, None) => words.text(NOTHING, Vec::new()),
    }
}

fn verdict(row: &SignalRow, context: &Context) -> Text {
    let words = context.words();
    let said = names::signal_verdict(row.verdict, context);
    match (&row.no_data, row.verdict, row.smallest_visible) {
        (Some(why), SignalVerdict::Unmeasured, _) => say!(
            words,
            "signal-unmeasured-why",
            verdict = said,
            why = missing(why, context)
        ),
        (_, SignalVerdict::Inconclusive, Some(visible)) => say!(
            words,
            "signal-inconclusive-visible",
            verdict = said,
            visible = crate::words::size(words, visible, visible_unit(row))
        ),
        _ => said,
    }
}

/// What could be seen of an availability is a share of failed scrapes.
fn visible_unit(row: &SignalRow) -> &str {
    match row.kind {
        SignalKind::Availability => "ratio",
        _ => &row.unit,
    }
}

fn missing(why: &NoData, context: &Context) -> Text {
    let word = match why {
        NoData::NoSeries => "no_series",
        NoData::NotStarted => "not_started",
        NoData::NoBaseline => "no_baseline",
        NoData::NotANumber => "not_a_number",
        NoData::QueryFailed => "query_failed",
        NoData::Silent(instance) => {
            let instance = Foreign::from(instance);
            return say!(context, "no-data-silent", instance = instance);
        }
    };
    names::no_data(word, context)
}

/// What moved, and how it ended.
pub(super) fn findings(report: &Report, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "report-findings"));
    if report.findings.is_empty() {
        return section;
    }
    section.table = Some(Table {
        title: section.title.clone(),
        columns: heads(
            &[
                "column-signal",
                "column-where",
                "column-values",
                "column-effect",
                "column-since",
                "report-column-found",
                "report-column-ended",
            ],
            context,
        ),
        rows: report
            .findings
            .iter()
            .map(|row| finding(row, context))
            .collect(),
        more: None,
    });
    section
}

fn scope(row: &FindingRow, context: &Context) -> Text {
    match row.scope.as_str() {
        "group" => say!(context, "scope-group"),
        instance => Text::foreign(instance),
    }
}

/// `errors 0.2 % → 31 % (+30.8 points) in all changed instances`.
pub(crate) fn finding_line(row: &FindingRow, context: &Context) -> Text {
    let words = context.words();
    say!(
        words,
        "report-finding-line",
        signal = Foreign::from(&row.signal),
        scope = scope(row, context),
        before = amount(words, row.before, &row.unit),
        after = amount(words, row.after, &row.unit),
        effect = change(words, row.change, &row.unit),
        interval = interval(words, row.interval, &row.unit),
        attribution = words.attribution(row.attribution)
    )
}

fn finding(row: &FindingRow, context: &Context) -> Row {
    let words = context.words();
    let end = names::finding_end(row.end, context);
    let end = match row.ended_at {
        Some(at) => say!(words, "report-ended-at", end = end, at = context.time(at.0)),
        None => end,
    };
    let after_s = row.onset_at.until(row.opened_at).max(0.0);
    Row {
        cells: vec![
            Text::foreign(row.signal.as_str()),
            scope(row, context),
            say!(
                words,
                "from-to",
                from = amount(words, row.before, &row.unit),
                to = amount(words, row.after, &row.unit)
            ),
            change(words, row.change, &row.unit),
            context.time(row.onset_at.0),
            say!(
                words,
                "report-found-after",
                duration = duration(words, after_s)
            ),
            end,
        ],
        details: details(row, context),
    }
}

fn details(row: &FindingRow, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let basis = say!(
        words,
        "report-basis",
        comparison = words.comparison(row.comparison),
        interval = interval(words, row.interval, &row.unit),
        window = duration(words, row.window_s),
        attribution = words.attribution(row.attribution)
    );
    let fact = |key: &str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let evidence = row.evidence_id.as_deref();
    let query = (!row.query.is_empty()).then(|| Text::code(row.query.as_str()));
    [
        Some(fact("fact-basis", basis)),
        query.map(|query| fact("fact-query", query)),
        evidence.map(|id| fact("fact-evidence", Text::foreign(id))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
