//! The tools, for people who want to know what there is.

use crate::cli::output;
use mcp_server::tools::{ALL, Entry, Kind};
use serde_json::json;
use std::fmt::Write;

/// Shows them.
pub(super) fn show(json: bool) {
    if json {
        let tools: Vec<_> = ALL.iter().map(Entry::definition).collect();
        output::document("mcp-tools", &json!({ "tools": tools }));
        return;
    }
    let mut table = output::table(["tool", "scope", "what it gives, and when to use it"]);
    for tool in ALL {
        table.add_row([tool.name, kind(tool.kind), tool.description]);
    }
    output::line(&table.to_string());
}

/// The table of the README.
#[must_use]
pub fn markdown() -> String {
    let mut table =
        String::from("| tool | scope | what it gives, and when to use it |\n|---|---|---|\n");
    for tool in ALL {
        let about = tool.description.replace('|', "\\|");
        let _ = writeln!(table, "| `{}` | {} | {about} |", tool.name, kind(tool.kind));
    }
    table
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "read",
        Kind::Ask => "ask",
    }
}
