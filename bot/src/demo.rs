//! `tawny demo`: one deployment guarded from start to end, on this machine alone.

use crate::cli::Exit;
use clap::ValueEnum;
use scenario::{Answer, Scenario};
use std::path::{Path, PathBuf};
use std::time::Duration;

mod alerts;
mod error;
mod explained;
mod inject;
mod narrate;
mod packages;
mod person;
mod play;
pub(crate) mod prometheus_server;
mod report;
mod repository;
mod scenario;
mod settings;
mod warehouse;
mod world;

pub use error::DemoError;

/// What can happen in the demo and is told of in its contract.
pub(crate) const INCIDENTS: [&str; 9] = [
    "error-spike",
    "latency",
    "memory-leak",
    "pool-leak",
    "cpu",
    "crash",
    "dependency",
    "healthy",
    "quiet",
];

/// What to play.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// What goes wrong.
    #[arg(long, value_enum, default_value = "error-spike")]
    scenario: Scenario,
    /// What a simulated person answers; without it, Tawny waits for you.
    #[arg(long, value_enum)]
    answer: Option<Answer>,
    /// Moves when the fault begins and how strong it is.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often Prometheus scrapes.
    #[arg(long, value_parser = interval, default_value = "1s")]
    interval: Duration,
    /// Leave everything running after the end, until Ctrl-C.
    #[arg(long)]
    keep: bool,
    /// Inject nothing: print where faults can be injected, and hold the gray instance for ten minutes.
    #[arg(long)]
    no_fault: bool,
    /// Run an Alertmanager, too: its alert for the same fault joins the same incident.
    #[arg(long)]
    alerts: bool,
    /// Have a model look into what hurts. `scripted` is played by rules, without a key; a URL such as `http://127.0.0.1:11434/v1` is a server that speaks OpenAI's chat completions (its key in `TAWNY_DEMO_MODEL_KEY`). Otherwise rules alone write the report.
    #[arg(long, value_name = "scripted|URL", value_parser = model)]
    model: Option<Model>,
    /// The model, as that server calls it.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "default",
        requires = "model"
    )]
    model_name: String,
    /// Keep the demo's files here instead of in a temporary folder.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Who looks into what hurts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Model {
    /// One that is played, on this machine.
    Scripted,
    /// One behind this base URL.
    At(url::Url),
}

fn model(text: &str) -> Result<Model, String> {
    match (text, url::Url::parse(text)) {
        ("scripted", _) => Ok(Model::Scripted),
        (_, Ok(url)) if ["http", "https"].contains(&url.scheme()) => Ok(Model::At(url)),
        _ => Err(format!(
            "`{text}`: expected `scripted`, or the base URL of a server"
        )),
    }
}

/// Makes the commits of the demo's shop for a scenario, in a folder that is not there yet, and tells which of them does the
/// harm, if one does: for tests that play again what a demo left behind. The same seed gives the same commits.
///
/// # Errors
/// There is no such scenario, or git failed.
pub async fn commits(path: &Path, scenario: &str, seed: u64) -> Result<Option<String>, DemoError> {
    let scenario = Scenario::from_str(scenario, false).map_err(DemoError::Commits)?;
    let versions = (settings::OLD, settings::NEW);
    let made = repository::make(path, scenario, seed, versions).await;
    let made = made.map_err(|error| DemoError::Commits(error.to_string()))?;
    Ok(made.guilty)
}

fn interval(text: &str) -> Result<Duration, String> {
    match text {
        "1s" => Ok(Duration::from_secs(1)),
        "5s" => Ok(Duration::from_secs(5)),
        "15s" => Ok(Duration::from_secs(15)),
        other => Err(format!("`{other}`: expected 1s, 5s or 15s")),
    }
}

/// Plays it.
pub async fn run(arguments: Arguments, json: bool) -> Exit {
    match play::play(&arguments, json).await {
        Ok(exit) => exit,
        Err(DemoError::Interrupted) => {
            narrate::line("stopped; everything the demo started is gone");
            Exit::Failed
        }
        Err(error) => {
            narrate::line(&format!("the demo could not be played: {error}"));
            if json {
                narrate::document(
                    &serde_json::json!({ "schema": "tawny.demo/1", "error": error.to_string() }),
                );
            }
            Exit::Usage
        }
    }
}
