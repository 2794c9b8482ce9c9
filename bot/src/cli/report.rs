//! `tawny report NAME` and `tawny postmortem NAME`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use serde_json::Value;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Print Markdown, for a pull request, a wiki or a page that others read.
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    connection: Connection,
}

/// The same, where a model may write, too.
#[derive(Debug, clap::Args)]
pub(super) struct InWords {
    #[command(flatten)]
    report: Arguments,
    /// Have a model write beside what rules say; it costs, within the bounds of `agent`.
    #[arg(long)]
    prose: bool,
}

/// A model takes its time.
pub(super) const WRITTEN: Duration = Duration::from_secs(600);

pub(super) async fn run(verb: &str, arguments: Arguments, json: bool) -> Exit {
    shown(verb, arguments, false, json).await
}

pub(super) async fn run_in_words(verb: &str, arguments: InWords, json: bool) -> Exit {
    shown(verb, arguments.report, arguments.prose, json).await
}

async fn shown(verb: &str, arguments: Arguments, prose: bool, json: bool) -> Exit {
    match fetch(verb, arguments, prose, json).await {
        Err(error) => output::call_failed(verb, &error, json),
        Ok(Fetched::Document(document)) => {
            output::document(verb, &document);
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

async fn fetch(
    verb: &str,
    arguments: Arguments,
    prose: bool,
    json: bool,
) -> Result<Fetched, CallError> {
    let client = if prose {
        Client::waiting(arguments.connection, WRITTEN)?
    } else {
        Client::new(arguments.connection)?
    };
    let id = client.resolve(&arguments.named).await?;
    let path = format!("deployments/{}/{verb}", escaped(&id));
    if json {
        let path = if prose {
            format!("{path}?prose=true")
        } else {
            path
        };
        return client.get(&path).await.map(Fetched::Document);
    }
    let format = match (arguments.markdown, output::colour()) {
        (true, _) => "markdown",
        (false, true) => "ansi",
        (false, false) => "terminal",
    };
    let more = if prose { "&prose=true" } else { "" };
    let text = client
        .text(&format!("{path}?format={format}{more}"))
        .await?;
    Ok(Fetched::Text(text))
}
