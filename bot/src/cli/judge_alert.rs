//! `tawny judge-alert SERVICE [ALERT] TIME real|false-alarm`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{AlertJudgedView, AlertJudgementBody};
use jiff::Timestamp;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The service.
    service: String,
    /// The alert by its name; `-` where there was an incident of which no alert told.
    alert: String,
    /// A moment in which it fired, or when the incident began, such as 2026-11-21T12:00:00Z.
    at: Timestamp,
    /// What it was.
    #[arg(value_parser = ["real", "false-alarm"])]
    judgement: String,
    /// When the incident was over.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Why, in your words; it is kept and shown.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Of a service in several environments: which one.
    #[arg(long, short, value_name = "ENVIRONMENT")]
    environment: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match give(arguments).await {
        Err(error) => output::call_failed("judge-alert", &error, json),
        Ok(view) => {
            if json {
                output::document("judge-alert", &view);
            } else {
                let what = view.alert.as_deref().unwrap_or("an incident");
                let was = if view.real { "real" } else { "a false alarm" };
                output::line(&format!(
                    "{}: {what} was {was}, says {}; what follows: tawny thresholds {}",
                    view.service, view.by, view.service
                ));
            }
            Exit::Done
        }
    }
}

async fn give(arguments: Arguments) -> Result<AlertJudgedView, CallError> {
    let client = Client::new(arguments.connection)?;
    let body = AlertJudgementBody {
        alert: Some(arguments.alert).filter(|name| name != "-"),
        at: arguments.at,
        until: arguments.until,
        judgement: arguments.judgement.replace('-', "_"),
        note: arguments.note,
        environment: arguments.environment,
    };
    let path = format!("services/{}/alerts/judgement", escaped(&arguments.service));
    client.post(&path, &body).await
}
