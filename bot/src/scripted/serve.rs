//! The played model as a server of this machine alone, which speaks chat completions as OpenAI does.

use super::{Played, play};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use mcp_server::answer::tokens::count;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the model is called.
pub const MODEL: &str = "scripted";
/// Characters of one part of an answer that is streamed.
const PART: usize = 40;

/// What it read last: the beginning that is the same is read out of a cache, as with other servers.
type Last = Arc<Mutex<String>>;

/// Serves it on a free port until told to stop.
///
/// # Errors
/// No port is free.
pub async fn serve(stop: CancellationToken) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/v1/chat/completions", post(answer))
        .with_state(Last::default());
    tokio::spawn(async move {
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::warn!(%error, "the played model ended");
        }
    });
    Ok(address)
}

async fn answer(State(last): State<Last>, Json(request): Json<Value>) -> Response {
    let (message, finish) = match play(&request) {
        Played::Text(text) => (json!({ "role": "assistant", "content": text }), "stop"),
        Played::Calls(calls) => {
            let calls = calls.into_iter().enumerate().map(|(place, (name, arguments))| {
                let function = json!({ "name": name, "arguments": arguments.to_string() });
                json!({ "id": format!("call_{name}_{place}"), "type": "function", "function": function })
            });
            let calls: Vec<Value> = calls.collect();
            let message = json!({ "role": "assistant", "content": null, "tool_calls": calls });
            (message, "tool_calls")
        }
    };
    let usage = usage(&last, &request, &message);
    if request["stream"] != true {
        let choice = json!({ "index": 0, "message": message, "finish_reason": finish });
        return Json(json!({
            "id": MODEL, "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice], "usage": usage,
        }))
        .into_response();
    }
    let told = request["stream_options"]["include_usage"] == true;
    let mut text: String = parts(&message, finish)
        .into_iter()
        .chain(told.then(|| part(&json!([]), &usage)))
        .map(|part| format!("data: {part}\n\n"))
        .collect();
    text.push_str("data: [DONE]\n\n");
    ([(CONTENT_TYPE, "text/event-stream")], Body::from(text)).into_response()
}

/// Tokens as another model would count them: the same vocabulary by which Tawny bounds its own answers.
fn usage(last: &Last, request: &Value, message: &Value) -> Value {
    let read = format!("{}{}", request["tools"], request["messages"]);
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    let same = last
        .char_indices()
        .zip(read.chars())
        .find(|((_, before), now)| before != now)
        .map_or(last.len().min(read.len()), |((at, _), _)| at);
    let cached = read.get(..same).map_or(0, count);
    let (input, output) = (count(&read), count(&message.to_string()));
    *last = read;
    json!({
        "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        "prompt_tokens_details": { "cached_tokens": cached },
    })
}

fn part(choices: &Value, usage: &Value) -> Value {
    json!({
        "id": MODEL, "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": choices, "usage": usage,
    })
}

/// A message in parts.
fn parts(message: &Value, finish: &str) -> Vec<Value> {
    let one = |delta: Value, finish: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        part(&json!([choice]), &Value::Null)
    };
    let mut all = Vec::new();
    let text: Vec<char> = message["content"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .collect();
    for piece in text.chunks(PART) {
        let piece: String = piece.iter().collect();
        all.push(one(json!({ "content": piece }), Value::Null));
    }
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    for (place, call) in calls.enumerate() {
        let mut call = call.clone();
        call["index"] = json!(place);
        all.push(one(json!({ "tool_calls": [call] }), Value::Null));
    }
    all.push(one(json!({}), json!(finish)));
    all
}
