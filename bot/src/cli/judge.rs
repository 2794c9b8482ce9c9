//! `tawny judge DEPLOYMENT real|false-alarm|missed|fine`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{DeploymentView, JudgementBody};
use jiff::Timestamp;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Of an alarm: real or false-alarm. Of silence: missed or fine.
    #[arg(value_parser = ["real", "false-alarm", "missed", "fine"])]
    judgement: String,
    /// Why, in your words; it is kept and shown.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Of harm that was missed: since when it was done, such as 2026-11-21T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match give(arguments).await {
        Err(error) => output::call_failed("judge", &error, json),
        Ok(view) => {
            if json {
                output::document("judge", &view);
            } else if let Some(judged) = &view.judged {
                output::line(&format!(
                    "{} ({}, {}): {}; what follows from all judgements: tawny stats {}",
                    view.id,
                    view.service,
                    view.to,
                    judged.judgement.replace('_', " "),
                    view.service
                ));
            }
            Exit::Done
        }
    }
}

async fn give(arguments: Arguments) -> Result<DeploymentView, CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    let body = JudgementBody {
        judgement: arguments.judgement,
        note: arguments.note,
        since: arguments.since,
    };
    client
        .post(&format!("deployments/{}/judgement", escaped(&id)), &body)
        .await
}
