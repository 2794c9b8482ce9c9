//! `tawny report NAME` and `tawny postmortem NAME`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use serde_json::Value;

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

pub(super) async fn run(verb: &str, arguments: Arguments, json: bool) -> Exit {
    match fetch(verb, arguments, json).await {
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

async fn fetch(verb: &str, arguments: Arguments, json: bool) -> Result<Fetched, CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    let path = format!("deployments/{}/{verb}", escaped(&id));
    if json {
        return client.get(&path).await.map(Fetched::Document);
    }
    let format = match (arguments.markdown, output::colour()) {
        (true, _) => "markdown",
        (false, true) => "ansi",
        (false, false) => "terminal",
    };
    let text = client.text(&format!("{path}?format={format}")).await?;
    Ok(Fetched::Text(text))
}
