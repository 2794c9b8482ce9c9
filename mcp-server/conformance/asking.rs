//! Up to 2025-11-25 a tool asks the client in a request of its own, in the middle of a call.

use crate::content::{made, unknown};
use crate::server::Judged;
use crate::tools::text;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

/// Whether a tool asks in this way.
pub(crate) fn asks(name: &str) -> bool {
    name == "test_sampling" || form(name, "").is_some()
}

/// Asks, and says what was answered.
pub(crate) async fn call(
    judged: &Judged,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    if !judged.keeps_sessions() {
        let why = "this server keeps nothing between requests: an answer to its question would reach nobody";
        return Ok(CallToolResult::error(vec![ContentBlock::text(why)]).into());
    }
    let argument = |name: &str| {
        let given = request.arguments.as_ref().and_then(|all| all.get(name));
        given.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let said = if request.name == "test_sampling" {
        sampled(&argument("prompt"), context).await?
    } else {
        let form = form(&request.name, &argument("message"));
        let form = form.ok_or_else(|| unknown("tool", &request.name))?;
        let answer = context.peer.create_elicitation(made(form)?).await;
        let answer = answer.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        let (action, content) = (json!(answer.action), json!(answer.content));
        format!(
            "Elicitation completed: action={}, content={content}",
            action.as_str().unwrap_or_default()
        )
    };
    made::<CallToolResult>(json!({"content": text(&said)})).map(Into::into)
}

async fn sampled(prompt: &str, context: &RequestContext<RoleServer>) -> Result<String, ErrorData> {
    let asked = made(json!({
        "messages": [{"role": "user", "content": {"type": "text", "text": prompt}}], "maxTokens": 100,
    }))?;
    let answer = context.peer.create_message(asked).await;
    let answer = answer.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    let answer = json!(answer);
    let words = answer.pointer("/content/text").and_then(Value::as_str);
    Ok(format!("LLM response: {}", words.unwrap_or_default()))
}

/// The form that a tool shows.
fn form(name: &str, message: &str) -> Option<Value> {
    let (message, properties, required) = match name {
        "test_elicitation" => (
            message,
            json!({
                "username": {"type": "string", "description": "User's response"},
                "email": {"type": "string", "description": "User's email address"},
            }),
            json!(["username", "email"]),
        ),
        "test_elicitation_sep1034_defaults" => (
            "Is this right?",
            json!({
                "name": {"type": "string", "default": "John Doe"},
                "age": {"type": "integer", "default": 30},
                "score": {"type": "number", "default": 95.5},
                "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
                "verified": {"type": "boolean", "default": true},
            }),
            json!([]),
        ),
        "test_elicitation_sep1330_enums" => ("Choose", choices(), json!([])),
        _ => return None,
    };
    let schema = json!({"type": "object", "properties": properties, "required": required});
    Some(json!({"mode": "form", "message": message, "requestedSchema": schema}))
}

/// All shapes that a choice may have.
fn choices() -> Value {
    let titled = |titles: [&str; 3]| -> Value {
        let numbered = titles.iter().enumerate();
        numbered
            .map(|(at, title)| json!({"const": format!("value{}", at + 1), "title": title}))
            .collect()
    };
    let plain = json!(["option1", "option2", "option3"]);
    json!({
        "untitledSingle": {"type": "string", "enum": plain},
        "titledSingle": {"type": "string", "oneOf": titled(["First Option", "Second Option", "Third Option"])},
        "legacyEnum": {
            "type": "string", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled(["First Choice", "Second Choice", "Third Choice"])}},
    })
}
