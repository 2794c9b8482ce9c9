//! `tawny judge DEPLOYMENT [real|false-alarm|missed|fine] [--cause COMMIT | --not-the-change]`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{CauseBody, DeploymentView, JudgementBody};
use clap::ArgGroup;
use jiff::Timestamp;

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "tawny judge [OPTIONS] <NAME> [JUDGEMENT] [--cause <COMMIT>|--not-the-change]"
)]
#[command(group = ArgGroup::new("said").required(true).multiple(true).args(["judgement", "cause", "not_the_change"]))]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Of an alarm: real or false-alarm. Of silence: missed or fine.
    #[arg(value_parser = ["real", "false-alarm", "missed", "fine"])]
    judgement: Option<String>,
    /// The commit that did it; its first seven digits are enough.
    #[arg(long, value_name = "COMMIT", conflicts_with = "not_the_change")]
    cause: Option<String>,
    /// None of the changes that came with it did it.
    #[arg(long)]
    not_the_change: bool,
    /// Why, in your words; it is kept and shown.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Of harm that was missed: since when it was done, such as 2026-11-21T12:00:00Z.
    #[arg(long, value_name = "TIME", requires = "judgement")]
    since: Option<Timestamp>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let cause = said_cause(&arguments);
    match give(arguments).await {
        Err(error) => output::call_failed("judge", &error, json),
        Ok(view) => {
            if json {
                output::document("judge", &view);
            } else {
                output::line(&answer(&view, cause));
            }
            Exit::Done
        }
    }
}

fn said_cause(arguments: &Arguments) -> Option<String> {
    match &arguments.cause {
        Some(commit) => Some(format!("it was {commit}")),
        None => arguments
            .not_the_change
            .then(|| "it was not this deployment".to_owned()),
    }
}

fn answer(view: &DeploymentView, cause: Option<String>) -> String {
    let judged = view.judged.as_ref();
    // What was said of the cause alone says nothing of an older judgement.
    let said = cause.or_else(|| judged.map(|judged| judged.judgement.replace('_', " ")));
    format!(
        "{} ({}, {}): {}; what follows from all judgements: tawny stats {}",
        view.id,
        view.service,
        view.to,
        said.unwrap_or_default(),
        view.service
    )
}

async fn give(arguments: Arguments) -> Result<DeploymentView, CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    let path = |what: &str| format!("deployments/{}/{what}", escaped(&id));
    let named = CauseBody {
        change: arguments.cause,
        not_the_change: arguments.not_the_change,
        note: arguments.note.clone(),
    };
    let names = named.change.is_some() || named.not_the_change;
    match arguments.judgement {
        Some(judgement) => {
            let body = JudgementBody {
                judgement,
                note: arguments.note,
                since: arguments.since,
            };
            let view = client.post(&path("judgement"), &body).await?;
            if names {
                client.post(&path("cause"), &named).await
            } else {
                Ok(view)
            }
        }
        None => client.post(&path("cause"), &named).await,
    }
}
