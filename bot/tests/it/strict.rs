//! What OpenAI would refuse of a request.

use serde_json::{Map, Value};

const FIELDS: [&str; 11] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "temperature",
];
/// What a strict schema may consist of.
const WORDS: [&str; 9] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "anyOf",
    "description",
    "const",
];

/// Why a request would be refused, if it would.
pub(crate) fn problem(request: &Value) -> Option<String> {
    let fields = request.as_object()?;
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Some(format!("Unrecognized request argument supplied: {unknown}"));
    }
    if request["model"].as_str().is_none_or(str::is_empty) {
        return Some("you must provide a model parameter".to_owned());
    }
    let streams = request["stream"] == true;
    if !streams && fields.contains_key("stream_options") {
        return Some("stream_options is only allowed when stream is enabled".to_owned());
    }
    let bound = ["max_completion_tokens", "max_tokens"].map(|name| request[name].as_u64());
    if bound.iter().flatten().count() != 1 || bound.contains(&Some(0)) {
        return Some("one bound of the answer, and a positive one".to_owned());
    }
    let tools = request["tools"].as_array();
    for name in ["tool_choice", "parallel_tool_calls"] {
        if tools.is_none() && fields.contains_key(name) {
            return Some(format!(
                "'{name}' is only allowed when 'tools' are specified"
            ));
        }
    }
    let bad_tool = tools.into_iter().flatten().find_map(tool);
    bad_tool
        .or_else(|| format(&request["response_format"]))
        .or_else(|| messages(request["messages"].as_array()?))
}

fn tool(tool: &Value) -> Option<String> {
    let name = tool["function"]["name"].as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if tool["type"] != "function" || name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Some(format!("Invalid tool: {tool}"));
    }
    if tool["function"]["description"]
        .as_str()
        .is_none_or(|text| text.chars().count() > 1_024)
    {
        return Some(format!("the description of {name} is missing or too long"));
    }
    let shape = &tool["function"]["parameters"];
    (shape["type"] != "object" || !shape["properties"].is_object())
        .then(|| format!("Invalid schema for function '{name}'"))
}

fn format(format: &Value) -> Option<String> {
    match format["type"].as_str() {
        None if format.is_null() => None,
        Some("json_object" | "text") => None,
        Some("json_schema") => {
            let named = &format["json_schema"];
            if named["name"].as_str().is_none() || named["strict"] != true {
                return Some(
                    "Missing required parameter: 'response_format.json_schema'".to_owned(),
                );
            }
            shape(&named["schema"], 0)
        }
        _ => Some("Invalid value: 'response_format.type'".to_owned()),
    }
}

/// The subset that the server enforces: closed objects, every property required, at most ten levels.
fn shape(schema: &Value, depth: usize) -> Option<String> {
    let refused = |why: String| Some(format!("Invalid schema for response_format: {why}"));
    let Some(fields) = schema.as_object() else {
        return refused(format!("{schema} is no object"));
    };
    if let Some(unknown) = fields.keys().find(|word| !WORDS.contains(&word.as_str())) {
        return refused(format!("'{unknown}' is not permitted"));
    }
    if depth > 10 {
        return refused("more than ten levels".to_owned());
    }
    if schema["type"] == "object" {
        let Some(properties) = schema["properties"].as_object() else {
            return refused("an object without properties".to_owned());
        };
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        if schema["additionalProperties"] != false {
            return refused("'additionalProperties' is required to be false".to_owned());
        }
        if properties
            .keys()
            .any(|name| !required.contains(&Value::from(name.as_str())))
            || required.len() != properties.len()
        {
            return refused("'required' has to include every key in properties".to_owned());
        }
        return properties.values().find_map(|one| shape(one, depth + 1));
    }
    if schema["type"] == "array" {
        return shape(&schema["items"], depth + 1);
    }
    let mut any = schema["anyOf"].as_array().into_iter().flatten();
    any.find_map(|one| shape(one, depth + 1))
}

fn messages(messages: &[Value]) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    if messages.is_empty() {
        return Some("[] is too short - 'messages'".to_owned());
    }
    for (place, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        if role == "tool" {
            let id = message["tool_call_id"].as_str().unwrap_or_default();
            let Some(at) = open.iter().position(|known| known == id) else {
                return Some(format!(
                    "messages[{place}]: a tool message that answers no tool call"
                ));
            };
            open.remove(at);
        } else if !open.is_empty() {
            return Some(format!(
                "tool_call_ids did not have response messages: {}",
                open.join(", ")
            ));
        }
        let text = message["content"].as_str();
        match role {
            "system" | "developer" | "user" | "tool" if text.is_none() => {
                return Some(format!("messages[{place}]: content is missing"));
            }
            "system" | "developer" | "user" | "tool" => {}
            "assistant" => {
                let calls = message["tool_calls"].as_array();
                if text.is_none() && calls.is_none_or(Vec::is_empty) {
                    return Some(format!("messages[{place}]: neither content nor tool_calls"));
                }
                for call in calls.into_iter().flatten() {
                    if let Some(why) = asked(call, &open) {
                        return Some(format!("messages[{place}]: {why}"));
                    }
                    open.push(call["id"].as_str()?.to_owned());
                }
            }
            other => return Some(format!("messages[{place}]: no such role: {other:?}")),
        }
    }
    (!open.is_empty()).then(|| format!("tool calls without answers: {}", open.join(", ")))
}

fn asked(call: &Value, open: &[String]) -> Option<String> {
    let id = call["id"].as_str().unwrap_or_default();
    if id.is_empty() || open.iter().any(|known| known == id) || call["type"] != "function" {
        return Some(format!("a tool call without an id of its own: {call}"));
    }
    let function = &call["function"];
    if function["name"].as_str().is_none_or(str::is_empty) {
        return Some("a tool call without a name".to_owned());
    }
    let text = function["arguments"].as_str().unwrap_or_default();
    serde_json::from_str::<Map<String, Value>>(text)
        .is_err()
        .then(|| format!("arguments that are no JSON object: {text}"))
}
