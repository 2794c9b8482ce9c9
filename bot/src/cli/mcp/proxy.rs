//! A pipe to a running server: each message that comes in is posted, and what is answered goes out.
//!
//! The server keeps nothing between requests, so neither does this: one that is cancelled is hung up on, which is how the
//! server hears of it.

use super::Place;
use crate::cli::Exit;
use futures_util::StreamExt;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sse_stream::SseStream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

/// Messages that may wait for a client that does not read.
const WAITING: usize = 64;

struct Way {
    http: Client,
    url: String,
    token: String,
    /// The version that client and server have agreed on, where they did.
    agreed: Mutex<Option<String>>,
    out: mpsc::Sender<Value>,
}

/// Passes on until the client closes its end.
pub(super) async fn run(place: &Place) -> Result<Exit, String> {
    let url = place.endpoint().unwrap_or_default();
    let token = place.bearer()?;
    let (out, written) = mpsc::channel(WAITING);
    let writing = tokio::spawn(write(written));
    let way = Arc::new(Way {
        http: Client::builder()
            .build()
            .map_err(|error| error.to_string())?,
        url,
        token,
        agreed: Mutex::default(),
        out,
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut tasks = JoinSet::new();
    let mut under_way: HashMap<String, AbortHandle> = HashMap::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if message["method"] == "notifications/cancelled" {
            let id = message["params"]["requestId"].to_string();
            if let Some(request) = under_way.remove(&id) {
                request.abort();
            }
        }
        let way = Arc::clone(&way);
        let id = message.get("id").map(ToString::to_string);
        let task = tasks.spawn(async move { way.pass(message).await });
        if let Some(id) = id {
            under_way.insert(id, task);
        }
        while tasks.try_join_next().is_some() {}
        under_way.retain(|_, request| !request.is_finished());
    }
    // What was asked before the end is still answered.
    while tasks.join_next().await.is_some() {}
    drop(way);
    writing.await.map_err(|error| error.to_string())?;
    Ok(Exit::Done)
}

async fn write(mut messages: mpsc::Receiver<Value>) {
    let mut out = tokio::io::stdout();
    while let Some(message) = messages.recv().await {
        let line = format!("{message}\n");
        let written = out.write_all(line.as_bytes()).await;
        if written.is_err() || out.flush().await.is_err() {
            return;
        }
    }
}

impl Way {
    /// Posts a message, and hands on what comes back.
    async fn pass(&self, message: Value) {
        let id = message.get("id").cloned();
        let begins = message["method"] == "initialize";
        let passed = match self.request(&message).send().await {
            Ok(answer) => self.hand_on(answer, begins).await,
            Err(error) => Err(format!("no answer from {}: {error}", self.url)),
        };
        if let (Err(error), Some(id)) = (passed, id) {
            let error = json!({"code": -32603, "message": error});
            self.say(json!({"jsonrpc": "2.0", "id": id, "error": error}))
                .await;
        }
    }

    fn request(&self, message: &Value) -> RequestBuilder {
        let request = self
            .http
            .post(&self.url)
            .bearer_auth(&self.token)
            .header("accept", "application/json, text/event-stream")
            .json(message);
        let params = &message["params"];
        let own = params["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str();
        let agreed = self
            .agreed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let request = match own.map(ToOwned::to_owned).or(agreed) {
            Some(version) => request.header("mcp-protocol-version", version),
            None => request,
        };
        // What the current protocol wants to see beside the body.
        let method = own.and(message["method"].as_str());
        let name = own.and(params["name"].as_str().or(params["uri"].as_str()));
        let named = [("mcp-method", method), ("mcp-name", name)];
        named
            .into_iter()
            .fold(request, |request, (header, value)| match value {
                Some(value) => request.header(header, value),
                None => request,
            })
    }

    async fn hand_on(&self, answer: Response, begins: bool) -> Result<(), String> {
        let status = answer.status();
        let kind = answer.headers().get(CONTENT_TYPE);
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        if kind.starts_with("text/event-stream") {
            let mut events = SseStream::from_bytes_stream(answer.bytes_stream());
            while let Some(event) = events.next().await {
                let event = event.map_err(|error| error.to_string())?;
                let message = event.data.and_then(|data| serde_json::from_str(&data).ok());
                if let Some(message) = message {
                    self.hear(message, begins).await;
                }
            }
            return Ok(());
        }
        let text = answer.text().await.map_err(|error| error.to_string())?;
        match serde_json::from_str::<Value>(&text) {
            Ok(message) if message["jsonrpc"] == "2.0" => self.hear(message, begins).await,
            Ok(problem) if !status.is_success() => {
                let detail = problem["detail"].as_str().unwrap_or("no reason given");
                return Err(format!("{} answered {status}: {detail}", self.url));
            }
            _ if status.is_success() => {}
            _ => return Err(format!("{} answered {status}", self.url)),
        }
        Ok(())
    }

    async fn hear(&self, message: Value, begins: bool) {
        if begins && let Some(version) = message["result"]["protocolVersion"].as_str() {
            let mut agreed = self.agreed.lock().unwrap_or_else(PoisonError::into_inner);
            *agreed = Some(version.to_owned());
        }
        self.say(message).await;
    }

    async fn say(&self, message: Value) {
        // A client that is gone wants no answer.
        let _ = self.out.send(message).await;
    }
}
