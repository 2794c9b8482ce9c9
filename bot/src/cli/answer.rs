//! `tawny approve APPROVAL CHOICE`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{AnswerBody, DeploymentView};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The question's id, as `tawny status NAME` shows it.
    approval: String,
    /// The answer.
    #[arg(value_parser = ["rollback", "resume", "hold"])]
    choice: String,
    /// Why, in your words; it is kept and shown.
    #[arg(long, short)]
    reason: Option<String>,
    /// Go past the rules of who may; `--reason` says why, and everybody is told.
    #[arg(long, requires = "reason")]
    break_glass: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match give(arguments).await {
        Err(error) => output::call_failed("approve", &error, json),
        Ok(view) => {
            if json {
                output::document("approve", &view);
            } else {
                output::deployment(&view);
            }
            Exit::Done
        }
    }
}

async fn give(arguments: Arguments) -> Result<DeploymentView, CallError> {
    let client = Client::new(arguments.connection)?;
    let body = AnswerBody {
        choice: arguments.choice,
        reason: arguments.reason,
        break_glass: arguments.break_glass,
    };
    client
        .post(
            &format!("approvals/{}", escaped(&arguments.approval)),
            &body,
        )
        .await
}
