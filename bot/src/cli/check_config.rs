//! `tawny check-config [FILE]`

use super::{Exit, output};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration.
    #[arg(
        env = "TAWNY_CONFIG",
        default_value = "tawny.yaml",
        value_name = "FILE"
    )]
    config: PathBuf,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Exit {
    let errors = match config::load(&arguments.config, &config::Lookup::system()) {
        Ok(settings) => match crate::wire::services(&settings) {
            Ok(services) => {
                if json {
                    output::document(
                        "check-config",
                        &serde_json::json!({ "ok": true, "errors": [] }),
                    );
                } else {
                    let signals: usize = services
                        .iter()
                        .map(|service| service.watch.signals.len())
                        .sum();
                    output::line(&format!(
                        "{}: good: {} services, {signals} signals",
                        arguments.config.display(),
                        services.len()
                    ));
                }
                return Exit::Done;
            }
            Err(error) => vec![serde_json::json!({ "found": error.to_string() })],
        },
        Err(errors) => {
            if !json {
                output::failed(&format!("{} errors:\n{errors}", errors.0.len()));
            }
            errors
                .0
                .iter()
                .filter_map(|error| serde_json::to_value(error).ok())
                .collect()
        }
    };
    if json {
        output::document(
            "check-config",
            &serde_json::json!({ "ok": false, "errors": errors }),
        );
    } else if let [one] = &errors[..]
        && let Some(found) = one["found"].as_str().filter(|_| one.get("file").is_none())
    {
        output::failed(&found);
    }
    Exit::Usage
}
