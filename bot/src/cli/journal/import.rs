//! `tawny journal import`

use super::progress::{self, Bytes};
use super::{Exit, Place, failed, output};
use ::journal::{Archived, Journal, JournalError};
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The archive; `-` is standard input.
    #[arg(value_name = "FILE")]
    archive: PathBuf,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let url = match arguments.place.url() {
        Ok(url) => url,
        Err(exit) => return exit,
    };
    match import(&url, &arguments.archive).await {
        Ok(done) if json => {
            let document = json!({
                "streams": done.streams, "events": done.events, "rows": done.rows,
            });
            output::document("journal-import", &document);
            Exit::Done
        }
        Ok(done) => {
            output::line(&format!(
                "imported: {} streams, {} events, {} rows; every hash chain holds",
                done.streams, done.events, done.rows
            ));
            Exit::Done
        }
        Err(error) => failed("journal-import", &error, json),
    }
}

async fn import(url: &str, archive: &Path) -> Result<Archived, JournalError> {
    let (from, bytes): (Box<dyn BufRead + Send>, _) = if archive.as_os_str() == "-" {
        (Box::new(BufReader::new(std::io::stdin())), None)
    } else {
        let failed = |source| JournalError::File {
            path: archive.to_owned(),
            source,
        };
        let file = File::open(archive).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        (Box::new(BufReader::new(file)), Some(bytes))
    };
    let bar = progress::bar("importing bytes", bytes);
    let from = Bytes {
        from,
        bar: bar.clone(),
    };
    let done = Journal::import(url, from).await;
    bar.finish_and_clear();
    done
}
