//! Text without any markup: for logs, for the text part of webhooks.

use super::clean::{CODE_CHARS, FOREIGN_CHARS, clean, colon};
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
        Piece::Words(words) | Piece::Time { words, .. } => words.clone(),
        Piece::Spark(spark) => spark.characters(),
        Piece::Foreign(text) => defused(&clean(text, FOREIGN_CHARS)),
        Piece::Code(text) => defused(&clean(text, CODE_CHARS)),
    }
}

// Whoever receives this may post it into a chat: an invisible space takes the edge off mentions and links.
fn defused(text: &str) -> String {
    text.replace('@', "@\u{200B}")
        .replace('<', "<\u{200B}")
        .replace("://", ":\u{200B}//")
}

/// A whole message, line by line; the first line is the headline.
#[must_use]
pub fn message(message: &Message) -> String {
    let mut out = format!("{} {}\n", message.severity.mark(), text(&message.headline));
    for fact in &message.facts {
        line(&mut out, "", &labelled(fact));
    }
    for sentence in &message.body {
        line(&mut out, "", &text(sentence));
    }
    if let Some(progress) = &message.progress {
        line(&mut out, "", &text(&progress.words));
    }
    for table in message
        .table
        .iter()
        .chain(message.progress.iter().map(|progress| &progress.instances))
    {
        rows(&mut out, table);
    }
    for link in &message.links {
        line(&mut out, "", &format!("{} {}", text(&link.label), link.url));
    }
    if !message.footer.is_empty() {
        line(&mut out, "", &text(&message.footer));
    }
    out
}

fn rows(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    line(out, "", &text(&table.title));
    for row in &table.rows {
        let cells: Vec<String> = row
            .cells
            .iter()
            .map(text)
            .filter(|cell| !cell.is_empty())
            .collect();
        line(out, "- ", &cells.join(" · "));
        for detail in &row.details {
            line(out, "  ", &labelled(detail));
        }
    }
    if let Some(more) = &table.more {
        line(out, "- ", &text(more));
    }
}

fn labelled(fact: &Fact) -> String {
    let label = text(&fact.label);
    format!("{label}{}{}", colon(&label), text(&fact.value))
}

fn line(out: &mut String, before: &str, text: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{before}{text}");
}
