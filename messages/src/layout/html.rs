//! HTML, for Tawny's own page. Every text is escaped by the template; foreign text is also kept from
//! changing the direction of what stands around it.

use super::clean::{CODE_CHARS, FOREIGN_CHARS, clean};
use super::plain;
use crate::document::{Document, Section};
use crate::model::{Fact, Link, Message, Progress, Table};
use crate::spark::{Spark, TOP};
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
                Piece::Spark(line) => (spark(line)),
                Piece::Code(code) => code { (clean(code, CODE_CHARS)) },
                Piece::Time { at, words } => time datetime=(at) { (words) },
            }
        }
    }
}

/// A small line: two parts that meet where the change began. It is described by the row that it stands in.
fn spark(line: &Spark) -> Markup {
    let width = 4 * (line.before.len() + line.after.len()).max(2);
    let meets = 4 * line.before.len();
    html! {
        svg.spark viewBox={ "0 0 " (width) " 24" } width=(width) height="24" aria-hidden="true" focusable="false" {
            @for run in runs(&line.before, 0) { polyline.past points=(run) fill="none" stroke="currentColor" {} }
            @if meets > 0 && !line.after.is_empty() {
                line.begun x1=(meets) x2=(meets) y1="0" y2="24" stroke="currentColor" {}
            }
            @for run in runs(&line.after, line.before.len()) { polyline points=(run) fill="none" stroke="currentColor" {} }
        }
    }
}

/// The points of each run without a gap.
fn runs(levels: &[Option<u8>], first: usize) -> Vec<String> {
    let mut runs: Vec<Vec<String>> = vec![Vec::new()];
    for (place, level) in levels.iter().enumerate() {
        match (level, runs.last_mut()) {
            (Some(level), Some(run)) => {
                let x = 4 * (first + place) + 2;
                let y = 22.0 - 20.0 * f64::from(*level) / f64::from(TOP);
                run.push(format!("{x},{y:.1}"));
            }
            _ => runs.push(Vec::new()),
        }
    }
    // A point alone is drawn as a short dash.
    let dash = |run: Vec<String>| match &run[..] {
        [point] => format!("{point} {point}"),
        _ => run.join(" "),
    };
    runs.into_iter()
        .filter(|run| !run.is_empty())
        .map(dash)
        .collect()
}

/// A whole document.
#[must_use]
pub fn document(document: &Document) -> Markup {
    html! {
        article.message.document.(document.severity.as_str()) {
            h1 { (text(&document.title)) }
            h2 { span.mark aria-hidden="true" { (document.severity.mark()) } " " (text(&document.headline)) }
            @if !document.facts.is_empty() { (facts(&document.facts)) }
            @for part in document.sections.iter().filter(|part| !part.is_empty()) { (section(part)) }
            @if !document.footer.is_empty() { footer { (text(&document.footer)) } }
        }
    }
}

fn section(part: &Section) -> Markup {
    html! {
        section {
            h3 { (text(&part.title)) }
            @for sentence in &part.body { p { (text(sentence)) } }
            @if !part.facts.is_empty() { (facts(&part.facts)) }
            @if !part.items.is_empty() { ul.items { @for item in &part.items { li { (text(item)) } } } }
            @if let Some(shown) = &part.table { (table(&Table { title: Text::default(), ..shown.clone() })) }
            (links(&part.links))
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
            (links(&message.links))
            @if !message.footer.is_empty() { footer { (text(&message.footer)) } }
        }
    }
}

/// Each on a line of its own. What is elsewhere learns nothing of where the reader came from.
#[must_use]
pub fn links(links: &[Link]) -> Markup {
    html! {
        @for link in links { p { a href=(link.url) rel="noreferrer" { (text(&link.label)) } } }
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
                div.scroll tabindex="0" {
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
                li.(line.severity.as_str()) data-revision=(line.revision) {
                    span.when { (text(&line.time)) }
                    span.what { (text(&line.text)) }
                    @if let Some(gap) = &line.gap { span.gap { (text(gap)) } }
                }
            }
        }
    }
}
