//! `tawny stats [SERVICE]`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{ShareView, StatsView};
use comfy_table::{ContentArrangement, Table, presets};

/// False alarms of which the line to replay them is printed.
const MOST_SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A service; all of them when left out.
    service: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let one = arguments.service.is_some();
    match fetch(arguments).await {
        Err(error) => output::call_failed("stats", &error, json),
        Ok(found) => {
            if json {
                output::document("stats", &serde_json::json!({ "services": found }));
            } else {
                print(&found, one);
            }
            Exit::Done
        }
    }
}

async fn fetch(arguments: Arguments) -> Result<Vec<StatsView>, CallError> {
    let client = Client::new(arguments.connection)?;
    match arguments.service {
        Some(service) => {
            client
                .get(&format!("stats?service={}", escaped(&service)))
                .await
        }
        None => client.get("stats").await,
    }
}

fn print(found: &[StatsView], one: bool) {
    match found {
        [] => output::line("no services yet: name them in tawny.yaml"),
        [view] if one => {
            output::line(&view.text);
            replays(view);
        }
        _ => {
            output::line(&table(found).to_string());
            output::line("why, and how to replay false alarms: tawny stats SERVICE");
        }
    }
}

fn replays(view: &StatsView) {
    if !view.replayable.is_empty() {
        output::line("\nwhy they were raised, on the server's machine:");
    }
    for id in view.replayable.iter().take(MOST_SHOWN) {
        output::line(&format!("   {}", crate::trust::replay_command(id)));
    }
}

fn table(found: &[StatsView]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "service",
        "deployments",
        "judged",
        "precision",
        "recall",
        "autonomy",
        "suggestion",
    ]);
    for view in found {
        table.add_row([
            view.service.clone(),
            view.deployments.to_string(),
            view.judged.to_string(),
            share(view.precision.as_ref()),
            share(view.recall.as_ref()),
            view.autonomy.clone(),
            suggestion(view),
        ]);
    }
    table
}

fn share(share: Option<&ShareView>) -> String {
    share.map_or_else(
        || "-".to_owned(),
        |share| {
            let percent = |share: f64| (share * 100.0).round();
            let (low, high) = share.interval;
            format!(
                "{} % ({} to {}), {} of {}",
                percent(share.value),
                percent(low),
                percent(high),
                share.part,
                share.of
            )
        },
    )
}

fn suggestion(view: &StatsView) -> String {
    let autonomy = view.suggestion.autonomy.as_deref().unwrap_or_default();
    match (view.suggestion.what.as_str(), view.suggestion.more) {
        ("raise", _) => format!("raise to {autonomy}"),
        ("lower", _) => format!("lower to {autonomy}"),
        ("not_enough", Some(more)) => format!("{more} more real alarms for {autonomy}"),
        (other, _) => other.to_owned(),
    }
}
