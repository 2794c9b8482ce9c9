//! `tawny digest`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::DigestView;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How far back.
    #[arg(long, default_value = "24h", value_parser = humantime::parse_duration, value_name = "DURATION")]
    since: Duration,
    /// The time zone of the text, such as Europe/Berlin.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    zone: String,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match fetch(arguments).await {
        Err(error) => output::call_failed("digest", &error, json),
        Ok(view) => {
            if json {
                output::document("digest", &serde_json::json!(view));
            } else {
                output::line(view.text.trim_end());
            }
            Exit::Done
        }
    }
}

async fn fetch(arguments: Arguments) -> Result<DigestView, CallError> {
    let path = format!(
        "digest?seconds={}&zone={}",
        arguments.since.as_secs_f64(),
        escaped(&arguments.zone)
    );
    Client::new(arguments.connection)?.get(&path).await
}
