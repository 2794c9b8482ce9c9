//! `tawny journal quarantine`, `requeue` and `discard`

use super::super::client::Client;
use super::super::{Connection, Exit};
use super::output;
use crate::api::{QuarantineView, RemedyBody};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
pub(super) struct Decision {
    /// As listed by `tawny journal quarantine`.
    id: String,
    #[command(flatten)]
    connection: Connection,
}

/// Exits with 1 when something is in quarantine: something is not done that should be.
pub(super) async fn show(arguments: Arguments, json: bool) -> Exit {
    let found = match Client::new(arguments.connection) {
        Ok(client) => client.get::<QuarantineView>("quarantine").await,
        Err(error) => Err(error),
    };
    match found {
        Err(error) => output::call_failed("journal-quarantine", &error, json),
        Ok(found) => {
            tell("journal-quarantine", &found, json);
            if found.items.is_empty() && found.unreadable.is_empty() {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
    }
}

pub(super) async fn decide(remedy: &str, decision: Decision, json: bool) -> Exit {
    let verb = format!("journal-{remedy}");
    let body = RemedyBody {
        remedy: remedy.to_owned(),
        id: decision.id,
    };
    let left = match Client::new(decision.connection) {
        Ok(client) => client.post::<_, QuarantineView>("quarantine", &body).await,
        Err(error) => Err(error),
    };
    match left {
        Err(error) => output::call_failed(&verb, &error, json),
        Ok(left) => {
            tell(&verb, &left, json);
            Exit::Done
        }
    }
}

fn tell(verb: &str, found: &QuarantineView, json: bool) {
    if json {
        return output::document(verb, found);
    }
    if found.items.is_empty() && found.unreadable.is_empty() {
        return output::line("nothing is in quarantine");
    }
    let mut table = output::table(["id", "what", "holds back", "tries", "error"]);
    for item in &found.items {
        table.add_row([
            item.id.clone(),
            format!("{} {}", item.kind, item.what),
            item.key.clone(),
            item.attempts.to_string(),
            item.error
                .as_deref()
                .map(output::printable)
                .unwrap_or_default(),
        ]);
    }
    for stream in &found.unreadable {
        table.add_row([
            stream.deployment_id.clone(),
            "unreadable deployment".to_owned(),
            "itself".to_owned(),
            "-".to_owned(),
            output::printable(&stream.error),
        ]);
    }
    output::line(&table.to_string());
}
