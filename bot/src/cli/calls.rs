//! `tawny audit calls`: what models and IDE assistants called.

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::CallsView;
use jiff::Timestamp;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Not before: a time ago such as `24h`, or a moment such as 2026-11-22T03:47:00Z.
    #[arg(long, value_name = "TIME", value_parser = super::audit::moment)]
    since: Option<Timestamp>,
    /// Only of this client, or on behalf of this person.
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Only before the call of this id.
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match fetch(arguments).await {
        Err(error) => output::call_failed("audit-calls", &error, json),
        Ok(found) => {
            if json {
                output::document("audit-calls", &found);
            } else {
                print(&found);
            }
            Exit::Done
        }
    }
}

async fn fetch(arguments: Arguments) -> Result<CallsView, CallError> {
    let mut path = format!("audit/calls?limit={}", arguments.limit);
    if let Some(since) = arguments.since {
        path.push_str(&format!("&since={}", escaped(&since.to_string())));
    }
    for (name, value) in [("who", &arguments.who), ("before", &arguments.before)] {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={}", escaped(value)));
        }
    }
    Client::new(arguments.connection)?.get(&path).await
}

fn print(found: &CallsView) {
    if found.calls.is_empty() {
        output::line("nothing was called in that time");
        return;
    }
    let mut table = output::table([
        "when",
        "client",
        "for",
        "tool",
        "outcome",
        "seconds",
        "arguments",
    ]);
    for call in &found.calls {
        table.add_row([
            call.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            call.client.clone(),
            call.person.clone().unwrap_or_default(),
            call.tool.clone(),
            call.outcome.clone(),
            format!("{:.3}", call.seconds),
            call.arguments.clone(),
        ]);
    }
    output::line(&table.to_string());
    if let Some(before) = &found.more_before {
        output::note(&format!("older ones: --before {before}"));
    }
}
