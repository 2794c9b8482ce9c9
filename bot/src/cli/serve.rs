//! `tawny serve`

use super::{ConfigFile, Exit, output};
use crate::boot::{self, BootError};
use engine::EngineOptions;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) async fn run(arguments: Arguments) -> Exit {
    let path = &arguments.file.config;
    let settings = match config::load(path, &config::Lookup::system()) {
        Ok(settings) => settings,
        Err(errors) => {
            output::failed(&format!("the configuration cannot be used:\n{errors}"));
            return Exit::Usage;
        }
    };
    let people: Vec<_> = settings
        .people
        .iter()
        .map(|person| person.name.clone())
        .collect();
    let running = match boot::run(settings, EngineOptions::default()).await {
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
    output::line(&format!(
        "tawny listens on http://{} (page and API: {})",
        running.address, running.url
    ));
    for person in people {
        match running.page.login_link(&person).await {
            Ok(link) => output::line(&format!("one-time link for {person}: {link}")),
            Err(error) => output::failed(&format!("no link for {person}: {error}")),
        }
    }
    crate::shutdown::signal().await;
    running.stop().await;
    Exit::Done
}
