//! Other tools' monitoring YAML to a `tawny.yaml`, with a note on what is judged how.
//!
//! Understood are `prometheus_integration`, `post_deployment_validation.services[]` with their `metrics` and
//! `health_check`, and `datadog_integration`. A secret that stands in the file is not copied: the result refers
//! to an environment variable instead.

mod health;
mod recognise;
mod service;
mod source;
mod write;

use crate::error::{ConfigError, ConfigErrors};
use crate::yaml::{self, Mark, Node};
use serde::Serialize;

/// The parts that are understood.
pub(crate) const UNDERSTOOD: [&str; 3] = [
    "prometheus_integration",
    "datadog_integration",
    "post_deployment_validation",
];

/// A converted configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The text of a `tawny.yaml`, or of a part of one: a note says what is missing.
    pub yaml: String,
    /// What became of each part, in the order of the file.
    pub notes: Vec<Note>,
}

/// What became of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its line in the imported file.
    pub line: usize,
    /// The part: `user-service.error_rate`.
    pub subject: String,
    /// How it is judged, or why it is not.
    pub text: String,
}

/// Collects notes.
#[derive(Default)]
struct Notes(Vec<Note>);

impl Notes {
    fn add(&mut self, at: Mark, subject: impl Into<String>, text: impl Into<String>) {
        self.0.push(Note {
            line: at.line,
            subject: subject.into(),
            text: text.into(),
        });
    }

    /// Notes every field that the conversion does not know.
    fn unused(&mut self, node: &Node, subject: &str, known: &[&str]) {
        for entry in node.entries() {
            if !known.contains(&entry.key.as_str()) {
                self.add(
                    entry.at,
                    format!("{subject}.{}", entry.key),
                    "not known, not used",
                );
            }
        }
    }
}

/// Converts a file; `file_name` is what errors call it.
///
/// # Errors
/// When the text is no YAML, or holds nothing that is understood.
pub fn import(text: &str, file_name: &str) -> Result<Imported, ConfigErrors> {
    let (root, faults) = yaml::parse(text);
    let error = |at: Mark, path: String, found: String, expected: String| ConfigError {
        file: file_name.to_owned(),
        line: at.line,
        column: at.column,
        path,
        found,
        expected,
        near: None,
    };
    let Some(root) = root.filter(|_| faults.is_empty()) else {
        let errors = faults
            .into_iter()
            .map(|fault| {
                error(
                    fault.at,
                    fault.path.to_string(),
                    fault.found,
                    fault.expected,
                )
            })
            .collect();
        return Err(ConfigErrors(errors));
    };
    let mut notes = Notes::default();
    let source = root
        .get("prometheus_integration")
        .and_then(|node| source::prometheus(node, &mut notes));
    if let Some(node) = root.get("datadog_integration") {
        source::datadog(node, &mut notes);
    }
    let validation = root.get("post_deployment_validation");
    let services: Vec<service::Converted> = validation
        .and_then(|node| node.get("services"))
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|node| service::convert(node, &mut notes))
        .collect();
    if source.is_none() && services.is_empty() && notes.0.is_empty() {
        let expected =
            "`prometheus_integration`, `post_deployment_validation` or `datadog_integration`";
        return Err(ConfigErrors(vec![error(
            root.at,
            String::new(),
            "nothing to import".to_owned(),
            expected.to_owned(),
        )]));
    }
    notes.unused(&root, "file", &UNDERSTOOD);
    if source.is_none() && !services.is_empty() {
        notes.add(
            root.at,
            "metrics",
            "no prometheus_integration in this file: `http://127.0.0.1:9090` is a guess to be corrected",
        );
    }
    if services.is_empty() {
        notes.add(
            root.at,
            "services",
            "none in this file: the result is a part that still needs `services`",
        );
    }
    notes.0.sort_by_key(|note| note.line);
    Ok(Imported {
        yaml: write::document(source.as_ref(), &services),
        notes: notes.0,
    })
}
