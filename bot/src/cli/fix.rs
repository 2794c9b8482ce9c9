//! `tawny revert-pr|hotfix-pr NAME [--suspect COMMIT]`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{DeploymentView, FixBody};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// The commit that is meant, if not the most suspect one; its first seven digits are enough.
    #[arg(long, value_name = "COMMIT")]
    suspect: Option<String>,
    /// Why, in your words; it is kept and shown.
    #[arg(long, short)]
    reason: Option<String>,
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
                output::line(&format!(
                    "{} ({}, {}): asked for; what becomes of it is told in its thread: tawny timeline {}",
                    view.id, view.service, view.to, view.id
                ));
            }
            Exit::Done
        }
    }
}

async fn give(verb: &str, arguments: Arguments) -> Result<DeploymentView, CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    let body = FixBody {
        suspect: arguments.suspect,
        reason: arguments.reason,
    };
    let path = format!("deployments/{}/{verb}", escaped(&id));
    client.post(&path, &body).await
}
