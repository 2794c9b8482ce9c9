//! Which change did it: in the thread, in the timeline, and as a document of its own.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Message, Row, Severity, Table};
use crate::say;
use crate::suspects::{elsewhere, reason};
use crate::text::Text;
use crate::words::amount;
use guard::cause::{Accused, Cause, Unseen};
use guard::state::State;
use guard::suspects::Verdict;

/// Reasons of one suspect that are shown.
const REASONS: usize = 3;
/// Digits of a commit that people read.
const SHORT: usize = 10;

/// The answer in one line.
pub(crate) fn headline(cause: &Cause, context: &Context) -> Text {
    let words = context.words();
    let first = cause.suspects.first();
    match (cause.verdict, first) {
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

/// The answer as a document.
#[must_use]
pub fn document(cause: &Cause, state: &State, context: &Context) -> Document {
    let words = context.words();
    let told = message(cause, context);
    let plan = state.plan();
    let suspects = Section {
        table: told.table,
        body: told.body,
        ..Section::new(say!(words, "cause-table"))
    };
    Document {
        severity: told.severity,
        title: say!(
            words,
            "suspects-title",
            service = Foreign::from(&plan.service)
        ),
        headline: told.headline,
        facts: Vec::new(),
        sections: vec![suspects],
        footer: say!(
            words,
            "cause-footer",
            deployment = Foreign::from(&plan.deployment),
            version = Foreign::from(&plan.to)
        ),
    }
}

/// The answer with the suspects, what speaks for another cause, and what was not looked at.
pub(crate) fn message(cause: &Cause, context: &Context) -> Message {
    let words = context.words();
    let mut body: Vec<Text> = cause
        .elsewhere
        .iter()
        .map(|why| elsewhere(why, context))
        .collect();
    body.push(say!(words, "cause-looked-at", count = cause.changes));
    body.extend(cause.missing.iter().map(|(what, count)| match what {
        Unseen::Commits => say!(words, "cause-missing-commits", count = *count),
        Unseen::Files => say!(words, "cause-missing-files", count = *count),
        Unseen::Patches => say!(words, "cause-missing-patches", count = *count),
        Unseen::Requests => say!(words, "cause-missing-requests", count = *count),
    }));
    Message {
        body,
        table: table(cause, context),
        ..Message::line(Severity::Warning, headline(cause, context))
    }
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
    // As text: foreign words never become a link, and whoever wants to go there sees where.
    let page = accused.url.as_deref().filter(|url| is_web(url));
    let page = page.map(|url| Fact {
        label: say!(words, "cause-label-link"),
        value: Text::code(Foreign::new(url)),
    });
    Row {
        cells: vec![
            short(&accused.id),
            amount(words, accused.probability, "ratio"),
            Text::foreign(author(accused)),
            Text::foreign(Foreign::new(&accused.title)),
        ],
        details: why.chain(page).collect(),
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whoever has an address is known by name.
fn author(accused: &Accused) -> Foreign {
    let name = accused.author.split('<').next().unwrap_or_default();
    Foreign::new(name.trim())
}

fn short(id: &str) -> Text {
    let cut = id.char_indices().nth(SHORT).map_or(id.len(), |(at, _)| at);
    Text::code(Foreign::new(&id[..cut]))
}
