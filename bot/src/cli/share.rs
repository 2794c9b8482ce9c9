//! `tawny share NAME [--for DURATION | --list | --revoke LINK]`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{ShareBody, ShareMadeView, SharedLinkView, SharesView};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// How long the link opens; `server.shares.usual` when not said.
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    lasts: Option<Duration>,
    /// Show the links of the deployment instead.
    #[arg(long, conflicts_with_all = ["lasts", "revoke"])]
    list: bool,
    /// End the link of this name instead.
    #[arg(long, value_name = "LINK", conflicts_with = "lasts")]
    revoke: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// What was done.
enum Done {
    Made(ShareMadeView),
    Listed(SharesView),
    Ended(SharedLinkView),
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match call(arguments).await {
        Err(error) => return output::call_failed("share", &error, json),
        Ok(Done::Made(made)) if json => output::document("share", &made),
        Ok(Done::Listed(listed)) if json => output::document("share-list", &listed),
        Ok(Done::Ended(share)) if json => output::document("share-revoke", &share),
        Ok(Done::Made(made)) => output::line(&format!(
            "{} shows {} until {:.0}; end it with tawny share {} --revoke {}:\n{}",
            made.share.id,
            made.share.deployment_id,
            made.share.expires_at,
            made.share.deployment_id,
            made.share.id,
            made.link
        )),
        Ok(Done::Listed(listed)) => table(&listed.shares),
        Ok(Done::Ended(share)) => output::line(&format!("{} opens no more", share.id)),
    }
    Exit::Done
}

async fn call(arguments: Arguments) -> Result<Done, CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    let path = format!("deployments/{}/shares", escaped(&id));
    if arguments.list {
        return client.get(&path).await.map(Done::Listed);
    }
    if let Some(share) = arguments.revoke {
        let path = format!("{path}/{}", escaped(&share));
        return client.delete(&path).await.map(Done::Ended);
    }
    let seconds = arguments.lasts.map(|lasts| lasts.as_secs());
    let made = client.post(&path, &ShareBody { seconds }).await;
    made.map(Done::Made)
}

fn table(shares: &[SharedLinkView]) {
    if shares.is_empty() {
        return output::line("no link was made");
    }
    let mut table = output::table(["link", "status", "by", "made", "until", "last used"]);
    for one in shares {
        let used = one.used_at.map(|at| format!("{at:.0}"));
        table.add_row([
            one.id.clone(),
            one.status.clone(),
            output::printable(&one.by),
            format!("{:.0}", one.made_at),
            format!("{:.0}", one.expires_at),
            used.unwrap_or_default(),
        ]);
    }
    output::line(&table.to_string());
}
