//! `tawny login`

use super::client::Client;
use super::{Connection, Exit, output};
use crate::api::LoginLinkView;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let made = match Client::new(arguments.connection) {
        Ok(client) => client.post::<_, LoginLinkView>("login-links", &()).await,
        Err(error) => Err(error),
    };
    match made {
        Err(error) => output::call_failed("login", &error, json),
        Ok(view) => {
            if json {
                output::document("login", &view);
            } else {
                output::line(&format!(
                    "one-time link for {}, until {}:\n{}",
                    view.person,
                    view.expires_at.strftime("%H:%M:%SZ"),
                    view.link
                ));
            }
            Exit::Done
        }
    }
}
