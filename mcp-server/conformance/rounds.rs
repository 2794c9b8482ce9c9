//! From 2026-07-28 a server asks by answering that something is missing; the client comes back with it.

use crate::content::{made, unknown};
use crate::server::Judged;
use crate::tools::text;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, InputRequests, InputRequiredResult,
    InputResponses,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

/// Whether a tool asks in this way.
pub(crate) fn asks(name: &str) -> bool {
    name.starts_with("test_input_required_result_") || name == "test_streaming_elicitation"
}

/// Asks, or goes on with what the client brought.
pub(crate) fn call(
    judged: &Judged,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let brought = Brought(request.input_responses.as_ref());
    let said = match request.name.as_ref() {
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
            match brought.field("user_name", "name") {
                Some(name) => format!("Hello, {name}!"),
                None => return asked(json!({"user_name": name_form("What is your name?")}), None),
            }
        }
        "test_input_required_result_sampling" => match brought.text("capital_question") {
            Some(words) => format!("The model said: {words}"),
            None => {
                let question = sampling("What is the capital of France?", 100);
                return asked(json!({"capital_question": question}), None);
            }
        },
        "test_input_required_result_list_roots" => match brought.get("client_roots") {
            Some(roots) => format!("The client has these roots: {}", roots["roots"]),
            None => return asked(json!({"client_roots": roots()}), None),
        },
        "test_input_required_result_request_state"
        | "test_input_required_result_tampered_state" => {
            match judged.opened(request.request_state.as_deref())? {
                Some(_) if brought.get("confirm").is_some() => "state-ok".to_owned(),
                _ => return asked(json!({"confirm": confirm()}), Some(judged.sealed("asked"))),
            }
        }
        "test_input_required_result_multiple_inputs" => {
            let state = judged.opened(request.request_state.as_deref())?;
            let all = brought
                .field("user_name", "name")
                .zip(brought.text("greeting"));
            match (state, all, brought.get("client_roots")) {
                (Some(_), Some((name, greeting)), Some(roots)) => {
                    format!("{greeting} {name}, with roots {}", roots["roots"])
                }
                _ => {
                    let questions = json!({
                        "user_name": name_form("What is your name?"),
                        "greeting": sampling("Generate a greeting", 50),
                        "client_roots": roots(),
                    });
                    return asked(questions, Some(judged.sealed("asked")));
                }
            }
        }
        "test_input_required_result_multi_round" => return rounds(judged, request, &brought),
        "test_input_required_result_capabilities" => {
            let can = context.client_capabilities().unwrap_or_default();
            let mut questions = json!({});
            if can.elicitation.is_some() {
                questions["user_name"] = name_form("What is your name?");
            }
            if can.sampling.is_some() {
                questions["greeting"] = sampling("Generate a greeting", 50);
            }
            if brought.0.is_none() {
                return asked(questions, None);
            }
            "brought what could be asked for".to_owned()
        }
        other => return Err(unknown("tool", other)),
    };
    made::<CallToolResult>(json!({"content": text(&said), "resultType": "complete"}))
        .map(Into::into)
}

/// First the name, then the colour; the state says what is known.
fn rounds(
    judged: &Judged,
    request: &CallToolRequestParams,
    brought: &Brought<'_>,
) -> Result<CallToolResponse, ErrorData> {
    let state = judged.opened(request.request_state.as_deref())?;
    let known = state
        .as_deref()
        .and_then(|state| state.strip_prefix("name:"));
    if let (Some(name), Some(color)) = (known, brought.field("step2", "color")) {
        let said = text(&format!("{name} likes {color}"));
        return made::<CallToolResult>(json!({"content": said, "resultType": "complete"}))
            .map(Into::into);
    }
    match (state.as_deref(), brought.field("step1", "name")) {
        (Some("begun"), Some(name)) => {
            let question = form("Step 2: What is your favorite color?", "color", "string");
            asked(
                json!({"step2": question}),
                Some(judged.sealed(&format!("name:{name}"))),
            )
        }
        _ => {
            let question = name_form("Step 1: What is your name?");
            asked(json!({"step1": question}), Some(judged.sealed("begun")))
        }
    }
}

/// The answer that something is missing.
pub(crate) fn asked<T: From<InputRequiredResult>>(
    questions: Value,
    state: Option<String>,
) -> Result<T, ErrorData> {
    let questions: InputRequests = made(questions)?;
    Ok(InputRequiredResult::new(Some(questions), state).into())
}

/// A form with one field.
pub(crate) fn form(message: &str, field: &str, kind: &str) -> Value {
    json!({"method": "elicitation/create", "params": {
        "mode": "form", "message": message, "requestedSchema": {
            "type": "object", "properties": {field: {"type": kind}}, "required": [field],
        },
    }})
}

/// A form that asks for a name.
pub(crate) fn name_form(message: &str) -> Value {
    form(message, "name", "string")
}

fn confirm() -> Value {
    form("Please confirm", "ok", "boolean")
}

fn sampling(question: &str, most: u32) -> Value {
    json!({"method": "sampling/createMessage", "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": question}}], "maxTokens": most,
    }})
}

fn roots() -> Value {
    json!({"method": "roots/list", "params": {}})
}

/// What a client brought; what does not have the shape of an answer is as if it were not there.
pub(crate) struct Brought<'a>(pub(crate) Option<&'a InputResponses>);

impl Brought<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.0?.get(key).filter(|answer| answer.is_object())
    }

    /// A field of a form that was filled in.
    pub(crate) fn field(&self, key: &str, field: &str) -> Option<&str> {
        self.get(key)?.get("content")?.get(field)?.as_str()
    }

    /// What a model said.
    fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.pointer("/content/text")?.as_str()
    }
}
