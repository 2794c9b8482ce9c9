//! `tawny status [NAME]`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{DeploymentView, QuarantineView};
use comfy_table::{Cell, Color, Table};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A deployment's id, or a service; everything when left out.
    name: Option<String>,
    /// Of a service in several environments: which one.
    #[arg(long, short, requires = "name", value_name = "ENVIRONMENT")]
    environment: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match fetch(&arguments).await {
        Err(error) => output::call_failed("status", &error, json),
        Ok(Seen {
            found,
            stuck,
            unready,
        }) => {
            if let Some(parts) = &unready {
                output::failed(&format!(
                    "the server shows what it knows but is not ready, and refuses changes: {parts}"
                ));
            }
            if json {
                let document = serde_json::json!({
                    "deployments": found, "quarantined": stuck, "not_ready": unready
                });
                output::document("status", &document);
            } else {
                print(&found, arguments.name.is_some());
                if stuck > 0 {
                    output::note(&format!(
                        "{stuck} in quarantine, holding back what is behind: see `tawny journal quarantine`"
                    ));
                }
            }
            match found.first() {
                Some(view) if arguments.name.is_some() => Exit::of(view),
                _ => Exit::Done,
            }
        }
    }
}

struct Seen {
    found: Vec<DeploymentView>,
    /// How much is in quarantine.
    stuck: usize,
    /// What keeps the server from its work.
    unready: Option<String>,
}

async fn fetch(arguments: &Arguments) -> Result<Seen, CallError> {
    let client = Client::new(arguments.connection.clone())?;
    let found = match &arguments.name {
        None => client.get("deployments").await?,
        Some(name) => {
            let named = Named {
                name: name.clone(),
                environment: arguments.environment.clone(),
            };
            let id = client.resolve(&named).await?;
            vec![client.get(&format!("deployments/{}", escaped(&id))).await?]
        }
    };
    let stuck: QuarantineView = client.get("quarantine").await?;
    Ok(Seen {
        found,
        stuck: stuck.items.len() + stuck.unreadable.len(),
        unready: client.unready().await,
    })
}

fn print(found: &[DeploymentView], one: bool) {
    match found {
        [] => output::line("no deployments yet: begin one with `tawny deploy SERVICE VERSION`"),
        [view] if one => output::deployment(view),
        _ => output::line(&table(found).to_string()),
    }
}

fn table(found: &[DeploymentView]) -> Table {
    let mut table = output::table([
        "deployment",
        "service",
        "environment",
        "version",
        "status",
        "verdict",
        "tier",
        "updated",
    ]);
    for view in found {
        let verdict = view.verdict.as_deref().unwrap_or("-");
        table.add_row([
            Cell::new(&view.id),
            Cell::new(&view.service),
            Cell::new(&view.environment),
            Cell::new(format!(
                "{} → {}",
                view.from.as_deref().unwrap_or("none"),
                view.to
            )),
            painted(&status(view), status_colour(&view.status)),
            painted(verdict, verdict_colour(verdict)),
            Cell::new(view.tier),
            Cell::new(view.updated_at.strftime("%Y-%m-%d %H:%M:%SZ")),
        ]);
    }
    table
}

fn painted(text: &str, colour: Option<Color>) -> Cell {
    match colour.filter(|_| output::colour()) {
        Some(colour) => Cell::new(text).fg(colour),
        None => Cell::new(text),
    }
}

fn status(view: &DeploymentView) -> String {
    match &view.queued_behind {
        Some(behind) => format!("waits behind {} ({})", behind.deployment, behind.version),
        None => view.status.clone(),
    }
}

fn status_colour(status: &str) -> Option<Color> {
    match status {
        "promoted" => Some(Color::Green),
        "paused" => Some(Color::Yellow),
        "rolled_back" | "failed" => Some(Color::Red),
        _ => None,
    }
}

fn verdict_colour(verdict: &str) -> Option<Color> {
    match verdict {
        "healthy" => Some(Color::Green),
        "degraded" => Some(Color::Red),
        "inconclusive" | "unmeasured" => Some(Color::Yellow),
        _ => None,
    }
}
