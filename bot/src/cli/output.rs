//! What verbs print.

use super::Exit;
use super::client::CallError;
use crate::api::DeploymentView;
use comfy_table::{ContentArrangement, Row, Table, presets};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// One JSON document with its schema.
pub(super) fn document<T: Serialize>(verb: &str, content: &T) {
    let mut document = serde_json::json!({ "schema": format!("tawny.{verb}/1") });
    if let (Some(document), Ok(serde_json::Value::Object(content))) =
        (document.as_object_mut(), serde_json::to_value(content))
    {
        document.extend(content);
    }
    line(&document.to_string());
}

/// A line on standard output.
pub(super) fn line(text: &str) {
    // A reader that went away is no failure of ours.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A table that fits the terminal, still without rows.
pub(super) fn table(header: impl Into<Row>) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

/// A deployment, with what can be typed where something waits for an answer.
pub(super) fn deployment(view: &DeploymentView) {
    line(view.text.trim_end());
    if let Some(approval) = &view.approval {
        line(&format!(
            "   tawny approve {} {}",
            approval.id,
            approval.options.join("|")
        ));
    } else if view.status == "paused" {
        line(&format!(
            "   tawny resume {id}   or   tawny rollback {id}",
            id = view.id
        ));
    }
}

/// Why the verb failed, on standard error.
pub(super) fn failed(error: &dyn std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "tawny: {error}");
}

/// Something beside the answer, on standard error.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Says why a call failed; as a document too, if that was asked for.
pub(super) fn call_failed(verb: &str, error: &CallError, json: bool) -> Exit {
    if json {
        document(verb, &serde_json::json!({ "error": error.to_string() }));
    }
    failed(error);
    error.exit()
}

/// Whether colours are wanted on standard output.
pub(super) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Others wrote it: no control character reaches the terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
