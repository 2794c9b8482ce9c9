//! `tawny webhooks test`: the server sends itself a signed sample, and shows what it understood.

use super::client::Client;
use super::{Connection, Exit, output};
use crate::api::{WebhookTestBody, WebhookTestView};
use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Have the server send itself a signed sample as this source would; nothing follows from it.
    Test(Test),
}

#[derive(Debug, clap::Args)]
struct Test {
    /// The configured name of the source.
    source: String,
    #[command(flatten)]
    connection: Connection,
}

/// Exits with 1 where the sample was refused or not understood.
pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let What::Test(test) = arguments.what;
    let body = WebhookTestBody {
        source: test.source,
    };
    let found = match Client::new(test.connection) {
        Ok(client) => {
            client
                .post::<_, WebhookTestView>("webhooks/test", &body)
                .await
        }
        Err(error) => Err(error),
    };
    match found {
        Err(error) => output::call_failed("webhooks-test", &error, json),
        Ok(found) => {
            if json {
                output::document("webhooks-test", &found);
            } else {
                tell(&found);
            }
            if found.answer == 200 && found.error.is_none() {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
    }
}

fn tell(found: &WebhookTestView) {
    output::line(&format!("sent to {}: {}", found.path, found.sent));
    output::line(&format!("answered: {}", found.answer));
    for line in &found.understood {
        output::line(&format!("understood: {line}"));
    }
    if let Some(error) = &found.error {
        output::line(&format!("not understood: {error}"));
    }
}
