//! Slack: Block Kit, within its limits.
//!
//! What is too long is split or cut, with a pointer to Tawny's page, so that a post is never refused for its length.
//! Foreign text stands in code spans where Slack reads markup, and nowhere can it call somebody, link or format.

mod blocks;
mod mention;
mod mrkdwn;
pub mod views;

pub use mention::Mention;

use super::clean::colon;
use super::plain;
use crate::document::{Document, Section};
use crate::locale::Locale;
use crate::model::{Fact, Link, Message, Table};
use crate::say;
use crate::text::{Piece, Text};
use crate::words::Words;
use serde_json::{Value, json};

/// A message as Slack takes it: `chat.postMessage` and `chat.update` want both parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The notification, and what is read aloud.
    pub text: String,
    /// What is seen.
    pub blocks: Vec<Value>,
}

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The parent: what is needed at a glance.
    Short,
    /// The thread: with queries and evidence.
    Full,
}

/// Units of the notification.
const TEXT: usize = 4000;
/// Units of what stands above the buttons, and of what stands below them.
const ABOVE: usize = 5500;
const BELOW: usize = 5500;
/// Units of a line: several of them fit into a section.
const LINE: usize = 1400;

/// A whole message. The parent has a head; in a thread a line is loud enough.
#[must_use]
pub fn message(message: &Message, locale: Locale, depth: Depth) -> Post {
    let words = Words::new(locale);
    let headline = format!(
        "{} {}",
        message.severity.mark(),
        plain::text(&message.headline)
    );
    let head = (depth == Depth::Short).then(|| blocks::header(&headline));
    let whole = depth == Depth::Full || mrkdwn::units(&headline) > blocks::HEADER;
    let mut above = Vec::new();
    if whole {
        // Of a head that is cut nobody should have to guess the rest.
        let line = mrkdwn::line(&message.headline, LINE);
        above.push(format!("{} {line}", message.severity.mark()));
    }
    above.extend(message.facts.iter().map(labelled));
    above.extend(message.body.iter().map(|text| mrkdwn::line(text, LINE)));
    let mut blocks: Vec<Value> = head.into_iter().collect();
    blocks.extend(part(above, ABOVE, words));
    blocks.extend(blocks::actions(&message.buttons));
    blocks.extend(blocks::offers(&message.offers));
    blocks.extend(part(below(message, depth), BELOW, words));
    // What it is asked about has to be read first.
    blocks.extend(blocks::opinions(&message.opinions));
    if !message.footer.is_empty() {
        blocks.push(blocks::context(&mrkdwn::line(&message.footer, LINE)));
    }
    let heard = message.facts.iter().filter_map(heard);
    let heard = heard.chain(message.body.iter().map(plain::text));
    let choices = message.buttons.iter().take(blocks::BUTTONS);
    let choices = choices.map(|button| button.label.clone());
    let choices = words.listed(choices);
    let asked =
        (!choices.is_empty()).then(|| plain::text(&say!(words, "chat-choices", choices = choices)));
    Post {
        text: aloud(headline, heard.chain(asked)),
        blocks,
    }
}

/// A whole document, such as a report.
#[must_use]
pub fn document(document: &Document, locale: Locale) -> Post {
    let words = Words::new(locale);
    let headline = format!(
        "{} {}",
        document.severity.mark(),
        plain::text(&document.headline)
    );
    let mut lines = head(document);
    for part in document.sections.iter().filter(|part| !part.is_empty()) {
        lines.push(format!("*{}*", mrkdwn::line(&part.title, 200)));
        lines.extend(within(part));
    }
    let mut blocks = vec![blocks::header(&plain::text(&document.title))];
    blocks.extend(self::part(lines, ABOVE + BELOW, words));
    if !document.footer.is_empty() {
        blocks.push(blocks::context(&mrkdwn::line(&document.footer, LINE)));
    }
    Post {
        text: aloud(headline, document.facts.iter().filter_map(heard)),
        blocks,
    }
}

fn head(document: &Document) -> Vec<String> {
    let line = mrkdwn::line(&document.headline, LINE);
    let line = format!("{} {line}", document.severity.mark());
    let facts = document.facts.iter().map(labelled);
    std::iter::once(line).chain(facts).collect()
}

/// What stands below the title of a part.
fn within(part: &Section) -> Vec<String> {
    let body = part.body.iter().map(|text| mrkdwn::line(text, LINE));
    let mut lines: Vec<String> = body.chain(part.facts.iter().map(labelled)).collect();
    let items = part.items.iter();
    lines.extend(items.map(|item| mrkdwn::bullet(&mrkdwn::line(item, LINE))));
    if let Some(table) = &part.table {
        // The part's own title says it.
        let table = Table {
            title: Text::default(),
            ..table.clone()
        };
        rows(&mut lines, &table, Depth::Short);
    }
    lines.extend(part.links.iter().map(linked));
    lines
}

/// Some sentences without a headline, such as an answer for one person.
#[must_use]
pub fn sentences(sentences: &[Text], locale: Locale) -> Post {
    let plain: Vec<String> = sentences.iter().map(plain::text).collect();
    let lines = sentences.iter().map(|text| mrkdwn::line(text, LINE));
    Post {
        text: mrkdwn::escaped(&plain.join(" "), TEXT),
        blocks: part(lines.collect(), ABOVE, Words::new(locale)),
    }
}

impl Post {
    /// Adds a button that says yes to an opaque id.
    pub fn ask(&mut self, name: &str, id: &str, yes: &Text) {
        self.blocks.push(blocks::yes(name, id, yes));
    }

    /// Calls people, in the message and in its notification.
    pub fn call(&mut self, mentions: &[Mention], locale: Locale) {
        if mentions.is_empty() {
            return;
        }
        let all: Vec<&str> = mentions.iter().map(Mention::as_str).collect();
        let label = plain::text(&say!(Words::new(locale), "chat-called"));
        let line = format!("{} {}", mrkdwn::escaped(&label, LINE), all.join(" "));
        self.text = format!("{}\n{line}", self.text);
        self.blocks.push(blocks::context(&line));
    }

    /// The same as one JSON object.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "text": self.text, "blocks": self.blocks })
    }
}

/// What is read aloud, line by line: whoever does not see the blocks has nothing else.
fn aloud(headline: String, more: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = std::iter::once(headline).chain(more).collect();
    mrkdwn::escaped(&lines.join("\n"), TEXT)
}

// A drawn line says nothing to who hears it.
fn heard(fact: &Fact) -> Option<String> {
    let drawn = |piece: &Piece| matches!(piece, Piece::Spark(_));
    if fact.value.pieces().iter().any(drawn) {
        return None;
    }
    let label = plain::text(&fact.label);
    let said = format!("{label}{}{}", colon(&label), plain::text(&fact.value));
    Some(said)
}

fn below(message: &Message, depth: Depth) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(progress) = &message.progress {
        lines.push(mrkdwn::line(&progress.words, LINE));
    }
    let tables = message
        .table
        .iter()
        .chain(message.progress.iter().map(|progress| &progress.instances));
    for table in tables {
        rows(&mut lines, table, depth);
    }
    // Before what is cut: the way to the rest.
    message.links.iter().map(linked).chain(lines).collect()
}

fn linked(link: &Link) -> String {
    let label = mrkdwn::line(&link.label, 200).replace('|', "∣");
    format!("<{}|{label}>", link.url)
}

fn rows(lines: &mut Vec<String>, table: &Table, depth: Depth) {
    if table.rows.is_empty() {
        return;
    }
    if !table.title.is_empty() {
        lines.push(format!("*{}*", mrkdwn::line(&table.title, 200)));
    }
    for row in &table.rows {
        let cells = row.cells.iter().filter(|cell| !cell.is_empty());
        let cells: Vec<String> = cells.map(|cell| mrkdwn::line(cell, 400)).collect();
        lines.push(mrkdwn::bullet(&cells.join(" · ")));
        if depth == Depth::Full {
            let details = row.details.iter();
            lines.extend(details.map(|detail| mrkdwn::detail(&labelled(detail))));
        }
    }
    if let Some(more) = &table.more {
        lines.push(mrkdwn::bullet(&mrkdwn::line(more, 200)));
    }
}

fn labelled(fact: &Fact) -> String {
    let label = mrkdwn::line(&fact.label, 200);
    // Bold ends only before what is no letter.
    format!(
        "*{label}*{}{}{}",
        mrkdwn::APART,
        colon(&label),
        mrkdwn::line(&fact.value, LINE)
    )
}

/// Lines as sections; what is beyond `most` is on the page.
fn part(lines: Vec<String>, most: usize, words: Words) -> Vec<Value> {
    let mut left = most;
    let mut kept = Vec::new();
    for line in lines {
        let units = mrkdwn::units(&line) + 1;
        if units > left {
            kept.push(mrkdwn::line(&say!(words, "chat-cut"), 200));
            break;
        }
        left -= units;
        kept.push(line);
    }
    blocks::sections(&kept)
}
