//! What is sent to a server, in the types in which the API's owner describes it; then the quirks, which are data.

use super::{AskedCall, Endpoint};
use async_openai::types::chat::{
    ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls,
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestDeveloperMessage,
    ChatCompletionRequestMessage as Message, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestToolMessage, ChatCompletionRequestUserMessage,
    ChatCompletionStreamOptions, ChatCompletionTool, ChatCompletionToolChoiceOption,
    ChatCompletionTools, CreateChatCompletionRequest, FunctionCall, FunctionObject, ResponseFormat,
    ResponseFormatJsonSchema, ToolChoiceOptions,
};
use config::settings::{AnswerForm, SystemRole};
use serde_json::{Value, json};

/// Something that was said in a dialogue with a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// By us: how to go about it.
    Guidance(String),
    /// By us: what to do.
    Task(String),
    /// By the model.
    Model {
        /// Its text.
        text: String,
        /// The tools that it wanted called.
        calls: Vec<AskedCall>,
    },
    /// What a tool answered.
    Tool {
        /// The id of the call.
        id: String,
        /// The answer.
        answer: String,
    },
}

/// A tool, as a model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// What it gives and when to use it.
    pub description: String,
    /// The JSON schema of its arguments.
    pub parameters: Value,
}

/// The form in which an answer is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its name.
    pub name: &'static str,
    /// Its JSON schema, within what servers enforce.
    pub schema: Value,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The dialogue so far. Only ever added to, so that servers find its beginning in their caches.
    pub said: Vec<Said>,
    /// The tools that there are.
    pub functions: Vec<Function>,
    /// Whether the model may call one now.
    pub may_call: bool,
    /// The form of the answer; any text where none is said.
    pub wanted: Option<Wanted>,
}

impl Request {
    /// Whether tools are named to this server.
    fn names_tools(&self, endpoint: &Endpoint) -> bool {
        let beside = endpoint.settings.quirks.answers_beside_tools;
        !self.functions.is_empty() && (self.may_call || beside)
    }

    /// Whether the form of the answer is asked for in this request.
    #[must_use]
    pub fn asks_for_form(&self, endpoint: &Endpoint) -> bool {
        self.wanted.is_some() && (!self.may_call || endpoint.settings.quirks.answers_beside_tools)
    }
}

/// The body of a request. No secret is in it, whoever handed it in: this is the last look before it is sent.
#[must_use]
pub fn body(endpoint: &Endpoint, request: &Request) -> Value {
    let settings = &endpoint.settings;
    let quirks = &settings.quirks;
    let wanted = request
        .wanted
        .as_ref()
        .filter(|_| request.asks_for_form(endpoint));
    let tools = request.names_tools(endpoint);
    let mut said = request.said.iter().collect::<Vec<_>>();
    let spelled = wanted
        .filter(|_| quirks.answers != AnswerForm::JsonSchema)
        .map(|wanted| {
            Said::Task(format!(
                "Answer with one JSON object and nothing else. Its JSON schema:\n{}",
                wanted.schema
            ))
        });
    said.extend(&spelled);
    let whole = CreateChatCompletionRequest {
        model: settings.model.clone(),
        messages: said
            .into_iter()
            .map(|one| message(one, quirks.system_role))
            .collect(),
        stream: quirks.stream.then_some(true),
        stream_options: (quirks.stream && quirks.stream_usage).then_some(
            ChatCompletionStreamOptions {
                include_usage: Some(true),
                include_obfuscation: None,
            },
        ),
        tools: tools.then(|| request.functions.iter().map(tool).collect()),
        tool_choice: (tools && !request.may_call).then_some(ChatCompletionToolChoiceOption::Mode(
            ToolChoiceOptions::None,
        )),
        parallel_tool_calls: (tools && !quirks.parallel_tools).then_some(false),
        response_format: wanted.and_then(|wanted| format(wanted, quirks.answers)),
        ..CreateChatCompletionRequest::default()
    };
    let mut body = serde_json::to_value(whole).unwrap_or_default();
    body[&quirks.max_tokens_field] = json!(settings.answer_tokens);
    for (field, value) in quirks.body.get() {
        body[field] = value.clone();
    }
    body
}

fn message(said: &Said, role: SystemRole) -> Message {
    match said {
        Said::Guidance(text) => guidance(clean(text), role),
        Said::Task(text) => Message::User(ChatCompletionRequestUserMessage {
            content: clean(text).into(),
            name: None,
        }),
        Said::Model { text, calls } => Message::Assistant(ChatCompletionRequestAssistantMessage {
            // A message must hold something; beside calls the text may be missing.
            content: (calls.is_empty() || !text.is_empty()).then(|| clean(text).into()),
            tool_calls: (!calls.is_empty()).then(|| calls.iter().map(call).collect()),
            ..ChatCompletionRequestAssistantMessage::default()
        }),
        Said::Tool { id, answer } => Message::Tool(ChatCompletionRequestToolMessage {
            content: clean(answer).into(),
            tool_call_id: id.clone(),
        }),
    }
}

fn guidance(text: String, role: SystemRole) -> Message {
    match role {
        SystemRole::System => Message::System(ChatCompletionRequestSystemMessage {
            content: text.into(),
            name: None,
        }),
        SystemRole::Developer => Message::Developer(ChatCompletionRequestDeveloperMessage {
            content: text.into(),
            name: None,
        }),
        SystemRole::User => Message::User(ChatCompletionRequestUserMessage {
            content: text.into(),
            name: None,
        }),
    }
}

fn call(asked: &AskedCall) -> ChatCompletionMessageToolCalls {
    ChatCompletionMessageToolCalls::Function(ChatCompletionMessageToolCall {
        id: asked.id.clone(),
        function: FunctionCall {
            name: asked.name.clone(),
            arguments: clean(&asked.arguments),
        },
    })
}

fn tool(function: &Function) -> ChatCompletionTools {
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: function.name.clone(),
            description: Some(function.description.clone()),
            parameters: Some(function.parameters.clone()),
            strict: None,
        },
    })
}

fn format(wanted: &Wanted, form: AnswerForm) -> Option<ResponseFormat> {
    match form {
        AnswerForm::JsonSchema => Some(ResponseFormat::JsonSchema {
            json_schema: ResponseFormatJsonSchema {
                description: None,
                name: wanted.name.to_owned(),
                schema: wanted.schema.clone(),
                strict: Some(true),
            },
        }),
        AnswerForm::JsonObject => Some(ResponseFormat::JsonObject),
        AnswerForm::Text => None,
    }
}

fn clean(text: &str) -> String {
    crate::agent::data::masked(text)
}
