//! A model, played by rules: for the demo, for measuring, and for tests. It is a competent analyst that knows nothing but
//! what it is told and what its tools answer. Nothing else of Tawny asks it.

mod reading;
pub mod serve;
mod writing;

use reading::Read;
use serde_json::{Value, json};

/// What the played model answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Played {
    /// It wants to know more: tools with their arguments.
    Calls(Vec<(&'static str, Value)>),
    /// It has written what it thinks.
    Text(String),
}

/// What it answers to a request of OpenAI's chat completions, by its words alone.
#[must_use]
pub fn play(request: &Value) -> Played {
    let read = Read::of(request);
    let calls = if read.must_answer {
        Vec::new()
    } else {
        wanted(&read)
    };
    if calls.is_empty() {
        Played::Text(writing::draft(&read).to_string())
    } else {
        Played::Calls(calls)
    }
}

/// What it looks at next: how it stands, then the code and the measurements, and where it doubts all signals at once.
fn wanted(read: &Read) -> Vec<(&'static str, Value)> {
    let deployment = || json!({ "deployment": read.deployment });
    if read.called.is_empty() {
        let mut hypotheses: Vec<&str> = read.suspects.iter().take(2).map(String::as_str).collect();
        hypotheses.extend(["none", "unknown"]);
        let hypotheses = hypotheses.into_iter().map(|suspect| {
            json!({ "suspect": suspect, "would_show": "what moved", "would_refute": "when it began" })
        });
        return vec![
            (
                "note_plan",
                json!({ "hypotheses": hypotheses.collect::<Vec<_>>() }),
            ),
            ("get_deployment", deployment()),
            ("rank_suspects", deployment()),
        ];
    }
    let mut calls = Vec::new();
    if let Some(first) = read.first_suspect()
        && let Some(path) = first["hunks"][0]["path"].as_str()
    {
        let commit = &first["commit"];
        calls.push((
            "get_diff",
            json!({ "deployment": read.deployment, "commit": commit, "path": path }),
        ));
    }
    if let Some(finding) = read.finding() {
        calls.push((
            "query_metrics",
            json!({ "service": read.service, "environment": read.environment, "query": finding["query"] }),
        ));
    }
    calls.push(("search_errors", deployment()));
    if read.doubts {
        calls.push(("compare_windows", deployment()));
    }
    calls.retain(|(tool, _)| !read.called.contains(*tool));
    calls
}
