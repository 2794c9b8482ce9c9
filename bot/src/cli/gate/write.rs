//! What the steps after the gate are told, in the files of their pipeline.

use super::super::Exit;
use crate::api::GateView;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// Appends `name=value` lines, as `$GITHUB_OUTPUT` and the dotenv reports of GitLab take them. Only names and words
/// of Tawny's own: nothing that somebody else wrote can add a line.
pub(super) fn outputs(path: &Path, last: Option<&GateView>, exit: Exit) -> io::Result<()> {
    let mut lines = vec![("exit_code", exit.code().to_string())];
    if let Some(view) = last {
        let deployment = &view.deployment;
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        lines.extend([
            ("deployment", deployment.id.clone()),
            ("status", deployment.status.clone()),
            ("verdict", optional(&deployment.verdict)),
            ("outcome", view.outcome.clone()),
            ("attribution", optional(&deployment.attribution)),
            ("page", optional(&view.page)),
        ]);
    }
    let own = |c: char| c.is_ascii_graphic();
    let mut text = String::new();
    for (name, value) in lines {
        if !value.is_empty() && value.chars().all(own) {
            text.push_str(&format!("{name}={value}\n"));
        }
    }
    append(path, &text)
}

/// Appends the deployment in Markdown, as `$GITHUB_STEP_SUMMARY` takes it.
pub(super) fn summary(path: &Path, last: Option<&GateView>, _exit: Exit) -> io::Result<()> {
    match last {
        Some(view) => append(path, &format!("{}\n\n", view.markdown.trim_end())),
        None => Ok(()),
    }
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}
