//! What the clients are configured with, ready to be copied. Tokens stay in the environment or are asked for.

use crate::cli::{Exit, output};
use serde_json::{Value, json};

/// The clients that are known.
pub const CLIENTS: [&str; 9] = [
    "claude-code",
    "claude-desktop",
    "codex",
    "cursor",
    "gemini-cli",
    "jetbrains",
    "vscode",
    "windsurf",
    "zed",
];

/// Prints it, or says which clients there are.
pub(super) fn print(client: &str, url: &str) -> Result<Exit, String> {
    let (place, text) = configuration(client, url).ok_or_else(|| {
        format!(
            "client `{client}` is not known: expected one of {}",
            CLIENTS.join(", ")
        )
    })?;
    output::note(&place);
    output::line(&text);
    Ok(Exit::Done)
}

/// Where it goes, in words, and what goes there.
#[must_use]
pub fn configuration(client: &str, url: &str) -> Option<(String, String)> {
    let from_environment = |form: &str| json!({ "Authorization": format!("Bearer {form}") });
    // For clients that begin programs, and where it is not sure that they send headers.
    let program = json!({
        "command": "tawny-mcp",
        "args": ["--connect", url],
        "env": { "TAWNY_MCP_TOKEN": "THE-TOKEN" },
    });
    let servers = |server: Value| json!({ "mcpServers": { "tawny": server } });
    let in_file = |file: &str| format!("into {file}, beside what is there:");
    let (place, document) = match client {
        "claude-code" => {
            let line = format!(
                "claude mcp add --transport http tawny {url} --header \"Authorization: Bearer $TAWNY_MCP_TOKEN\""
            );
            return Some(("in a shell:".to_owned(), line));
        }
        "codex" => {
            let text = format!(
                "[mcp_servers.tawny]\nurl = \"{url}\"\nbearer_token_env_var = \"TAWNY_MCP_TOKEN\""
            );
            return Some((in_file("~/.codex/config.toml"), text));
        }
        "claude-desktop" => (in_file("claude_desktop_config.json"), servers(program)),
        "jetbrains" => (
            "Settings | Tools | AI Assistant | Model Context Protocol, as JSON:".to_owned(),
            servers(program),
        ),
        "cursor" => (
            in_file("~/.cursor/mcp.json"),
            servers(json!({ "url": url, "headers": from_environment("${env:TAWNY_MCP_TOKEN}") })),
        ),
        "gemini-cli" => (
            in_file("~/.gemini/settings.json"),
            servers(json!({ "httpUrl": url, "headers": from_environment("$TAWNY_MCP_TOKEN") })),
        ),
        "windsurf" => (
            in_file("~/.codeium/windsurf/mcp_config.json"),
            servers(
                json!({ "serverUrl": url, "headers": from_environment("${env:TAWNY_MCP_TOKEN}") }),
            ),
        ),
        "vscode" => (
            in_file(".vscode/mcp.json"),
            json!({
                "inputs": [{
                    "type": "promptString", "id": "tawny-token", "description": "Tawny's token", "password": true,
                }],
                "servers": { "tawny": {
                    "type": "http", "url": url, "headers": from_environment("${input:tawny-token}"),
                } },
            }),
        ),
        "zed" => (
            in_file("Zed's settings.json"),
            json!({ "context_servers": { "tawny": {
                "url": url, "headers": from_environment("THE-TOKEN"),
            } } }),
        ),
        _ => return None,
    };
    Some((place, format!("{document:#}")))
}
