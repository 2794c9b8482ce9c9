//! `tawny pause|resume|hold|promote|rollback|abandon NAME`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{DeploymentView, ReasonBody};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Why, in your words; it is kept and shown.
    #[arg(long, short)]
    reason: Option<String>,
    /// Go past the rules of who may; `--reason` says why, and everybody is told.
    #[arg(long, requires = "reason")]
    break_glass: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(verb: &str, arguments: Arguments, json: bool) -> Exit {
    match give(verb, arguments).await {
        Err(error) => output::call_failed(verb, &error, json),
        Ok(view) => {
            if json {
                output::document(verb, &view);
            } else {
                output::deployment(&view);
            }
            Exit::Done
        }
    }
}

async fn give(verb: &str, arguments: Arguments) -> Result<DeploymentView, CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    client
        .post(
            &format!("deployments/{}/{verb}", escaped(&id)),
            &ReasonBody {
                reason: arguments.reason,
                break_glass: arguments.break_glass,
            },
        )
        .await
}
