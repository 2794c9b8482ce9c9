//! Errors that are logged since something hurts.

use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::number;
use guard::cause::Cause;
use guard::signatures::{Change, Signature};

/// Lines in the thread.
const LINES: usize = 3;
/// What is shown of a record, in characters.
const SAMPLE: usize = 600;
/// What is shown of a kind of record, in characters.
const TEMPLATE: usize = 160;

/// One line each, for the thread.
pub(super) fn lines(cause: &Cause, context: &Context) -> Vec<Text> {
    let told = cause.signatures.iter().take(LINES);
    told.map(|one| line(one, context)).collect()
}

pub(crate) fn line(signature: &Signature, context: &Context) -> Text {
    let words = context.words();
    let what = what(signature);
    let after = number(words, signature.after_per_minute);
    match signature.change {
        Change::New => say!(
            words,
            "cause-error-new",
            what = what,
            after = after,
            count = number(words, signature.after as f64)
        ),
        Change::MoreFrequent => say!(
            words,
            "cause-error-more",
            what = what,
            before = number(words, signature.before_per_minute),
            after = after,
            count = number(words, signature.after as f64)
        ),
    }
}

/// All of them with a record of each, for the document; empty without any.
pub(crate) fn section(cause: &Cause, context: &Context) -> Section {
    if cause.signatures.is_empty() {
        return Section::default();
    }
    let words = context.words();
    let columns = [
        "cause-errors-column-what",
        "cause-errors-column-before",
        "cause-errors-column-after",
        "cause-errors-column-count",
    ];
    let rows = cause.signatures.iter().map(|one| row(one, context));
    Section {
        table: Some(Table {
            title: say!(words, "cause-errors"),
            columns: columns.map(|key| words.text(key, Vec::new())).into(),
            rows: rows.collect(),
            more: None,
        }),
        ..Section::new(say!(words, "cause-errors"))
    }
}

fn row(signature: &Signature, context: &Context) -> Row {
    let words = context.words();
    let mut details = vec![Fact {
        label: say!(words, "cause-errors-sample"),
        value: Text::code(Foreign::new(cut(&signature.sample, SAMPLE))),
    }];
    if !signature.places.is_empty() {
        details.push(Fact {
            label: say!(words, "cause-errors-places"),
            value: Text::foreign(Foreign::new(&signature.places.join(", "))),
        });
    }
    Row {
        cells: vec![
            Text::foreign(what(signature)),
            number(words, signature.before_per_minute),
            number(words, signature.after_per_minute),
            number(words, signature.after as f64),
        ],
        details,
    }
}

fn what(signature: &Signature) -> Foreign {
    let template = cut(&signature.template, TEMPLATE);
    match &signature.origin {
        Some(origin) => Foreign::new(&format!("{template} ({})", cut(origin, TEMPLATE))),
        None => Foreign::new(template),
    }
}

fn cut(text: &str, most: usize) -> &str {
    let end = text
        .char_indices()
        .nth(most)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}
