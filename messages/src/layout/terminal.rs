//! A terminal. Foreign text has lost every control character, so it cannot move the cursor or recolour.

use super::clean::{CODE_CHARS, FOREIGN_CHARS, clean, colon};
use crate::document::{Document, Section};
use crate::model::{Fact, Message, Severity, Table};
use crate::text::{Piece, Text};
use crate::timeline::TimelineLine;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Whether to use ANSI colours; the caller knows whether this is a terminal and what `NO_COLOR` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Yes.
    On,
    /// No.
    Off,
}

const BOLD: &str = "1";
const DIM: &str = "2";
const CYAN: &str = "36";

impl Colour {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::On if !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::On | Self::Off => text.to_owned(),
        }
    }
}

fn code_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Quiet => BOLD,
        Severity::Good => "1;32",
        Severity::Warning => "1;33",
        Severity::Alarm => "1;38;5;208",
        Severity::Critical => "1;31",
    }
}

/// A text in one line.
#[must_use]
pub fn text(text: &Text, colour: Colour) -> String {
    text.pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) | Piece::Time { words, .. } => words.clone(),
            Piece::Spark(spark) => colour.paint(CYAN, &spark.characters()),
            Piece::Foreign(text) => clean(text, FOREIGN_CHARS),
            Piece::Code(text) => colour.paint(CYAN, &clean(text, CODE_CHARS)),
        })
        .collect()
}

/// A whole message, line by line.
#[must_use]
pub fn message(message: &Message, colour: Colour) -> String {
    let headline = text(&message.headline, Colour::Off);
    let mut out = format!(
        "{} {}\n",
        message.severity.mark(),
        colour.paint(code_of(message.severity), &headline)
    );
    for fact in &message.facts {
        line(&mut out, "   ", &labelled(fact, colour));
    }
    for sentence in &message.body {
        line(&mut out, "   ", &text(sentence, colour));
    }
    if let Some(progress) = &message.progress {
        line(&mut out, "   ", &text(&progress.words, colour));
    }
    for table in message
        .table
        .iter()
        .chain(message.progress.iter().map(|progress| &progress.instances))
    {
        rows(&mut out, table, colour);
    }
    for button in &message.buttons {
        let label = text(&button.label, Colour::Off);
        line(
            &mut out,
            "   ",
            &format!("[ {} ]", colour.paint(BOLD, &label)),
        );
    }
    for link in &message.links {
        line(
            &mut out,
            "   ",
            &format!("{} {}", text(&link.label, colour), link.url),
        );
    }
    if !message.footer.is_empty() {
        line(
            &mut out,
            "   ",
            &colour.paint(DIM, &text(&message.footer, Colour::Off)),
        );
    }
    out
}

fn rows(out: &mut String, table: &Table, colour: Colour) {
    if table.rows.is_empty() {
        return;
    }
    line(
        out,
        "   ",
        &colour.paint(BOLD, &text(&table.title, Colour::Off)),
    );
    for row in &table.rows {
        let cells: Vec<String> = row
            .cells
            .iter()
            .map(|cell| text(cell, colour))
            .filter(|cell| !cell.is_empty())
            .collect();
        line(out, "   - ", &cells.join(" · "));
        for detail in &row.details {
            line(out, "     ", &labelled(detail, colour));
        }
    }
    if let Some(more) = &table.more {
        line(out, "   - ", &text(more, colour));
    }
}

/// A whole document, with its tables in columns.
#[must_use]
pub fn document(document: &Document, colour: Colour) -> String {
    let mut out = String::new();
    let title = text(&document.title, Colour::Off);
    line(&mut out, "", &colour.paint(BOLD, &title));
    let headline = text(&document.headline, Colour::Off);
    let headline = colour.paint(code_of(document.severity), &headline);
    line(&mut out, document.severity.mark(), &format!(" {headline}"));
    for fact in &document.facts {
        line(&mut out, "   ", &labelled(fact, colour));
    }
    for part in document.sections.iter().filter(|part| !part.is_empty()) {
        section(&mut out, part, colour);
    }
    if !document.footer.is_empty() {
        let footer = text(&document.footer, Colour::Off);
        line(&mut out, "\n", &colour.paint(DIM, &footer));
    }
    out
}

fn section(out: &mut String, part: &Section, colour: Colour) {
    let title = text(&part.title, Colour::Off);
    line(out, "\n", &colour.paint(BOLD, &title));
    for sentence in &part.body {
        line(out, "   ", &text(sentence, colour));
    }
    for fact in &part.facts {
        line(out, "   ", &labelled(fact, colour));
    }
    for item in &part.items {
        line(out, "   - ", &text(item, colour));
    }
    if let Some(table) = &part.table {
        grid(out, table, colour);
    }
    for link in &part.links {
        let label = text(&link.label, colour);
        line(out, "   ", &format!("{label} {}", link.url));
    }
}

/// Rows in columns; what does not fit into them stands below its row.
fn grid(out: &mut String, table: &Table, colour: Colour) {
    let plain = |cell: &Text| text(cell, Colour::Off);
    let width = |place: usize| {
        let cells = table.rows.iter().filter_map(|row| row.cells.get(place));
        let all = cells.chain(table.columns.get(place));
        all.map(|cell| plain(cell).width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
    let aligned = |cells: &[Text], dim: bool| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            let shown = if dim {
                colour.paint(DIM, &plain(cell))
            } else {
                text(cell, colour)
            };
            line.push_str(&shown);
            line.push_str(&" ".repeat(width + 2 - plain(cell).width().min(*width)));
        }
        line.trim_end().to_owned()
    };
    if !table.rows.is_empty() {
        line(out, "   ", &aligned(&table.columns, true));
    }
    for row in &table.rows {
        line(out, "   ", &aligned(&row.cells, false));
        for detail in &row.details {
            line(out, "      ", &labelled(detail, colour));
        }
    }
    if let Some(more) = &table.more {
        line(out, "   ", &text(more, colour));
    }
}

/// A timeline, one line each.
#[must_use]
pub fn timeline(lines: &[TimelineLine], colour: Colour) -> String {
    let mut out = String::new();
    for entry in lines {
        let time = colour.paint(DIM, &text(&entry.time, Colour::Off));
        let gap = entry
            .gap
            .as_ref()
            .map(|gap| format!(" {}", text(gap, Colour::Off)))
            .unwrap_or_default();
        let said = text(&entry.text, colour);
        line(
            &mut out,
            "",
            &format!(
                "{time} {} {said}{}",
                entry.severity.mark(),
                colour.paint(DIM, &gap)
            ),
        );
    }
    out
}

fn labelled(fact: &Fact, colour: Colour) -> String {
    let label = text(&fact.label, Colour::Off);
    let colon = colon(&label);
    format!(
        "{}{}",
        colour.paint(DIM, &format!("{label}{colon}")),
        text(&fact.value, colour)
    )
}

fn line(out: &mut String, before: &str, text: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{before}{text}");
}
