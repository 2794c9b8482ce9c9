//! Dialogs: who may be shown one, what Slack takes as one, and what is sent off.

use super::rules::{self, short, text};
use serde_json::{Value, json};
use slack_morphism::prelude::{SlackView, SlackViewSubmissionResponse};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a press opens a dialog.
const OPENS_FOR: Duration = Duration::from_secs(3);

/// What presses give, and the views that came of it.
#[derive(Default)]
pub(super) struct Triggers {
    given: BTreeMap<String, (String, Instant)>,
    used: Vec<String>,
    views: BTreeMap<String, Value>,
    number: usize,
}

impl Triggers {
    pub(super) fn give(&mut self, user: &str) -> String {
        self.number += 1;
        let trigger = format!("{}.7.abc", self.number);
        let until = Instant::now() + OPENS_FOR;
        self.given.insert(trigger.clone(), (user.to_owned(), until));
        trigger
    }

    pub(super) fn expire(&mut self) {
        for (_, until) in self.given.values_mut() {
            *until = Instant::now();
        }
    }

    /// Whose it is; it is used then.
    pub(super) fn take(&mut self, trigger: &str) -> Result<String, &'static str> {
        if self.used.iter().any(|used| used == trigger) {
            return Err("exchanged_trigger_id");
        }
        let Some((user, until)) = self.given.remove(trigger) else {
            return Err("invalid_trigger_id");
        };
        if Instant::now() >= until {
            return Err("expired_trigger_id");
        }
        self.used.push(trigger.to_owned());
        Ok(user)
    }

    pub(super) fn shown(&mut self, view: &Value) -> String {
        let id = format!("V{}", self.views.len());
        self.views.insert(id.clone(), view.clone());
        id
    }

    pub(super) fn view(&self, id: &str) -> &Value {
        &self.views[id]
    }
}

/// Checks a dialog.
pub(super) fn modal(view: &Value) -> Result<(), String> {
    if view["type"] != "modal" {
        return Err(format!("type {}", view["type"]));
    }
    understood(view)?;
    for field in ["title", "submit", "close"] {
        text(&view[field], "plain_text", 24)?;
    }
    short(&view["callback_id"], 255)?;
    short(&view["private_metadata"], 3000)?;
    let blocks = view["blocks"].as_array().ok_or("no blocks")?;
    rules::many(blocks, 100)?;
    let mut names: Vec<&str> = blocks
        .iter()
        .filter_map(|block| block["block_id"].as_str())
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() != all {
        return Err("a block_id twice".to_owned());
    }
    Ok(())
}

/// Checks the app's own page.
pub(super) fn home(view: &Value) -> Result<(), String> {
    if view["type"] != "home" {
        return Err(format!("type {}", view["type"]));
    }
    understood(view)?;
    rules::many(view["blocks"].as_array().ok_or("no blocks")?, 100)
}

/// Another library reads all of it.
pub(super) fn understood(view: &Value) -> Result<(), String> {
    let typed: SlackView =
        serde_json::from_value(view.clone()).map_err(|error| error.to_string())?;
    let known = serde_json::to_value(&typed).map_err(|error| error.to_string())?;
    if known == *view {
        Ok(())
    } else {
        Err(format!("not understood whole: {view} is read as {known}"))
    }
}

/// A dialog with a reason in it, as it is sent off. What is too short is not sent by Slack at all.
pub(super) fn filled(view: &Value, id: &str, reason: &str) -> Value {
    let blocks = view["blocks"].as_array().unwrap();
    let input = blocks
        .iter()
        .find(|block| block["type"] == "input")
        .unwrap();
    let (block, element) = (&input["block_id"], &input["element"]);
    let (block, action) = (
        block.as_str().unwrap(),
        element["action_id"].as_str().unwrap(),
    );
    let mut filled = view.clone();
    filled["id"] = json!(id);
    filled["team_id"] = json!(super::workspace::TEAM);
    filled["hash"] = json!("156772938.1827394");
    filled["state"] =
        json!({ "values": { block: { action: { "type": element["type"], "value": reason } } } });
    filled
}

/// What Slack does with an answer: nothing closes the dialog, everything else must be something it knows.
pub(super) fn answer(body: &str) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let _known: SlackViewSubmissionResponse = serde_json::from_str(body).unwrap();
    serde_json::from_str(body).unwrap()
}
