//! Views: what one person sees beside the messages.

use super::{LINE, Post, blocks, head, mrkdwn, part, within};
use crate::dialog::{Dialog, MOST_REASON};
use crate::document::Document;
use crate::layout::plain;
use crate::locale::Locale;
use crate::text::Text;
use crate::words::Words;
use serde_json::{Value, json};

/// The block and the element that hold a reason.
pub const REASON: &str = "reason";
/// Units of a title, and of the words for yes and no.
const TITLE: usize = 24;
/// Units of what an input is called, and of what helps to fill it in.
const LABEL: usize = 2000;
/// Units of a part of the page.
const PART: usize = 9000;
/// Units of what is wrong with an input.
const ERROR: usize = 1000;

/// A dialog as `views.open` takes it. `name` says what it is for, and `id` is opaque.
#[must_use]
pub fn modal(dialog: &Dialog, name: &str, id: &str) -> Value {
    let lines = dialog.body.iter().map(|text| mrkdwn::line(text, LINE));
    let mut blocks = blocks::sections(&lines.collect::<Vec<_>>());
    blocks.push(json!({
        "type": "input",
        "block_id": REASON,
        "label": blocks::text(&dialog.label, LABEL),
        "hint": blocks::text(&dialog.hint, LABEL),
        "element": {
            "type": "plain_text_input",
            "action_id": REASON,
            "multiline": true,
            "min_length": dialog.least,
            "max_length": MOST_REASON,
            "focus_on_load": true,
        },
    }));
    json!({
        "type": "modal",
        "callback_id": name,
        "private_metadata": id,
        "title": blocks::text(&dialog.title, TITLE),
        "submit": blocks::text(&dialog.yes, TITLE),
        "close": blocks::text(&dialog.no, TITLE),
        "blocks": blocks,
    })
}

/// The app's own page as `views.publish` takes it.
#[must_use]
pub fn home(shown: &Document, locale: Locale) -> Value {
    let words = Words::new(locale);
    let mut blocks = part(head(shown), PART, words);
    for section in shown.sections.iter().filter(|section| !section.is_empty()) {
        blocks.push(json!({ "type": "divider" }));
        blocks.push(blocks::header(&plain::text(&section.title)));
        blocks.extend(part(within(section), PART, words));
    }
    blocks.push(blocks::context(&mrkdwn::line(&shown.footer, LINE)));
    json!({ "type": "home", "blocks": blocks })
}

/// The app's own page for somebody to whom it says nothing but this.
#[must_use]
pub fn nothing(shown: &Post) -> Value {
    json!({ "type": "home", "blocks": shown.blocks })
}

/// What is wrong with the reason: the dialog stays open and shows it.
#[must_use]
pub fn wrong(sentences: &[Text]) -> Value {
    let plain: Vec<String> = sentences.iter().map(plain::text).collect();
    let said = mrkdwn::cut(&plain.join(" "), ERROR);
    json!({ "response_action": "errors", "errors": { REASON: said } })
}
