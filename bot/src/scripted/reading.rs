//! What the played model was told, out of a request.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What it was told.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) deployment: String,
    pub(super) service: String,
    pub(super) environment: String,
    /// The ids between which it may choose.
    pub(super) suspects: Vec<String>,
    /// Whether it is to write in Chinese.
    pub(super) chinese: bool,
    /// Whether it was told to doubt what it wrote.
    pub(super) doubts: bool,
    /// Whether no tool would be called for it any more.
    pub(super) must_answer: bool,
    /// The tools that it has called.
    pub(super) called: BTreeSet<String>,
    /// What they answered last.
    answers: BTreeMap<String, Value>,
}

impl Read {
    pub(super) fn of(request: &Value) -> Self {
        let mut read = Self {
            must_answer: request["tools"].as_array().is_none_or(Vec::is_empty)
                || request["tool_choice"] == "none",
            ..Self::default()
        };
        let messages = request["messages"].as_array();
        for message in messages.into_iter().flatten() {
            let text = message["content"].as_str().unwrap_or_default();
            match message["role"].as_str() {
                Some("user") => read.told(text),
                Some("tool") => read.answered(text),
                Some("assistant") => read.called.extend(calls(message)),
                _ => {}
            }
        }
        read
    }

    /// What Tawny says, and the data behind it.
    fn told(&mut self, text: &str) {
        let words = text.split_once('{').map_or(text, |(words, _)| words);
        self.doubts |= words.starts_with("Tawny: now be the sceptic");
        let known = data(text);
        let text_of = |name: &str| known[name].as_str().unwrap_or_default().to_owned();
        if known["deployment"].is_string() {
            self.chinese = words.contains("Chinese");
            self.deployment = text_of("deployment");
            self.service = text_of("service");
            self.environment = text_of("environment");
            let suspects = known["suspects"].as_array().into_iter().flatten();
            self.suspects = suspects
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect();
        }
    }

    fn answered(&mut self, text: &str) {
        let block: Value = serde_json::from_str(text).unwrap_or_default();
        if let Some(tool) = block["data_from"].as_str() {
            self.answers.insert(tool.to_owned(), block["data"].clone());
        }
    }

    /// What a tool answered; nothing where it was not asked, or failed.
    pub(super) fn answer(&self, tool: &str) -> &Value {
        self.answers.get(tool).unwrap_or(&Value::Null)
    }

    /// The finding that weighs most: what is blamed on the change, and then what moved farthest by its own measure.
    pub(super) fn finding(&self) -> Option<&Value> {
        let all = self.answer("get_deployment")["findings"].as_array()?;
        let weight = |finding: &&Value| {
            let times = number(&finding["current"]) / number(&finding["baseline"]).max(1e-6);
            (finding["attribution"] == "change", times.abs())
        };
        all.iter()
            .filter(|finding| finding["evidence_id"].is_string())
            .max_by(|one, other| {
                let (one, other) = (weight(one), weight(other));
                one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
            })
    }

    /// The first of the ranking, where the ranking says that it was a change.
    pub(super) fn first_suspect(&self) -> Option<&Value> {
        let ranked = self.answer("rank_suspects");
        let first = ranked["suspects"].get(0)?;
        (ranked["verdict"] == "change").then_some(first)
    }

    /// Whether the ranking says that it was nothing of this deployment.
    pub(super) fn is_acquitted(&self) -> bool {
        self.answer("rank_suspects")["verdict"] == "not_this_deployment"
    }
}

pub(super) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

/// The names of the tools that a message calls.
fn calls(message: &Value) -> impl Iterator<Item = String> {
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    calls.filter_map(|call| call["function"]["name"].as_str().map(str::to_owned))
}

/// The data that stands behind the words of a message.
fn data(text: &str) -> Value {
    let begin = text.find('{').unwrap_or(text.len());
    let block: Value = serde_json::from_str(&text[begin..]).unwrap_or_default();
    block["data"].clone()
}
