//! `tawny incidents list`, `show` and `close`: what hurts and hurt, of deployments and of none.

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{ClosingBody, IncidentShownView, IncidentView, IncidentsView, TimelineView};
use clap::Subcommand;
use guard::apart::{ApartEvent, RecordedApart};
use messages::layout::terminal::{self, Colour};
use messages::{Context, Locale};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The newest, of deployments and of none.
    List(List),
    /// One of alerts that belong to no deployment, with all that happened to it.
    Show(One),
    /// Close one of alerts that belong to no deployment, whatever still fires; another alert opens it again.
    Close(Close),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only those that are not over.
    #[arg(long)]
    open: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct One {
    /// As listed.
    id: String,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct Close {
    /// As listed.
    id: String,
    /// Why, in your words; it is kept and shown.
    #[arg(long, short)]
    reason: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match arguments.what {
        What::List(list) => listed(list, json).await,
        What::Show(one) => {
            let path = format!("incidents/{}", escaped(&one.id));
            let locale = locale_of(&one.connection);
            let found = match Client::new(one.connection) {
                Ok(client) => client.get(&path).await,
                Err(error) => Err(error),
            };
            told("incidents-show", found, locale, json)
        }
        What::Close(close) => {
            let path = format!("incidents/{}/close", escaped(&close.id));
            let locale = locale_of(&close.connection);
            let body = ClosingBody {
                reason: close.reason,
            };
            let found = match Client::new(close.connection) {
                Ok(client) => client.post(&path, &body).await,
                Err(error) => Err(error),
            };
            told("incidents-close", found, locale, json)
        }
    }
}

async fn listed(list: List, json: bool) -> Exit {
    let path = format!("incidents?open={}&limit={}", list.open, list.limit);
    let found = match Client::new(list.connection) {
        Ok(client) => client.get::<IncidentsView>(&path).await,
        Err(error) => Err(error),
    };
    match found {
        Err(error) => return output::call_failed("incidents-list", &error, json),
        Ok(found) if json => output::document("incidents-list", &found),
        Ok(found) if found.incidents.is_empty() => output::line("no incident"),
        Ok(found) => table(&found.incidents),
    }
    Exit::Done
}

fn told(
    verb: &str,
    found: Result<IncidentShownView, CallError>,
    locale: Locale,
    json: bool,
) -> Exit {
    match found {
        Err(error) => return output::call_failed(verb, &error, json),
        Ok(found) if json => output::document(verb, &found),
        Ok(found) => {
            table(std::slice::from_ref(&found.incident));
            happened(found.timeline, locale);
        }
    }
    Exit::Done
}

fn locale_of(connection: &Connection) -> Locale {
    let lang = connection.lang.as_deref();
    lang.and_then(Locale::from_tag).unwrap_or_default()
}

/// What happened to it, in words.
fn happened(lines: Vec<TimelineView>, locale: Locale) {
    let recorded = |line: TimelineView| {
        let event: ApartEvent = serde_json::from_value(line.details).ok()?;
        Some(RecordedApart {
            revision: line.revision,
            at: line.at,
            event,
        })
    };
    let records: Vec<RecordedApart> = lines.into_iter().filter_map(recorded).collect();
    let context = Context {
        locale,
        now: jiff::Timestamp::now(),
        base_url: None,
    };
    let colour = if output::colour() {
        Colour::On
    } else {
        Colour::Off
    };
    let lines = messages::apart::timeline(&records, &context);
    output::line(terminal::timeline(&lines, colour).trim_end());
}

fn table(incidents: &[IncidentView]) {
    let mut table = output::table([
        "id",
        "began",
        "stands",
        "service",
        "alerts",
        "in a sentence",
    ]);
    for one in incidents {
        let stands = match (one.open, &one.closed_by) {
            (true, _) => "open".to_owned(),
            (false, Some(by)) => format!("closed by {}", output::printable(by)),
            (false, None) => "over".to_owned(),
        };
        table.add_row([
            one.id.clone(),
            format!("{:.0}", one.opened_at),
            stands,
            one.service.clone().unwrap_or_default(),
            format!("{} ({} firing)", one.alerts, one.firing),
            output::printable(&one.text),
        ]);
    }
    output::line(&table.to_string());
}
