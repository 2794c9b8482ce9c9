//! One call of a tool, from a shell.

use super::{Place, local};
use crate::cli::{Exit, output};
use mcp_server::local::Local;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Calls, prints one document, and exits by what it says.
pub(super) async fn run(tool: &str, arguments: &str, place: &Place) -> Result<Exit, String> {
    let arguments: Map<String, Value> = serde_json::from_str(arguments)
        .map_err(|error| format!("--json: expected an object: {error}"))?;
    let answer = match place.endpoint() {
        Some(url) => remote(&url, &place.bearer()?, tool, arguments).await?,
        None => here(place, tool, arguments).await?,
    };
    let wrong = answer["isError"] == true;
    let said = if wrong {
        json!({ "tool": tool, "error": answer["content"][0]["text"] })
    } else {
        json!({ "tool": tool, "answer": answer["structuredContent"] })
    };
    output::document("mcp-call", &said);
    Ok(if wrong { Exit::Failed } else { Exit::Done })
}

async fn here(place: &Place, tool: &str, arguments: Map<String, Value>) -> Result<Value, String> {
    let (world, journal) = local::world(place).await?;
    let client = Local::connect(world, local::caller()).await;
    let client = client.map_err(|error| error.to_string())?;
    let answer = client
        .call(tool, arguments)
        .await
        .map_err(|error| error.to_string())?;
    drop(client);
    journal.close().await.map_err(|error| error.to_string())?;
    serde_json::to_value(answer).map_err(|error| error.to_string())
}

/// As a client of the current protocol calls: everything in one request.
async fn remote(
    url: &str,
    token: &str,
    tool: &str,
    arguments: Map<String, Value>,
) -> Result<Value, String> {
    let http = reqwest::Client::builder().timeout(PATIENCE).build();
    let http = http.map_err(|error| error.to_string())?;
    let asked = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": tool,
            "arguments": arguments,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "tawny-mcp", "version": env!("CARGO_PKG_VERSION")},
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let request = http
        .post(url)
        .bearer_auth(token)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .json(&asked);
    let answer = request
        .send()
        .await
        .map_err(|error| format!("no answer from {url}: {error}"))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_str(&text)
        .map_err(|_| format!("{url} answered {status}: is it Tawny's address?"))?;
    if answer["result"].is_object() {
        return Ok(answer["result"].clone());
    }
    let why = answer["error"]["message"]
        .as_str()
        .or(answer["detail"].as_str());
    Err(format!(
        "{url} answered {status}: {}",
        why.unwrap_or("nothing that is understood")
    ))
}
