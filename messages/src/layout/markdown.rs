//! Markdown, for webhooks and pull requests. Foreign text stands in code spans, where neither mentions
//! nor links nor tags mean anything.

use super::clean::{CODE_CHARS, FOREIGN_CHARS, clean, colon};
use crate::document::{Document, Section};
use crate::model::{Fact, Message, Table};
use crate::text::{Piece, Text};
use std::fmt::Write;

/// A text in one line.
#[must_use]
pub fn text(text: &Text) -> String {
    text.pieces().iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Words(words) | Piece::Time { words, .. } => escaped(words),
        Piece::Spark(spark) => spark.characters(),
        Piece::Foreign(text) => span(&clean(text, FOREIGN_CHARS)),
        Piece::Code(text) => span(&clean(text, CODE_CHARS)),
    }
}

// A span ends at its backtick, so there is none inside.
fn span(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{}`", text.replace('`', "ˋ"))
    }
}

fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if "\\`*_~|<>[]#".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A whole message.
#[must_use]
pub fn message(message: &Message) -> String {
    let mut out = format!(
        "**{} {}**\n\n",
        message.severity.mark(),
        text(&message.headline)
    );
    for fact in &message.facts {
        line(&mut out, "- ", &labelled(fact));
    }
    if let Some(progress) = &message.progress {
        line(&mut out, "- ", &text(&progress.words));
    }
    for sentence in &message.body {
        line(&mut out, "\n", &text(sentence));
    }
    for table in message
        .table
        .iter()
        .chain(message.progress.iter().map(|progress| &progress.instances))
    {
        rows(&mut out, table);
    }
    for link in &message.links {
        line(
            &mut out,
            "\n",
            &format!("[{}]({})", text(&link.label), link.url),
        );
    }
    if !message.footer.is_empty() {
        line(&mut out, "\n", &text(&message.footer));
    }
    out
}

/// A whole document, with headings and tables.
#[must_use]
pub fn document(document: &Document) -> String {
    let mut out = format!(
        "# {}\n\n**{} {}**\n",
        text(&document.title),
        document.severity.mark(),
        text(&document.headline)
    );
    list(&mut out, document.facts.iter().map(labelled));
    for part in document.sections.iter().filter(|part| !part.is_empty()) {
        section(&mut out, part);
    }
    if !document.footer.is_empty() {
        line(&mut out, "\n---\n\n", &text(&document.footer));
    }
    out
}

fn section(out: &mut String, part: &Section) {
    line(out, "\n## ", &text(&part.title));
    for sentence in &part.body {
        line(out, "\n", &text(sentence));
    }
    list(out, part.facts.iter().map(labelled));
    list(out, part.items.iter().map(text));
    if let Some(table) = &part.table {
        columns(out, table);
    }
    for link in &part.links {
        line(out, "\n", &format!("[{}]({})", text(&link.label), link.url));
    }
}

fn list(out: &mut String, items: impl Iterator<Item = String>) {
    for (place, item) in items.enumerate() {
        line(out, if place == 0 { "\n- " } else { "- " }, &item);
    }
}

/// A table; what does not fit into its cells stands below it.
fn columns(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    let joined = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    line(out, "\n", &joined(table.columns.iter().map(cell).collect()));
    line(
        out,
        "",
        &joined(vec!["---".to_owned(); table.columns.len()]),
    );
    for row in &table.rows {
        line(out, "", &joined(row.cells.iter().map(cell).collect()));
    }
    if let Some(more) = &table.more {
        line(out, "\n", &text(more));
    }
    let detailed = table.rows.iter().filter(|row| !row.details.is_empty());
    list(
        out,
        detailed.flat_map(|row| {
            let name = row.cells.first().map(text).unwrap_or_default();
            row.details
                .iter()
                .map(move |detail| format!("{name} · {}", labelled(detail)))
        }),
    );
}

// A bar ends a cell even inside a code span, unless it is escaped there, too.
fn cell(content: &Text) -> String {
    let pieces = content.pieces().iter().map(|one| match one {
        Piece::Foreign(_) | Piece::Code(_) => piece(one).replace('|', "\\|"),
        _ => piece(one),
    });
    pieces.collect()
}

/// A table in columns.
#[must_use]
pub fn grid(table: &Table) -> String {
    // Words escape their own bar; a span would show its escape.
    let cell = |cell: &Text| text(cell).replace('\n', " ");
    let line_of = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = format!("**{}**\n\n", text(&table.title));
    out.push_str(&line_of(table.columns.iter().map(cell).collect()));
    out.push_str(&line_of(vec!["---".to_owned(); table.columns.len()]));
    for row in &table.rows {
        out.push_str(&line_of(row.cells.iter().map(cell).collect()));
    }
    out
}

fn rows(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    line(out, "\n", &format!("**{}**\n", text(&table.title)));
    for row in &table.rows {
        let cells: Vec<String> = row
            .cells
            .iter()
            .map(text)
            .filter(|cell| !cell.is_empty())
            .collect();
        line(out, "- ", &cells.join(" · "));
        for detail in &row.details {
            line(out, "  - ", &labelled(detail));
        }
    }
    if let Some(more) = &table.more {
        line(out, "- ", &text(more));
    }
}

fn labelled(fact: &Fact) -> String {
    let label = text(&fact.label);
    format!("**{label}**{}{}", colon(&label), text(&fact.value))
}

fn line(out: &mut String, before: &str, text: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{before}{text}");
}
