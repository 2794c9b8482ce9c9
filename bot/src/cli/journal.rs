//! `tawny journal`: moving and checking the record.

use super::{ConfigFile, Exit, output};
use ::journal::JournalError;
use clap::{Args, Subcommand};

mod export;
mod import;
mod progress;
mod quarantine;
mod verify;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write the whole journal to a file: a backup, and the way to another database.
    Export(export::Arguments),
    /// Read such a file into a new, empty journal.
    Import(import::Arguments),
    /// Recompute the hash chain of every stream.
    Verify(verify::Arguments),
    /// Show what failed too often and holds back what is behind it; asks the server.
    Quarantine(quarantine::Arguments),
    /// Give something in quarantine a second chance: its tries start over.
    Requeue(quarantine::Decision),
    /// Take something out of quarantine: what is behind it goes on without it.
    Discard(quarantine::Decision),
}

/// Which journal.
#[derive(Debug, Args)]
struct Place {
    #[command(flatten)]
    file: ConfigFile,
    /// The journal, instead of the one of the configuration: sqlite:PATH or postgres://USER@HOST/DATABASE.
    /// Others on this machine can read arguments: keep the password in PGPASSWORD or in the variable.
    #[arg(
        long,
        env = "TAWNY_JOURNAL",
        hide_env_values = true,
        value_name = "URL"
    )]
    journal: Option<String>,
}

impl Place {
    /// The URL that opens it; the reason is already said when there is none.
    fn url(&self) -> Result<String, Exit> {
        if let Some(url) = &self.journal {
            return Ok(url.clone());
        }
        let settings = config::load(&self.file.config, &config::Lookup::system()).map_err(|errors| {
            output::failed(&format!(
                "the configuration cannot be used (name the journal with --journal to do without it):\n{errors}"
            ));
            Exit::Usage
        })?;
        crate::wire::journal_url(&settings).map_err(|error| {
            output::failed(&error);
            Exit::Usage
        })
    }
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match arguments.verb {
        Verb::Export(arguments) => export::run(arguments, json).await,
        Verb::Import(arguments) => import::run(arguments, json).await,
        Verb::Verify(arguments) => verify::run(arguments, json).await,
        Verb::Quarantine(arguments) => quarantine::show(arguments, json).await,
        Verb::Requeue(decision) => quarantine::decide("requeue", decision, json).await,
        Verb::Discard(decision) => quarantine::decide("discard", decision, json).await,
    }
}

/// Says why a verb failed; as a document too, if that was asked for.
fn failed(verb: &str, error: &JournalError, json: bool) -> Exit {
    if json {
        output::document(verb, &serde_json::json!({ "error": error.to_string() }));
    }
    output::failed(error);
    match error {
        JournalError::BadUrl { .. }
        | JournalError::BadStream(_)
        | JournalError::Unavailable(_)
        | JournalError::File { .. } => Exit::Usage,
        _ => Exit::Failed,
    }
}
