//! `tawny serve`

use super::{ConfigFile, Exit, output};
use crate::boot::{self, BootError};
use crate::log::Wishes;
use crate::ops::Traces;
use engine::EngineOptions;
use guard::ids::PersonId;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// How long the lead lasts that this process holds over others on the same journal, and so how long
    /// they wait when it dies. Without it, twice the shortest scrape interval, between 2s and 15s.
    #[arg(long, env = "TAWNY_LEASE", value_name = "DURATION", value_parser = lease)]
    lease: Option<Duration>,
}

pub(super) async fn run(arguments: Arguments, json: bool, log: &Wishes) -> Exit {
    let path = &arguments.file.config;
    let settings = match config::load(path, &config::Lookup::system()) {
        Ok(settings) => settings,
        Err(errors) => {
            output::failed(&format!("the configuration cannot be used:\n{errors}"));
            return Exit::Usage;
        }
    };
    let traces = match begin_telling(log, &settings) {
        Ok(traces) => traces,
        Err(error) => {
            output::failed(&error);
            return Exit::Usage;
        }
    };
    let people: Vec<_> = settings
        .people
        .iter()
        .map(|person| person.name.clone())
        .collect();
    let options = EngineOptions {
        lease: arguments.lease,
        ..EngineOptions::default()
    };
    let mut running = match boot::run(settings, options).await {
        Ok(running) => running,
        Err(error @ (BootError::Journal(_) | BootError::Engine(_) | BootError::DataDir { .. })) => {
            output::failed(&error);
            return Exit::Failed;
        }
        Err(error) => {
            output::failed(&error);
            return Exit::Usage;
        }
    };
    running.follow(path.clone());
    announce(&running, &people, json).await;
    let exit = tokio::select! {
        () = crate::shutdown::signal() => Exit::Done,
        why = running.ended() => {
            output::failed(&format!("{why}: nothing would be guarded any more, so this process ends; start it again"));
            Exit::Failed
        }
    };
    running.stop().await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    exit
}

/// Says where it listens, and how people get in.
async fn announce(running: &boot::Running, people: &[PersonId], json: bool) {
    let mut links = Vec::new();
    for person in people {
        match running.page.login_link(person).await {
            Ok((link, _)) => links.push((person, link)),
            Err(error) => output::failed(&format!("no link for {person}: {error}")),
        }
    }
    if json {
        let links: Vec<_> = links
            .iter()
            .map(|(person, link)| serde_json::json!({ "person": person, "link": link }))
            .collect();
        let address = running.address.to_string();
        output::document(
            "serve",
            &serde_json::json!({ "address": address, "url": running.url, "links": links }),
        );
        return;
    }
    output::line(&format!(
        "tawny listens on http://{} (page and API: {})",
        running.address, running.url
    ));
    for (person, link) in links {
        output::line(&format!("one-time link for {person}: {link}"));
    }
}

/// Logs, and traces where they are configured.
fn begin_telling(log: &Wishes, settings: &config::Settings) -> Result<Option<Traces>, String> {
    let begun = Traces::begin(&settings.traces).map_err(|error| error.to_string())?;
    let (traces, layer) = begun.unzip();
    log.begin_serving(&settings.log, layer.into_iter().collect())
        .map_err(|error| error.to_string())?;
    Ok(traces)
}

/// Shorter than a second, a busy machine would lose it all the time.
fn lease(text: &str) -> Result<Duration, String> {
    let lease = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if lease < Duration::from_secs(1) {
        return Err("expected at least 1s".to_owned());
    }
    Ok(lease)
}
