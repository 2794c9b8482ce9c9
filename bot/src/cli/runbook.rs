//! `tawny runbook SERVICE`

use super::client::{CallError, Client, escaped};
use super::report::WRITTEN;
use super::{Connection, Exit, output};
use serde_json::Value;
use std::time::Duration;

/// A week of metrics is read.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The service.
    service: String,
    /// Of a service in several environments: which one.
    #[arg(long, short, value_name = "ENVIRONMENT")]
    environment: Option<String>,
    /// Print Markdown, for a wiki or a page that others read.
    #[arg(long)]
    markdown: bool,
    /// Have a model write beside what rules say; it costs, within the bounds of `agent`.
    #[arg(long)]
    prose: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match fetch(arguments, json).await {
        Err(error) => output::call_failed("runbook", &error, json),
        Ok(Fetched::Document(document)) => {
            output::document("runbook", &document);
            Exit::Done
        }
        Ok(Fetched::Text(text)) => {
            output::line(text.trim_end());
            Exit::Done
        }
    }
}

enum Fetched {
    Document(Value),
    Text(String),
}

async fn fetch(arguments: Arguments, json: bool) -> Result<Fetched, CallError> {
    let patience = if arguments.prose { WRITTEN } else { PATIENCE };
    let client = Client::waiting(arguments.connection, patience)?;
    let format = match (json, arguments.markdown) {
        (true, _) => "json",
        (false, true) => "markdown",
        (false, false) if output::colour() => "ansi",
        (false, false) => "terminal",
    };
    let mut path = format!(
        "services/{}/runbook?format={format}",
        escaped(&arguments.service)
    );
    if arguments.prose {
        path.push_str("&prose=true");
    }
    if let Some(environment) = &arguments.environment {
        path.push_str(&format!("&environment={}", escaped(environment)));
    }
    if json {
        return client.get(&path).await.map(Fetched::Document);
    }
    client.text(&path).await.map(Fetched::Text)
}
