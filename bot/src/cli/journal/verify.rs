//! `tawny journal verify`

use super::{Exit, Place, failed, output, progress};
use ::journal::{Journal, JournalError, JournalOptions, StreamId, Verified};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only this stream, such as deployment/dep_1a2b3c; without it, all.
    #[arg(value_name = "STREAM")]
    stream: Option<String>,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let url = match arguments.place.url() {
        Ok(url) => url,
        Err(exit) => return exit,
    };
    match verify(&url, arguments.stream.as_deref()).await {
        Ok(verified) => {
            tell(&verified, json);
            if verified.broken.is_empty() {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
        Err(error) => failed("journal-verify", &error, json),
    }
}

async fn verify(url: &str, stream: Option<&str>) -> Result<Verified, JournalError> {
    let only: Option<StreamId> = stream.map(str::parse).transpose()?;
    let journal = Journal::open_read_only(url, JournalOptions::default()).await?;
    let reader = journal.reader();
    if let Some(only) = &only
        && reader.head(only).await?.is_none()
    {
        return Err(JournalError::NotFound(format!("stream {only}")));
    }
    let bar = progress::bar("verifying events", Some(reader.event_count().await?));
    let verified = reader
        .verify_telling(only.as_ref(), |so_far| bar.set_position(so_far.events))
        .await;
    bar.finish_and_clear();
    let verified = verified?;
    journal.close().await?;
    Ok(verified)
}

fn tell(verified: &Verified, json: bool) {
    if json {
        let broken = verified.broken.iter().map(|link| {
            json!({ "stream": link.stream, "revision": link.revision, "problem": link.problem })
        });
        let document = json!({
            "ok": verified.broken.is_empty(), "streams": verified.streams, "events": verified.events,
            "erased": verified.erased, "heads": verified.heads, "broken": broken.collect::<Vec<_>>(),
        });
        output::document("journal-verify", &document);
        return;
    }
    for link in &verified.broken {
        output::line(&format!(
            "broken: {} at revision {}: {}",
            link.stream, link.revision, link.problem
        ));
    }
    output::line(&format!(
        "{} streams, {} events ({} without payload, as retention erased it): {}",
        verified.streams,
        verified.events,
        verified.erased,
        match verified.broken.len() {
            0 => "every hash chain holds".to_owned(),
            n => format!("{n} chains are broken"),
        }
    ));
    output::line(&format!("heads {}", verified.heads));
}
