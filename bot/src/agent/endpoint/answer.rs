//! An answer as every server gives it, read leniently: what is not understood is passed over, what is needed and missing
//! is an error.

use super::fault::{Fault, said};
use serde_json::Value;

/// Calls in one answer that are looked at.
const MOST_CALLS: usize = 32;

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// Its text.
    pub text: String,
    /// Why it refuses, if it does.
    pub refusal: Option<String>,
    /// The tools that it wants called.
    pub calls: Vec<AskedCall>,
    /// Why it stopped.
    pub finish: Finish,
    /// What it read and wrote, if the server says so.
    pub usage: Option<Usage>,
    /// Whether it came in parts.
    pub streamed: bool,
}

/// A tool that a model wants called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskedCall {
    /// By which the answer is recognised.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, as the model wrote them: perhaps no JSON.
    pub arguments: String,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Finish {
    /// It had said all.
    #[default]
    Stop,
    /// It wants tools called.
    Tools,
    /// There was no room for more.
    Length,
    /// The server held the rest back.
    Filtered,
}

/// Tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Read.
    pub input: u64,
    /// Those of them that the server had read before.
    pub cached: u64,
    /// Written, what the model thought included.
    pub output: u64,
}

impl Finish {
    /// The word of a server.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "tool_calls" | "function_call" => Self::Tools,
            "length" | "max_tokens" => Self::Length,
            "content_filter" | "safety" => Self::Filtered,
            _ => Self::Stop,
        }
    }
}

impl Usage {
    /// What a document says under `usage`.
    pub(super) fn of(document: &Value) -> Option<Self> {
        let usage = document.get("usage")?;
        let number = |names: &[&str]| names.iter().find_map(|name| usage.pointer(name)?.as_u64());
        Some(Self {
            input: number(&["/prompt_tokens", "/input_tokens"])?,
            cached: number(&[
                "/prompt_tokens_details/cached_tokens",
                "/input_tokens_details/cached_tokens",
                "/prompt_cache_hit_tokens",
            ])
            .unwrap_or(0),
            output: number(&["/completion_tokens", "/output_tokens"]).unwrap_or(0),
        })
    }
}

impl Reply {
    /// A whole answer.
    pub(super) fn read(body: &[u8]) -> Result<Self, Fault> {
        let document: Value = serde_json::from_slice(body)
            .map_err(|error| Fault::Shape(format!("it is no JSON: {error}")))?;
        if document.get("error").is_some_and(|error| !error.is_null()) {
            return Err(Fault::of(502, None, &document.to_string()));
        }
        let choice = &document["choices"][0];
        let message = &choice["message"];
        if !message.is_object() {
            let why = "`choices[0].message` is missing".to_owned();
            return Err(Fault::Shape(why));
        }
        let mut reply = Self {
            text: message["content"].as_str().unwrap_or_default().to_owned(),
            refusal: message["refusal"].as_str().map(said),
            usage: Usage::of(&document),
            finish: Finish::of(choice["finish_reason"].as_str().unwrap_or("stop")),
            ..Self::default()
        };
        let calls = message["tool_calls"].as_array();
        for call in calls.into_iter().flatten().take(MOST_CALLS) {
            reply.calls.push(AskedCall {
                id: call["id"].as_str().unwrap_or_default().to_owned(),
                name: name(&call["function"]["name"]),
                arguments: arguments(&call["function"]["arguments"]),
            });
        }
        Ok(reply)
    }

    /// A part of a stream.
    pub(super) fn add(&mut self, part: &Value) -> Result<(), Fault> {
        if part.get("error").is_some_and(|error| !error.is_null()) {
            return Err(Fault::of(502, None, &part.to_string()));
        }
        self.usage = Usage::of(part).or(self.usage);
        let Some(choice) = part["choices"].get(0) else {
            return Ok(());
        };
        let delta = &choice["delta"];
        self.text.push_str(delta["content"].as_str().unwrap_or(""));
        if let Some(refusal) = delta["refusal"].as_str() {
            let so_far = self.refusal.get_or_insert_default();
            so_far.push_str(refusal);
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            self.add_call(call);
        }
        if let Some(word) = choice["finish_reason"].as_str() {
            self.finish = Finish::of(word);
        }
        Ok(())
    }

    /// Parts of a call bear its place; some servers send whole calls without one.
    fn add_call(&mut self, part: &Value) {
        let place = part["index"].as_u64().map(|place| place as usize);
        let id = part["id"].as_str().filter(|id| !id.is_empty());
        let begins = id.is_some() || part["function"]["name"].is_string();
        let place = place.unwrap_or_else(|| {
            let last = self.calls.len();
            if begins { last } else { last.saturating_sub(1) }
        });
        if place >= MOST_CALLS {
            return;
        }
        if self.calls.len() <= place {
            self.calls.resize_with(place + 1, AskedCall::default);
        }
        let Some(call) = self.calls.get_mut(place) else {
            return;
        };
        if let Some(id) = id {
            id.clone_into(&mut call.id);
        }
        if call.name.is_empty() {
            call.name = name(&part["function"]["name"]);
        }
        let more = arguments(&part["function"]["arguments"]);
        call.arguments.push_str(&more);
    }
}

/// As `functions.get_diff` too, which some models write.
fn name(value: &Value) -> String {
    let name = value.as_str().unwrap_or_default().trim();
    let name = name.strip_prefix("functions.").unwrap_or(name);
    name.chars().take(64).collect()
}

/// A text by the API; an object with some servers.
fn arguments(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_of_parallel_calls_are_put_together_by_their_place() {
        let mut reply = Reply::default();
        for delta in [
            json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "one", "arguments": ""}}]}),
            json!({"tool_calls": [{"index": 1, "id": "b", "function": {"name": "two", "arguments": "{\"x\""}}]}),
            json!({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}, {"index": 1, "function": {"arguments": ":1}"}}]}),
        ] {
            reply.add(&json!({"choices": [{"delta": delta}]})).unwrap();
        }
        let end = json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]});
        reply.add(&end).unwrap();
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}});
        reply.add(&usage).unwrap();
        let calls: Vec<_> = reply
            .calls
            .iter()
            .map(|call| {
                (
                    call.id.as_str(),
                    call.name.as_str(),
                    call.arguments.as_str(),
                )
            })
            .collect();
        assert_eq!(calls, [("a", "one", "{}"), ("b", "two", "{\"x\":1}")]);
        assert_eq!(reply.finish, Finish::Tools);
        let usage = Usage {
            input: 9,
            cached: 4,
            output: 2,
        };
        assert_eq!(reply.usage, Some(usage));
    }

    #[test]
    fn calls_without_a_place_or_with_arguments_that_are_no_text_are_understood() {
        let mut reply = Reply::default();
        for call in [
            json!({"id": "a", "function": {"name": "functions.one", "arguments": {"x": 1}}}),
            json!({"id": "b", "function": {"name": "two", "arguments": "{}"}}),
        ] {
            let part = json!({"choices": [{"delta": {"tool_calls": [call]}}]});
            reply.add(&part).unwrap();
        }
        let names: Vec<_> = reply.calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(reply.calls[0].arguments, "{\"x\":1}");
    }

    #[test]
    fn what_is_no_answer_is_said_to_be_none() {
        assert!(matches!(Reply::read(b"<html>"), Err(Fault::Shape(_))));
        assert!(matches!(Reply::read(b"{}"), Err(Fault::Shape(_))));
        let error = br#"{"error": {"message": "out of memory"}}"#;
        assert!(matches!(Reply::read(error), Err(Fault::Busy { .. })));
    }
}
