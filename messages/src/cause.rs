//! Which change did it: in the thread, in the timeline, and as a document of its own.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Link, Message, Row, Severity, Table};
use crate::say;
use crate::spark::Spark;
use crate::suspects::{elsewhere, reason};
use crate::text::Text;
use crate::words::amount;
use guard::cause::{Accused, Cause};
use guard::duty::author_name;
use guard::report::{Blamed, FindingRow};
use guard::state::State;
use guard::suspects::Verdict;

mod evidence;
mod signatures;

pub use evidence::blamed;
pub(crate) use evidence::supports;
pub(crate) use signatures::{line as error_line, section as error_section};

/// A change stands out from here.
const STANDS_OUT: f64 = 0.4;
/// Reasons of one suspect that are shown.
const REASONS: usize = 3;
/// Digits of a commit that people read.
const SHORT: usize = 10;
/// Courses that are drawn.
const MOST_COURSES: usize = 3;

/// The answer in one line.
#[must_use]
pub fn headline(cause: &Cause, context: &Context) -> Text {
    let words = context.words();
    let first = cause.suspects.first();
    match (cause.verdict, first) {
        (Verdict::Change, Some(first)) if first.probability < STANDS_OUT => say!(
            words,
            "cause-deployment",
            probability = amount(words, cause.probability, "ratio"),
            change = short(&first.id),
            title = Foreign::new(&first.title),
            author = author(first)
        ),
        (Verdict::Change, Some(first)) => say!(
            words,
            "cause-change",
            change = short(&first.id),
            title = Foreign::new(&first.title),
            author = author(first),
            probability = amount(words, first.probability, "ratio")
        ),
        (Verdict::NotThisDeployment, _) => match cause.elsewhere.first() {
            Some(why) => say!(words, "cause-elsewhere", why = elsewhere(why, context)),
            None => say!(words, "cause-unknown-none"),
        },
        (_, Some(first)) => say!(
            words,
            "cause-unknown",
            change = short(&first.id),
            title = Foreign::new(&first.title),
            author = author(first)
        ),
        (_, None) => say!(words, "cause-unknown-none"),
    }
}

/// The words of the button that names a suspect.
#[must_use]
pub fn it_was(accused: &Accused, context: &Context) -> Text {
    say!(
        context,
        "cause-it-was",
        change = short(&accused.id),
        title = Foreign::new(&accused.title)
    )
}

/// The answer as a document.
#[must_use]
pub fn document(cause: &Cause, state: &State, context: &Context) -> Document {
    let words = context.words();
    let plan = state.plan();
    let named = guard::report::blamed(state);
    Document {
        severity: Severity::Warning,
        title: say!(
            words,
            "suspects-title",
            service = Foreign::from(&plan.service)
        ),
        headline: headline(cause, context),
        facts: Vec::new(),
        sections: sections(cause, &named, queries(state), context),
        footer: say!(
            words,
            "cause-footer",
            deployment = Foreign::from(&plan.deployment),
            version = Foreign::from(&plan.to)
        ),
    }
}

/// Suspects; what speaks for and against; the queries; what people say. Those that are empty are left out.
fn sections(
    cause: &Cause,
    named: &[Blamed],
    queries: Vec<(&str, &str)>,
    context: &Context,
) -> Vec<Section> {
    let words = context.words();
    let section = |key| Section::new(words.text(key, Vec::new()));
    let parts = [
        Section {
            table: table(cause, context),
            body: evidence::looked_at(cause, context),
            links: pages(cause, context).collect(),
            ..section("cause-table")
        },
        signatures::section(cause, context),
        Section {
            facts: evidence::evidence(cause, context),
            ..section("cause-evidence")
        },
        Section {
            facts: evidence::queries(queries.into_iter(), cause),
            ..section("cause-queries")
        },
        Section {
            items: evidence::opinions(named, context),
            ..section("cause-people")
        },
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// The answer as a part of a report or a postmortem; empty where nothing was ranked.
pub(crate) fn section(
    cause: Option<&Cause>,
    named: &[Blamed],
    found: &[FindingRow],
    context: &Context,
) -> Section {
    let Some(cause) = cause else {
        return Section::default();
    };
    let queries = found
        .iter()
        .map(|row| (row.signal.as_str(), row.query.as_str()));
    let mut facts = evidence::evidence(cause, context);
    facts.extend(evidence::queries(queries, cause));
    let answer = [headline(cause, context)];
    let looked_at = evidence::looked_at(cause, context);
    let errors = signatures::lines(cause, context);
    Section {
        body: answer.into_iter().chain(errors).chain(looked_at).collect(),
        facts,
        items: evidence::opinions(named, context),
        table: table(cause, context),
        links: pages(cause, context).collect(),
        title: say!(context, "cause-title"),
    }
}

/// The answer in the thread.
pub(crate) fn message(cause: &Cause, state: &State, context: &Context) -> Message {
    let mut facts = courses(cause, state);
    facts.extend(evidence::evidence(cause, context));
    facts.extend(evidence::queries(queries(state).into_iter(), cause));
    let mut body = signatures::lines(cause, context);
    body.extend(evidence::looked_at(cause, context));
    Message {
        facts,
        body,
        table: table(cause, context),
        offers: crate::fix::offers(state, context),
        opinions: crate::opinions::opinions(state, context),
        links: crate::root_cause::link(state.plan().deployment.as_str(), context)
            .into_iter()
            .chain(pages(cause, context))
            .collect(),
        ..Message::line(Severity::Warning, headline(cause, context))
    }
}

/// How each signal that it explains went, as far as that was kept.
fn courses(cause: &Cause, state: &State) -> Vec<Fact> {
    let drawn = cause.signals.iter().filter_map(|signal| {
        let measure = &state.measured(signal)?.measure;
        let spark = Spark::of(&measure.past.values, &measure.course.values)?;
        Some(Fact {
            label: Text::foreign(signal),
            value: Text::spark(spark),
        })
    });
    drawn.take(MOST_COURSES).collect()
}

fn queries(state: &State) -> Vec<(&str, &str)> {
    let found = state.findings().map(|known| &known.finding);
    found
        .map(|finding| (finding.signal.as_str(), finding.query.as_str()))
        .collect()
}

fn table(cause: &Cause, context: &Context) -> Option<Table> {
    if cause.suspects.is_empty() {
        return None;
    }
    let words = context.words();
    let columns = [
        "suspects-column-change",
        "suspects-column-probability",
        "suspects-column-author",
        "suspects-column-title",
    ];
    Some(Table {
        title: say!(words, "cause-table"),
        columns: columns.map(|key| words.text(key, Vec::new())).into(),
        rows: cause.suspects.iter().map(|one| row(one, context)).collect(),
        more: None,
    })
}

fn row(accused: &Accused, context: &Context) -> Row {
    let words = context.words();
    let why = accused.reasons.iter().take(REASONS).map(|why| Fact {
        label: say!(words, "suspects-label-why"),
        value: reason(why, context),
    });
    Row {
        cells: vec![
            short(&accused.id),
            amount(words, accused.probability, "ratio"),
            Text::foreign(author(accused)),
            Text::foreign(Foreign::new(&accused.title)),
        ],
        details: why.collect(),
    }
}

/// The suspects' pages at the code host, whose address is made of what is configured and of the commit's hash.
fn pages(cause: &Cause, context: &Context) -> impl Iterator<Item = Link> {
    cause.suspects.iter().filter_map(|one| {
        let label = say!(context, "cause-link", change = short(&one.id));
        Link::checked(label, one.url.as_deref()?)
    })
}

/// Whoever has an address is known by name.
fn author(accused: &Accused) -> Foreign {
    Foreign::new(author_name(&accused.author))
}

fn short(id: &str) -> Text {
    let cut = id.char_indices().nth(SHORT).map_or(id.len(), |(at, _)| at);
    Text::code(Foreign::new(&id[..cut]))
}
