//! `tawny deliveries list`, `show` and `replay`: webhooks as they came in, and what became of them.

use super::client::Client;
use super::{Connection, Exit, output};
use crate::api::{DeliveriesView, DeliveryView};
use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The newest, with what became of each.
    List(List),
    /// One of them, with its body.
    Show(One),
    /// Have one handled again: what it changed before it does not change twice.
    Replay(One),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only of this source.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only those before this id.
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u64,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct One {
    /// As listed.
    id: i64,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match arguments.what {
        What::List(list) => listed(list, json).await,
        What::Show(one) => {
            let found = match Client::new(one.connection) {
                Ok(client) => client.get(&format!("deliveries/{}", one.id)).await,
                Err(error) => Err(error),
            };
            told("deliveries-show", found, json)
        }
        What::Replay(one) => {
            let path = format!("deliveries/{}/replay", one.id);
            let found = match Client::new(one.connection) {
                Ok(client) => client.post(&path, &serde_json::json!({})).await,
                Err(error) => Err(error),
            };
            told("deliveries-replay", found, json)
        }
    }
}

async fn listed(list: List, json: bool) -> Exit {
    let mut path = format!("deliveries?limit={}", list.limit);
    if let Some(source) = &list.source {
        let source =
            percent_encoding::utf8_percent_encode(source, percent_encoding::NON_ALPHANUMERIC);
        path.push_str(&format!("&source={source}"));
    }
    if let Some(before) = list.before {
        path.push_str(&format!("&before={before}"));
    }
    let found = match Client::new(list.connection) {
        Ok(client) => client.get::<DeliveriesView>(&path).await,
        Err(error) => Err(error),
    };
    match found {
        Err(error) => output::call_failed("deliveries-list", &error, json),
        Ok(found) if json => {
            output::document("deliveries-list", &found);
            Exit::Done
        }
        Ok(found) => {
            table(&found.deliveries);
            Exit::Done
        }
    }
}

fn told(verb: &str, found: Result<DeliveryView, super::client::CallError>, json: bool) -> Exit {
    match found {
        Err(error) => return output::call_failed(verb, &error, json),
        Ok(found) if json => output::document(verb, &found),
        Ok(found) => {
            table(std::slice::from_ref(&found));
            if let Some(body) = &found.body {
                output::line(&output::printable(body));
            }
        }
    }
    Exit::Done
}

fn table(deliveries: &[DeliveryView]) {
    if deliveries.is_empty() {
        return output::line("no webhook has come in");
    }
    let mut table = output::table(["id", "at", "source", "event", "status", "came to"]);
    for one in deliveries {
        table.add_row([
            one.id.to_string(),
            format!("{:.0}", one.received_at),
            one.source.clone(),
            one.event
                .as_deref()
                .map(output::printable)
                .unwrap_or_default(),
            one.status.clone(),
            came_to(one),
        ]);
    }
    output::line(&table.to_string());
}

fn came_to(one: &DeliveryView) -> String {
    let came = one.came_to.iter().map(|came| {
        let parts = [
            Some(came.what.as_str()),
            came.deployment.as_deref(),
            came.detail.as_deref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        output::printable(&parts.join(" "))
    });
    let error = one.error.as_deref().map(output::printable);
    came.chain(error).collect::<Vec<String>>().join("\n")
}
