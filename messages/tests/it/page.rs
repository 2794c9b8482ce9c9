//! `docs/messages.md`: each kind of message as it is seen, in both languages.

use crate::stories::stories;
use crate::story::{Story, context};
use messages::layout::terminal::{self, Colour};
use messages::model::Message;
use messages::{Locale, notice, parent, reply};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "# What Tawny says

Made by `make docs`; do not edit.

One message stands for each deployment and is edited in place; answers follow in its thread; a notice is the only thing that
calls a channel. Here they are as a terminal shows them. Slack and the page show the same words, with buttons.
";

/// Whether there is anything to say.
fn both(out: &mut String, title: &str, say: impl Fn(Locale) -> Option<Message>) -> bool {
    let said: Vec<String> = [Locale::En, Locale::ZhCn]
        .into_iter()
        .filter_map(|locale| Some(terminal::message(&say(locale)?, Colour::Off)))
        .collect();
    if !said.is_empty() {
        let _ = write!(out, "\n### {title}\n");
    }
    for text in &said {
        let _ = write!(out, "\n```text\n{}\n```\n", text.trim_end());
    }
    !said.is_empty()
}

fn page() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("\n## The message of a deployment\n");
    for (name, story) in stories() {
        both(&mut out, name, |locale| {
            Some(parent(story.state(), &context(locale)))
        });
    }
    let mut shown = BTreeSet::new();
    out.push_str("\n## In its thread, and in the channel\n");
    for (_, story) in stories() {
        let mut so_far = Story::new();
        for record in &story.records {
            so_far.record(record.event.clone());
            let kind = record.event.name();
            if shown.contains(kind) {
                continue;
            }
            let (state, words) = (so_far.state(), kind.replace('_', " "));
            let replied = both(&mut out, &format!("{words}, in the thread"), |locale| {
                reply(state, record, &context(locale))
            });
            let noticed = both(&mut out, &format!("{words}, in the channel"), |locale| {
                notice(state, record, &context(locale))
            });
            if replied || noticed {
                shown.insert(kind);
            }
        }
    }
    out
}

#[test]
fn the_page_of_messages_shows_what_is_said() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/messages.md");
    let fresh = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, fresh).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == fresh, "docs/messages.md is stale: make docs");
}
