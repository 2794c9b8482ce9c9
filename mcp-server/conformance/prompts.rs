//! The prompts.

use crate::content::{PNG, made, unknown};
use crate::rounds::{Brought, asked, form};
use rmcp::ErrorData;
use rmcp::model::{GetPromptRequestParams, GetPromptResponse, GetPromptResult, Prompt};
use serde_json::{Value, json};

/// Name and required arguments.
const PROMPTS: &[(&str, &[&str])] = &[
    ("test_simple_prompt", &[]),
    ("test_prompt_with_arguments", &["arg1", "arg2"]),
    ("test_prompt_with_embedded_resource", &["resourceUri"]),
    ("test_prompt_with_image", &[]),
    ("test_input_required_result_prompt", &[]),
];

/// What arguments are completed from.
const WORDS: &[&str] = &["paris", "park", "party", "test"];

/// All prompts.
pub(crate) fn all() -> Result<Vec<Prompt>, ErrorData> {
    let listed = PROMPTS.iter().map(|(name, arguments)| {
        let argument = |name: &&str| json!({"name": name, "description": format!("{name}, for a judge"), "required": true});
        let arguments: Vec<Value> = arguments.iter().map(argument).collect();
        made(json!({"name": name, "description": format!("{name}, for a judge"), "arguments": arguments}))
    });
    listed.collect()
}

/// Words that begin like this.
pub(crate) fn completed(begun: &str) -> Vec<String> {
    let fit = WORDS.iter().filter(|word| word.starts_with(begun));
    fit.map(|word| (*word).to_owned()).collect()
}

/// One prompt.
pub(crate) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResponse, ErrorData> {
    let argument = |name: &str| {
        let given = request.arguments.as_ref().and_then(|all| all.get(name));
        let missing = || ErrorData::invalid_params(format!("argument `{name}` is missing"), None);
        given.and_then(Value::as_str).ok_or_else(missing)
    };
    let text = |words: String| json!({"type": "text", "text": words});
    let contents = match request.name.as_str() {
        "test_simple_prompt" => vec![text("This is a simple prompt for testing.".into())],
        "test_prompt_with_arguments" => {
            let (one, two) = (argument("arg1")?, argument("arg2")?);
            vec![text(format!(
                "Prompt with arguments: arg1='{one}', arg2='{two}'"
            ))]
        }
        "test_prompt_with_embedded_resource" => vec![
            json!({"type": "resource", "resource": {
                "uri": argument("resourceUri")?, "mimeType": "text/plain",
                "text": "Embedded resource content for testing.",
            }}),
            text("Please process the embedded resource above.".into()),
        ],
        "test_prompt_with_image" => vec![
            json!({"type": "image", "data": PNG, "mimeType": "image/png"}),
            text("Please analyze the image above.".into()),
        ],
        "test_input_required_result_prompt" => {
            match Brought(request.input_responses.as_ref()).field("user_context", "context") {
                Some(context) => vec![text(format!("Mind this context: {context}"))],
                None => {
                    let question = form("What context should the prompt use?", "context", "string");
                    return asked(json!({"user_context": question}), None);
                }
            }
        }
        other => return Err(unknown("prompt", other)),
    };
    let messages: Vec<Value> = contents
        .into_iter()
        .map(|content| json!({"role": "user", "content": content}))
        .collect();
    made::<GetPromptResult>(json!({"messages": messages, "resultType": "complete"})).map(Into::into)
}
