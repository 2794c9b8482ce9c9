//! `tawny audit [--since TIME] [--who NAME]` and `tawny audit verify`: who did what, and whether the record holds.

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{AuditEntryView, AuditView, VerifiedView};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Follow every hash chain of the record: was any of it changed?
    Verify(Verify),
    /// What did models and IDE assistants call?
    Calls(super::calls::Arguments),
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Not before: a time ago such as `24h`, or a moment such as 2026-11-22T03:47:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// Only of this person or machine; `tawny` is its own policy.
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Only before this number of the record.
    #[arg(long, value_name = "SEQ")]
    before: Option<i64>,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    connection: Connection,
}

pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(ago) = humantime::parse_duration(text) {
        let ago = SignedDuration::try_from(ago).map_err(|error| error.to_string())?;
        return Timestamp::now()
            .checked_sub(ago)
            .map_err(|error| error.to_string());
    }
    let wrong = |_| "expected a time ago such as `24h`, or a moment such as 2026-11-22T03:47:00Z";
    text.parse().map_err(wrong).map_err(str::to_owned)
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match arguments.what {
        Some(What::Verify(verify)) => verified(verify.connection, json).await,
        Some(What::Calls(calls)) => super::calls::run(calls, json).await,
        None => listed(arguments.list, json).await,
    }
}

async fn listed(list: List, json: bool) -> Exit {
    match fetch(list).await {
        Err(error) => output::call_failed("audit", &error, json),
        Ok(found) => {
            if json {
                output::document("audit", &found);
            } else {
                print(&found);
            }
            Exit::Done
        }
    }
}

async fn fetch(list: List) -> Result<AuditView, CallError> {
    let mut path = format!("audit?limit={}", list.limit);
    if let Some(since) = list.since {
        path.push_str(&format!("&since={}", escaped(&since.to_string())));
    }
    if let Some(who) = &list.who {
        path.push_str(&format!("&who={}", escaped(who)));
    }
    if let Some(before) = list.before {
        path.push_str(&format!("&before={before}"));
    }
    Client::new(list.connection)?.get(&path).await
}

fn print(found: &AuditView) {
    if found.entries.is_empty() {
        output::line("nothing was done in that time");
        return;
    }
    let mut table = output::table(["when", "who", "what", "about", "why"]);
    for entry in &found.entries {
        table.add_row([
            entry.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            entry.who.clone(),
            what(entry),
            entry
                .deployment_id
                .clone()
                .unwrap_or_else(|| entry.stream.clone()),
            entry.why.clone().unwrap_or_default(),
        ]);
    }
    output::line(&table.to_string());
    if let Some(before) = found.more_before {
        output::note(&format!("older ones: --before {before}"));
    }
}

fn what(entry: &AuditEntryView) -> String {
    match &entry.which {
        Some(which) => format!("{} {which}", entry.what),
        None => entry.what.clone(),
    }
}

async fn verified(connection: Connection, json: bool) -> Exit {
    let found: Result<VerifiedView, CallError> = match Client::new(connection) {
        Ok(client) => client.get("audit/verify").await,
        Err(error) => Err(error),
    };
    match found {
        Err(error) => output::call_failed("audit-verify", &error, json),
        Ok(verified) => {
            if json {
                output::document("audit-verify", &verified);
            } else {
                for broken in &verified.broken {
                    output::line(&format!("broken: {broken}"));
                }
                output::line(&format!(
                    "{} streams, {} events: {}",
                    verified.streams,
                    verified.events,
                    if verified.ok {
                        "every hash chain holds"
                    } else {
                        "the record was changed"
                    }
                ));
                output::line(&format!("heads {}", verified.heads));
            }
            if verified.ok {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
    }
}
