//! HTML, for Tawny's own page. Every text is escaped by the template; foreign text is also kept from
//! changing the direction of what stands around it.

use super::clean::{CODE_CHARS, FOREIGN_CHARS, clean};
use super::plain;
use crate::model::{Fact, Message, Progress, Table};
use crate::text::{Piece, Text};
use crate::timeline::TimelineLine;
use maud::{Markup, html};

/// A text within a line.
#[must_use]
pub fn text(text: &Text) -> Markup {
    html! {
        @for piece in text.pieces() {
            @match piece {
                Piece::Words(words) => (words),
                Piece::Foreign(foreign) => bdi { (clean(foreign, FOREIGN_CHARS)) },
                Piece::Code(code) => code { (clean(code, CODE_CHARS)) },
                Piece::Time { at, words } => time datetime=(at) { (words) },
            }
        }
    }
}

/// A whole message. `answers` stands where the buttons belong: the page knows how to press them.
#[must_use]
pub fn message(message: &Message, answers: &Markup) -> Markup {
    html! {
        article.message.(message.severity.as_str()) {
            h2 { span.mark aria-hidden="true" { (message.severity.mark()) } " " (text(&message.headline)) }
            @if !message.facts.is_empty() { (facts(&message.facts)) }
            @for sentence in &message.body { p { (text(sentence)) } }
            (answers)
            @if let Some(shown) = &message.progress { (progress(shown)) }
            @if let Some(shown) = &message.table { (table(shown)) }
            @if let Some(shown) = &message.progress { (table(&shown.instances)) }
            @for link in &message.links { p { a href=(link.url) { (text(&link.label)) } } }
            @if !message.footer.is_empty() { footer { (text(&message.footer)) } }
        }
    }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        dl.facts {
            @for fact in facts { div { dt { (text(&fact.label)) } dd { (text(&fact.value)) } } }
        }
    }
}

fn progress(progress: &Progress) -> Markup {
    html! {
        p.progress {
            progress max=(progress.total) value=(progress.done) {}
            " " (text(&progress.words))
        }
    }
}

/// A table; nothing at all when it has no rows.
#[must_use]
pub fn table(table: &Table) -> Markup {
    html! {
        @if !table.rows.is_empty() {
            section {
                @if !table.title.is_empty() { h3 { (text(&table.title)) } }
                div.scroll {
                    table {
                        thead { tr { @for column in &table.columns { th scope="col" { (text(column)) } } } }
                        tbody {
                            @for row in &table.rows {
                                tr {
                                    @for (cell, column) in row.cells.iter().zip(&table.columns) {
                                        // On a narrow screen the head stands before each value.
                                        @if !cell.is_empty() { td data-head=(plain::text(column)) { (text(cell)) } } @else { td {} }
                                    }
                                }
                                @if !row.details.is_empty() {
                                    tr.details { td colspan=(table.columns.len()) { (facts(&row.details)) } }
                                }
                            }
                        }
                    }
                }
                @if let Some(more) = &table.more { p { (text(more)) } }
            }
        }
    }
}

/// A timeline, newest last.
#[must_use]
pub fn timeline(lines: &[TimelineLine]) -> Markup {
    html! {
        ol.timeline {
            @for line in lines {
                li.(line.severity.as_str()) {
                    span.when { (text(&line.time)) }
                    span.what { (text(&line.text)) }
                    @if let Some(gap) = &line.gap { span.gap { (text(gap)) } }
                }
            }
        }
    }
}
