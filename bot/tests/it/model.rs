//! A server that speaks OpenAI's chat completions, refuses what OpenAI refuses, and answers as a test says.

use crate::strict;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bot::scripted::Played;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

pub(crate) const KEY: &str = "the-key-of-the-double";

/// What the server answers.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Text(String),
    Calls(Vec<(&'static str, Value)>),
    /// Calls whose arguments are exactly this text.
    RawCalls(Vec<(&'static str, &'static str)>),
    Refusal(&'static str),
    /// A text for which there was no more room.
    Cut(String),
    Filtered,
    /// A status, headers, and what stands in `error`.
    Status(u16, Vec<(&'static str, &'static str)>, Value),
    /// Nothing, ever.
    Hang,
    /// A stream that breaks off.
    BreaksOff,
    /// This body, as it is.
    Raw(&'static str),
    /// The other one, once there is a permit for it.
    Held(Arc<Semaphore>, Box<Self>),
}

impl From<Played> for Answer {
    fn from(played: Played) -> Self {
        match played {
            Played::Calls(calls) => Self::Calls(calls),
            Played::Text(text) => Self::Text(text),
        }
    }
}

/// A model, as a test plays it: it is given the request and how many there were before.
type Model = Arc<dyn Fn(&Value, usize) -> Answer + Send + Sync>;

/// What the server can and cannot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    pub(crate) streams: bool,
    pub(crate) counts: bool,
    pub(crate) schema: bool,
    /// Whether a form may be asked for beside tools.
    pub(crate) beside: bool,
    pub(crate) old_bound: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            streams: true,
            counts: true,
            schema: true,
            beside: true,
            old_bound: false,
        }
    }
}

#[derive(Clone)]
struct Playing {
    model: Model,
    manners: Manners,
    requests: Arc<Mutex<Vec<Value>>>,
    refused: Arc<Mutex<Vec<String>>>,
}

pub(crate) struct Double {
    pub(crate) address: SocketAddr,
    playing: Playing,
}

impl Double {
    pub(crate) async fn of(
        model: impl Fn(&Value, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::with(Manners::default(), model).await
    }

    /// Answers one after another; then nothing more is expected.
    pub(crate) async fn playing(answers: Vec<Answer>) -> Self {
        Self::of(move |_, before| {
            let answer = answers.get(before);
            answer
                .cloned()
                .unwrap_or_else(|| panic!("request {before} was not expected"))
        })
        .await
    }

    pub(crate) async fn with(
        manners: Manners,
        model: impl Fn(&Value, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let playing = Playing {
            model: Arc::new(model),
            manners,
            requests: Arc::default(),
            refused: Arc::default(),
        };
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(playing.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, playing }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// All requests that came, those that were refused too.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.playing.requests.lock().unwrap().clone()
    }

    /// Why requests were refused as OpenAI refuses them.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.playing.refused.lock().unwrap().clone()
    }
}

async fn answer(State(playing): State<Playing>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let before = {
        let mut requests = playing.requests.lock().unwrap();
        requests.push(request.clone());
        requests.len() - 1
    };
    let bearer = format!("Bearer {KEY}");
    if headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        != Some(&bearer)
    {
        return refused(&playing, 401, "Incorrect API key provided");
    }
    if let Some(problem) = strict::problem(&request) {
        return refused(&playing, 400, &problem);
    }
    if let Some(problem) = lacks(&playing.manners, &request) {
        let error = json!({"error": {"message": problem, "type": "invalid_request_error"}});
        return (StatusCode::BAD_REQUEST, axum::Json(error)).into_response();
    }
    let mut answer = (playing.model)(&request, before);
    while let Answer::Held(gate, then) = answer {
        gate.acquire().await.unwrap().forget();
        answer = *then;
    }
    let (message, finish) = match answer {
        Answer::Hang | Answer::Held(..) => std::future::pending().await,
        Answer::Raw(text) => return text.into_response(),
        Answer::Status(status, headers, error) => return failed(status, &headers, &error),
        Answer::BreaksOff => return breaks_off(),
        Answer::Text(text) => (json!({"content": text}), "stop"),
        Answer::Cut(text) => (json!({"content": text}), "length"),
        Answer::Refusal(why) => (json!({"content": null, "refusal": why}), "stop"),
        Answer::Filtered => (json!({"content": ""}), "content_filter"),
        Answer::Calls(calls) => {
            let calls = calls
                .into_iter()
                .map(|(name, arguments)| (name, arguments.to_string()));
            (asked(before, calls), "tool_calls")
        }
        Answer::RawCalls(calls) => {
            let calls = calls
                .into_iter()
                .map(|(name, text)| (name, text.to_owned()));
            (asked(before, calls), "tool_calls")
        }
    };
    let usage = usage(&request, &playing, &message);
    let counts = playing.manners.counts;
    if request["stream"] != true || !playing.manners.streams {
        let mut whole = json!({
            "id": format!("chatcmpl-{before}"), "object": "chat.completion", "created": 1_763_760_000, "model": request["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": null}],
        });
        whole["choices"][0]["message"]["role"] = json!("assistant");
        if counts {
            whole["usage"] = usage;
        }
        return axum::Json(whole).into_response();
    }
    let told = counts && request["stream_options"]["include_usage"] == true;
    parts(before, &request, &message, finish, told.then_some(usage))
}

/// What this server does not know.
fn lacks(manners: &Manners, request: &Value) -> Option<&'static str> {
    let form = request["response_format"]["type"].as_str();
    if !manners.schema && form == Some("json_schema") {
        return Some("response_format json_schema is not supported by this model");
    }
    if !manners.beside && form.is_some() && request["tools"].is_array() {
        return Some("response_format cannot be used with tools");
    }
    let new_bound = request["max_completion_tokens"].is_u64();
    if manners.old_bound && new_bound {
        return Some("Unrecognized request argument supplied: max_completion_tokens");
    }
    None
}

fn refused(playing: &Playing, status: u16, why: &str) -> Response {
    playing.refused.lock().unwrap().push(why.to_owned());
    failed(
        status,
        &[],
        &json!({"message": why, "type": "invalid_request_error"}),
    )
}

fn failed(status: u16, headers: &[(&'static str, &'static str)], error: &Value) -> Response {
    let mut response = axum::Json(json!({ "error": error })).into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

fn asked(before: usize, calls: impl Iterator<Item = (&'static str, String)>) -> Value {
    let calls = calls.enumerate().map(|(place, (name, arguments))| {
        let function = json!({"name": name, "arguments": arguments});
        json!({"id": format!("call_{before}_{place}"), "type": "function", "function": function})
    });
    json!({"content": null, "tool_calls": calls.collect::<Vec<_>>()})
}

/// Counted roughly; what the request before began with was read before.
fn usage(request: &Value, playing: &Playing, message: &Value) -> Value {
    let requests = playing.requests.lock().unwrap();
    let text = request["messages"].to_string();
    let earlier = requests
        .iter()
        .rev()
        .nth(1)
        .map(|one| one["messages"].to_string());
    let same = earlier.map_or(0, |earlier| {
        earlier
            .bytes()
            .zip(text.bytes())
            .take_while(|(one, other)| one == other)
            .count()
    });
    let (input, output) = (text.len() / 4 + 1, message.to_string().len() / 4 + 1);
    json!({
        "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        "prompt_tokens_details": {"cached_tokens": same / 4}, "completion_tokens_details": {"reasoning_tokens": 0},
    })
}

/// As OpenAI cuts an answer: texts in pieces, arguments of calls in pieces, the usage last.
fn parts(
    before: usize,
    request: &Value,
    message: &Value,
    finish: &str,
    usage: Option<Value>,
) -> Response {
    let part = |delta: Value, finish: Value| {
        json!({
            "id": format!("chatcmpl-{before}"), "object": "chat.completion.chunk", "created": 1_763_760_000, "model": request["model"],
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        })
    };
    let mut all = vec![part(
        json!({"role": "assistant", "content": ""}),
        Value::Null,
    )];
    for name in ["content", "refusal"] {
        let text: Vec<char> = message[name].as_str().unwrap_or_default().chars().collect();
        for piece in text.chunks(7) {
            let piece: String = piece.iter().collect();
            all.push(part(json!({ name: piece }), Value::Null));
        }
    }
    for (place, call) in message["tool_calls"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let mut begin = call.clone();
        begin["index"] = json!(place);
        begin["function"]["arguments"] = json!("");
        all.push(part(json!({"tool_calls": [begin]}), Value::Null));
        let text: Vec<char> = call["function"]["arguments"]
            .as_str()
            .unwrap()
            .chars()
            .collect();
        for piece in text.chunks(5) {
            let piece: String = piece.iter().collect();
            let more = json!({"index": place, "function": {"arguments": piece}});
            all.push(part(json!({"tool_calls": [more]}), Value::Null));
        }
    }
    all.push(part(json!({}), json!(finish)));
    if let Some(usage) = usage {
        let mut last = part(json!({}), Value::Null);
        last["choices"] = json!([]);
        last["usage"] = usage;
        all.push(last);
    }
    let lines = all.into_iter().map(|part| format!("data: {part}\n\n"));
    let lines = lines.chain(["data: [DONE]\n\n".to_owned()]);
    events(stream::iter(lines.map(Ok::<_, Infallible>).collect::<Vec<_>>()).boxed())
}

fn breaks_off() -> Response {
    let begin =
        json!({"choices": [{"index": 0, "delta": {"content": "{\"sum"}, "finish_reason": null}]});
    let line = format!("data: {begin}\n\n");
    events(stream::iter([Ok::<_, Infallible>(line)]).boxed())
}

fn events(lines: futures_util::stream::BoxStream<'static, Result<String, Infallible>>) -> Response {
    let response = Response::builder().header("content-type", "text/event-stream; charset=utf-8");
    response.body(Body::from_stream(lines)).unwrap()
}
