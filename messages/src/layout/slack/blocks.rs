//! Blocks, each within its limit.

use super::mrkdwn::{cut, units};
use crate::dialog::wants_reason;
use crate::layout::plain;
use crate::model::{Button, Confirm, Offer, Opinion, Style};
use crate::text::Text;
use serde_json::{Value, json};

/// Units of a header.
pub(super) const HEADER: usize = 150;
/// Units of a section's text.
const SECTION: usize = 3000;
/// Units of a button's label, of the title, the question and the answers of what confirms it.
const LABEL: usize = 75;
const CONFIRM_TITLE: usize = 100;
const CONFIRM_TEXT: usize = 300;
const CONFIRM_LABEL: usize = 30;
/// Buttons of a decision: more is no decision any more. No question has more answers.
pub(super) const BUTTONS: usize = 3;

pub(super) fn plain_text(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": cut(text, most), "emoji": false })
}

// Verbatim: only what is marked as a link is one.
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

pub(super) fn header(text: &str) -> Value {
    json!({ "type": "header", "text": plain_text(text, HEADER) })
}

pub(super) fn context(line: &str) -> Value {
    json!({ "type": "context", "elements": [mrkdwn(line)] })
}

/// Lines as few sections as they fit into.
pub(super) fn sections(lines: &[String]) -> Vec<Value> {
    let mut texts: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        match texts.last_mut() {
            Some(text) if units(text) + 1 + units(line) <= SECTION => {
                text.push('\n');
                text.push_str(line);
            }
            _ => texts.push(line.clone()),
        }
    }
    let section = |text: &String| json!({ "type": "section", "text": mrkdwn(text) });
    texts.iter().map(section).collect()
}

/// The buttons, if there are any. The value is the question's opaque id and the answer, and nothing else.
pub(super) fn actions(buttons: &[Button]) -> Option<Value> {
    if buttons.is_empty() {
        return None;
    }
    let elements: Vec<Value> = buttons.iter().take(BUTTONS).map(button).collect();
    Some(json!({ "type": "actions", "elements": elements }))
}

/// What can be asked for, if there is anything. The value is the order that it stands for.
pub(super) fn offers(offers: &[Offer]) -> Option<Value> {
    if offers.is_empty() {
        return None;
    }
    let element = |offer: &Offer| {
        json!({
            "type": "button",
            "action_id": format!("fix.{}", offer.kind.as_str()),
            "value": offer.order(),
            "text": text(&offer.label, LABEL),
            "confirm": confirm(&offer.confirm, "primary"),
        })
    };
    let elements: Vec<Value> = offers.iter().take(BUTTONS).map(element).collect();
    Some(json!({ "type": "actions", "elements": elements }))
}

/// What people can say of it, if there is anything. The value is the order that it stands for.
pub(super) fn opinions(opinions: &[Opinion]) -> Option<Value> {
    if opinions.is_empty() {
        return None;
    }
    let element = |opinion: &Opinion| {
        json!({
            "type": "button",
            "action_id": format!("opinion.{}", opinion.name),
            "value": opinion.order,
            "text": text(&opinion.label, LABEL),
        })
    };
    let elements: Vec<Value> = opinions.iter().map(element).collect();
    Some(json!({ "type": "actions", "elements": elements }))
}

fn confirm(confirm: &Confirm, style: &str) -> Value {
    json!({
        "title": text(&confirm.title, CONFIRM_TITLE),
        "text": text(&confirm.text, CONFIRM_TEXT),
        "confirm": text(&confirm.yes, CONFIRM_LABEL),
        "deny": text(&confirm.no, CONFIRM_LABEL),
        "style": style,
    })
}

/// A button alone.
pub(super) fn yes(name: &str, id: &str, label: &Text) -> Value {
    let element = json!({
        "type": "button",
        "action_id": name,
        "value": id,
        "text": text(label, LABEL),
        "style": "primary",
    });
    json!({ "type": "actions", "elements": [element] })
}

fn button(button: &Button) -> Value {
    let mut element = json!({
        "type": "button",
        "action_id": format!("answer.{}", button.choice.as_str()),
        "value": format!("{}/{}", button.approval, button.choice.as_str()),
        "text": text(&button.label, LABEL),
    });
    let style = match button.style {
        Style::Primary => Some("primary"),
        Style::Danger => Some("danger"),
        Style::Plain => None,
    };
    if let Some(style) = style {
        element["style"] = json!(style);
    }
    let asks = button.confirm.as_ref();
    // A dialog that asks for the reason is question enough.
    if let Some(asked) = asks.filter(|_| !wants_reason(button.choice)) {
        element["confirm"] = confirm(asked, style.unwrap_or("primary"));
    }
    element
}

pub(super) fn text(text: &Text, most: usize) -> Value {
    plain_text(&plain::text(text), most)
}
