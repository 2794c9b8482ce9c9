//! Reading a resource: the tool that has it answers, within its bounds.

use super::{Form, LIVE_LASTS_MS, OVER_LASTS_MS, Place};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::tools;
use crate::world::World;
use rmcp::model::{CacheScope, ReadResourceResult, ResourceContents};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// What is at an address, for this caller.
///
/// # Errors
/// Nothing is there for them, or it cannot be read.
pub async fn read(
    world: &World,
    caller: &Caller,
    uri: &str,
    call: &Call,
) -> Result<ReadResourceResult, ToolError> {
    let unknown = || ToolError::Unknown {
        what: "resource",
        value: uri.chars().take(120).collect(),
        hint: ": resources/list and resources/templates/list have those that do",
    };
    let place = Place::of(uri).ok_or_else(unknown)?;
    let (tool, arguments) = match &place {
        Place::Services => ("list_services", json!({})),
        Place::Service(service) => ("list_services", json!({ "service": service })),
        Place::Deployment(id) => ("get_deployment", json!({ "deployment": id })),
        Place::Report(id, _) => ("get_report", json!({ "deployment": id })),
        Place::Timeline(id, _) => ("get_timeline", json!({ "deployment": id })),
        Place::Evidence(id) => ("get_evidence", json!({ "id": id })),
    };
    let tool = tools::find(tool).ok_or_else(unknown)?;
    let Value::Object(arguments) = arguments else {
        return Err(unknown());
    };
    let answer = tool.call(world, caller, arguments, call).await?;
    let document = answer.structured_content.unwrap_or(Value::Null);
    let contents = match &place {
        Place::Report(_, Form::Markdown) => markdown(uri, report(&document)),
        Place::Timeline(_, Form::Markdown) => markdown(uri, timeline(&document)),
        _ => ResourceContents::text(document.to_string(), uri).with_mime_type("application/json"),
    };
    let lasts = match place.deployment() {
        Some(id) => {
            let found = record::deployment(world, caller, id).await?;
            if found.state.ended() {
                OVER_LASTS_MS
            } else {
                LIVE_LASTS_MS
            }
        }
        None => match place {
            Place::Evidence(_) => OVER_LASTS_MS,
            _ => LIVE_LASTS_MS,
        },
    };
    let result = ReadResourceResult::new(vec![contents]);
    Ok(result
        .with_ttl_ms(lasts)
        .with_cache_scope(CacheScope::Private))
}

fn markdown(uri: &str, text: String) -> ResourceContents {
    ResourceContents::text(text, uri).with_mime_type("text/markdown")
}

fn rows<'d>(document: &'d Value, name: &str) -> impl Iterator<Item = &'d Map<String, Value>> {
    let rows = document.get(name).and_then(Value::as_array);
    rows.into_iter().flatten().filter_map(Value::as_object)
}

fn word<'d>(row: &'d Map<String, Value>, name: &str) -> &'d str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn report(document: &Value) -> String {
    let parts = rows(document, "parts").map(|part| word(part, "markdown").trim());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    with_end(parts.join("\n\n"), document)
}

// Writing to a string cannot fail.
fn timeline(document: &Value) -> String {
    let mut text = String::new();
    for line in rows(document, "events") {
        let (at, loud) = (word(line, "at"), word(line, "severity"));
        // What others wrote stays text: as code, on one line.
        let said = word(line, "text")
            .replace(['\n', '\r'], " ")
            .replace('`', "'");
        let _ = writeln!(text, "- {at} **{loud}** `{said}`");
    }
    with_end(text, document)
}

/// What is cut is said, with the way to the rest.
fn with_end(mut text: String, document: &Value) -> String {
    if document.get("truncated") == Some(&Value::Bool(true)) {
        text.push_str("\n\n(cut: the tool of the same name has the rest)\n");
    }
    text
}
