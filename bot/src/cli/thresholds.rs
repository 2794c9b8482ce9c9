//! `tawny thresholds SERVICE`

use super::client::{CallError, Client, escaped};
use super::report::WRITTEN;
use super::{Connection, Exit, output};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Thirty days are evaluated anew.
const PATIENCE: Duration = Duration::from_secs(180);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The service.
    service: String,
    /// Of a service in several environments: which one.
    #[arg(long, short, value_name = "ENVIRONMENT")]
    environment: Option<String>,
    /// Write the rules that have a better threshold here, as a rule file for Prometheus; `-` prints it.
    #[arg(long, value_name = "FILE", conflicts_with = "markdown")]
    rules: Option<PathBuf>,
    /// Print Markdown, for a pull request, a wiki or a page that others read.
    #[arg(long)]
    markdown: bool,
    /// Have a model write beside what rules say; it costs, within the bounds of `agent`.
    #[arg(long)]
    prose: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let rules = arguments.rules.clone();
    let fetched = match fetch(arguments, json).await {
        Ok(fetched) => fetched,
        Err(error) => return output::call_failed("thresholds", &error, json),
    };
    match (fetched, rules) {
        (Fetched::Text(text), _) => output::line(text.trim_end()),
        (Fetched::Document(document), None) => output::document("thresholds", &document),
        (Fetched::Document(document), Some(path)) => return written(&document, &path, json),
    }
    Exit::Done
}

enum Fetched {
    Document(Value),
    Text(String),
}

async fn fetch(arguments: Arguments, json: bool) -> Result<Fetched, CallError> {
    let patience = if arguments.prose { WRITTEN } else { PATIENCE };
    let client = Client::waiting(arguments.connection, patience)?;
    let mut path = format!("services/{}/thresholds", escaped(&arguments.service));
    let format = match (json || arguments.rules.is_some(), arguments.markdown) {
        (true, _) => "json",
        (false, true) => "markdown",
        (false, false) if output::colour() => "ansi",
        (false, false) => "terminal",
    };
    path.push_str(&format!("?format={format}"));
    if arguments.prose {
        path.push_str("&prose=true");
    }
    if let Some(environment) = &arguments.environment {
        path.push_str(&format!("&environment={}", escaped(environment)));
    }
    if format == "json" {
        return client.get(&path).await.map(Fetched::Document);
    }
    client.text(&path).await.map(Fetched::Text)
}

/// Writes the rule file; where nothing is better there is none, and nothing is written.
fn written(document: &Value, path: &Path, json: bool) -> Exit {
    let Some(file) = document["rule_file"].as_str() else {
        if json {
            output::document("thresholds", document);
        }
        output::failed(
            &"no rule has a better threshold: `tawny thresholds` without --rules says why",
        );
        return Exit::Failed;
    };
    if path == Path::new("-") {
        output::line(file.trim_end());
        return Exit::Done;
    }
    if let Err(error) = std::fs::write(path, file) {
        output::failed(&format!("{}: {error}", path.display()));
        return Exit::Usage;
    }
    if json {
        output::document("thresholds", document);
    } else {
        output::note(&format!("written: {}", path.display()));
    }
    Exit::Done
}
