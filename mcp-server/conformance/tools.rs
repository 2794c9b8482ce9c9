//! The tools: what they are called and take, and those that answer at once.

use crate::content::{PNG, WAV, made, unknown};
use crate::server::{Changed, Judged};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock,
    LoggingLevel, LoggingMessageNotificationParam, ProgressNotificationParam, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::time::Duration;

/// What judges want to see pass between two notifications.
const PAUSE: Duration = Duration::from_millis(50);

/// Tools without arguments.
const PLAIN: &[&str] = &[
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_tool_with_logging",
    "test_tool_with_progress",
    "test_error_handling",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_logging_tool",
    "test_trigger_tool_change",
    "test_trigger_prompt_change",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
    "failing_job",
    "protocol_error_job",
    "multi_input",
    "test_tool_with_task",
];

/// All tools, in the same order each time.
pub(crate) fn all() -> Result<Vec<Tool>, ErrorData> {
    let object = |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required});
    let text = json!({"type": "string"});
    let taking = [
        (
            "test_sampling",
            object(json!({"prompt": text}), json!(["prompt"])),
        ),
        (
            "test_elicitation",
            object(json!({"message": text}), json!(["message"])),
        ),
        ("greet", object(json!({"name": text}), json!(["name"]))),
        (
            "slow_compute",
            object(
                json!({"seconds": {"type": "number"}, "label": text}),
                json!(["seconds"]),
            ),
        ),
        (
            "confirm_delete",
            object(json!({"filename": text}), json!([])),
        ),
        (
            "test_mirrored_argument",
            object(
                json!({"region": {"type": "string", "x-mcp-header": "Region"}}),
                json!(["region"]),
            ),
        ),
        ("json_schema_2020_12_tool", rich_schema()),
    ];
    let plain = PLAIN
        .iter()
        .map(|name| (*name, object(json!({}), json!([]))));
    let listed = plain.chain(taking).map(|(name, schema)| {
        made(json!({"name": name, "description": format!("{name}, for a judge"), "inputSchema": schema}))
    });
    listed.collect()
}

/// A schema with the words of JSON Schema 2020-12 that must survive.
fn rich_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef", "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

/// What a tool says that neither asks nor takes its time.
pub(crate) async fn call(
    judged: &Judged,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let content = match request.name.as_ref() {
        "test_simple_text" => text("This is a simple text response for testing."),
        "test_image_content" => json!([image()]),
        "test_audio_content" => json!([{"type": "audio", "data": WAV, "mimeType": "audio/wav"}]),
        "test_embedded_resource" => json!([{"type": "resource", "resource": {
            "uri": "test://embedded-resource", "mimeType": "text/plain",
            "text": "This is an embedded resource content.",
        }}]),
        "test_multiple_content_types" => json!([
            {"type": "text", "text": "Multiple content types test:"},
            image(),
            {"type": "resource", "resource": {
                "uri": "test://mixed-content-resource", "mimeType": "application/json",
                "text": json!({"test": "data", "value": 123}).to_string(),
            }},
        ]),
        "test_error_handling" => {
            let words = ContentBlock::text("This tool intentionally returns an error for testing");
            return Ok(CallToolResult::error(vec![words]).into());
        }
        "test_tool_with_logging" | "test_logging_tool" => logged(context).await,
        "test_tool_with_progress" => progressed(context).await,
        "test_missing_capability" => sampled(context)?,
        "test_trigger_tool_change" => judged.change(Changed::Tools),
        "test_trigger_prompt_change" => judged.change(Changed::Prompts),
        "test_mirrored_argument" | "json_schema_2020_12_tool" => text("taken"),
        "greet" => {
            let name = request.arguments.as_ref().and_then(|all| all.get("name"));
            text(&format!(
                "Hello, {}!",
                name.and_then(Value::as_str).unwrap_or_default()
            ))
        }
        other => return Err(unknown("tool", other)),
    };
    made::<CallToolResult>(json!({"content": content, "resultType": "complete"})).map(Into::into)
}

/// Content that is this text.
pub(crate) fn text(words: &str) -> Value {
    json!([{"type": "text", "text": words}])
}

fn image() -> Value {
    json!({"type": "image", "data": PNG, "mimeType": "image/png"})
}

/// Says three things in the log, if the client wants to hear them: from 2026-07-28 each request says so.
async fn logged(context: &RequestContext<RoleServer>) -> Value {
    let modern = crate::server::is_modern(context);
    if !modern || context.meta.log_level().is_some() {
        for said in [
            "Tool execution started",
            "Tool processing data",
            "Tool execution completed",
        ] {
            let told = LoggingMessageNotificationParam::new(LoggingLevel::Info, said.into());
            context.peer.notify_logging_message(told).await.ok();
            tokio::time::sleep(PAUSE).await;
        }
    }
    text("said what there was to say")
}

async fn progressed(context: &RequestContext<RoleServer>) -> Value {
    for done in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let told = ProgressNotificationParam::new(token, done).with_total(100.0);
            context.peer.notify_progress(told).await.ok();
        }
        tokio::time::sleep(PAUSE).await;
    }
    text("went all the way")
}

/// Works for clients alone that lend their model.
fn sampled(context: &RequestContext<RoleServer>) -> Result<Value, ErrorData> {
    let capabilities = context.client_capabilities().unwrap_or_default();
    if capabilities.sampling.is_some() {
        return Ok(text("the client lends its model"));
    }
    let wanted = ClientCapabilities::builder().enable_sampling().build();
    Err(ErrorData::missing_required_client_capability(wanted))
}
