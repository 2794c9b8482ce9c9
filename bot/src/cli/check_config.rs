//! `tawny check-config [FILE]`

use super::{Exit, output, signals_table};
use crate::discover::{self, Examined};
use crate::wire;
use config::Settings;
use engine::services::Service;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Services that are asked about at once.
const AT_ONCE: usize = 4;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration.
    #[arg(
        env = "TAWNY_CONFIG",
        default_value = "tawny.yaml",
        value_name = "FILE"
    )]
    config: PathBuf,
    /// Only read the file; ask no source.
    #[arg(long)]
    offline: bool,
}

pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    let (settings, services) = match read(arguments) {
        Ok(read) => read,
        Err(wrong) => return wrong.say(json),
    };
    let examined = if arguments.offline {
        Vec::new()
    } else {
        examine(&services).await
    };
    let exit = exit(&examined);
    if json {
        let notes: Vec<String> = notes(&settings).collect();
        let document = json!({
            "ok": exit == Exit::Done, "errors": [], "services": examined, "notes": notes,
        });
        output::document("check-config", &document);
        return exit;
    }
    for examined in &examined {
        output::line(&format!(
            "{} in {}: {} instances at {}",
            examined.service,
            examined.environment,
            examined.instances.len(),
            examined.source
        ));
        signals_table::print(examined);
        output::line("");
    }
    for note in notes(&settings) {
        output::line(&note);
    }
    // Once the sources were asked, it is known which signals there are.
    let signals: usize = if arguments.offline {
        services.iter().map(|one| one.watch.signals.len()).sum()
    } else {
        examined.iter().map(|one| one.signals.len()).sum()
    };
    let blind: usize = examined.iter().map(Examined::blind).sum();
    let unreachable = examined
        .iter()
        .filter(|examined| examined.error.is_some())
        .count();
    let told = match (arguments.offline, blind, unreachable) {
        (true, ..) => "; no source was asked".to_owned(),
        (false, 0, 0) => "; every signal has data".to_owned(),
        (false, blind, 0) => format!("; {} would be blind", counted(blind, "signal")),
        (false, _, unreachable) => {
            format!(
                "; {} could not be asked about",
                counted(unreachable, "service")
            )
        }
    };
    output::line(&format!(
        "{}: good: {}, {}{told}",
        arguments.config.display(),
        counted(services.len(), "service"),
        counted(signals, "signal")
    ));
    exit
}

/// What is not offered, and why: nothing of it is wrong.
fn notes(settings: &Settings) -> impl Iterator<Item = String> {
    let services = settings.services.iter();
    services.filter_map(|service| wire::proposers::why_not(settings, service))
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

/// 0: every signal has data. 2: some would be blind. 3: a source does not answer.
fn exit(examined: &[Examined]) -> Exit {
    if examined.iter().any(|examined| examined.error.is_some()) {
        Exit::Usage
    } else if examined.iter().any(|examined| examined.blind() > 0) {
        Exit::Unsure
    } else {
        Exit::Done
    }
}

async fn examine(services: &[Service]) -> Vec<Examined> {
    let now_ms = jiff::Timestamp::now().as_millisecond();
    futures_util::stream::iter(services)
        .map(|service| discover::examine(service, now_ms))
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// What is wrong with a configuration.
enum Wrong {
    Text(config::ConfigErrors),
    Use(wire::WireError),
}

fn read(arguments: &Arguments) -> Result<(Settings, Vec<Service>), Wrong> {
    let settings =
        config::load(&arguments.config, &config::Lookup::system()).map_err(Wrong::Text)?;
    let services = wire::services(&settings).map_err(Wrong::Use)?;
    Ok((settings, services))
}

impl Wrong {
    fn say(&self, json: bool) -> Exit {
        let errors: Vec<Value> = match self {
            Self::Text(errors) => errors
                .0
                .iter()
                .filter_map(|error| serde_json::to_value(error).ok())
                .collect(),
            Self::Use(error) => vec![json!({ "found": error.to_string() })],
        };
        if json {
            output::document("check-config", &json!({ "ok": false, "errors": errors }));
        } else {
            match self {
                Self::Text(errors) => {
                    output::failed(&format!("{} errors:\n{errors}", errors.0.len()));
                }
                Self::Use(error) => output::failed(error),
            }
        }
        Exit::Usage
    }
}
