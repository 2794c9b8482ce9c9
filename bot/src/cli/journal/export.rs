//! `tawny journal export`

use super::progress::{self, Lines};
use super::{Exit, Place, failed, output};
use ::journal::{Archived, Journal, JournalError, JournalOptions, Reader};
use engine::LEASE;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Where to write it; `-` is standard output. A file is readable by its owner only, and is there
    /// whole or not at all.
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let to_stdout = arguments.out.as_os_str() == "-";
    if to_stdout && json {
        output::failed(
            &"--json needs --out FILE: the archive and the document cannot share standard output",
        );
        return Exit::Usage;
    }
    if !to_stdout && !arguments.force && arguments.out.exists() {
        let path = arguments.out.display();
        output::failed(&format!("{path} exists: name another file, or say --force"));
        return Exit::Usage;
    }
    let url = match arguments.place.url() {
        Ok(url) => url,
        Err(exit) => return exit,
    };
    let path = (!to_stdout).then_some(arguments.out.as_path());
    match export(&url, path).await {
        Ok((done, still_written)) => {
            if let Some(owner) = &still_written {
                output::note(&format!(
                    "a server ({owner}) is writing this journal: what comes after this moment is not in the archive. \
                     To move a journal, stop its servers first"
                ));
            }
            tell(&done, path, still_written.as_deref(), json);
            Exit::Done
        }
        Err(error) => failed("journal-export", &error, json),
    }
}

/// What was written, and the server that goes on writing, if there is one.
async fn export(
    url: &str,
    path: Option<&Path>,
) -> Result<(Archived, Option<String>), JournalError> {
    let journal = Journal::open_read_only(url, JournalOptions::default()).await?;
    let reader = journal.reader();
    let held = reader.lease(LEASE).await?.filter(|lease| lease.held);
    let done = match path {
        Some(path) => to_file(&reader, path).await?,
        None => to(&reader, std::io::stdout()).await?,
    };
    journal.close().await?;
    Ok((done, held.map(|lease| lease.owner)))
}

async fn to_file(reader: &Reader, path: &Path) -> Result<Archived, JournalError> {
    let failed = |source| JournalError::File {
        path: path.to_owned(),
        source,
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // A temporary file is its owner's alone, and is gone when this ends before its time.
    let file = NamedTempFile::new_in(folder).map_err(failed)?;
    let done = to(reader, file.as_file()).await?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(done)
}

async fn to(reader: &Reader, out: impl Write + Send) -> Result<Archived, JournalError> {
    let counts = reader.counts().await?;
    let bar = progress::bar("exporting lines", Some(counts.events + counts.streams));
    let mut out = Lines {
        out: BufWriter::new(out),
        bar,
    };
    let done = reader.export(&mut out).await;
    out.bar.finish_and_clear();
    done
}

fn tell(done: &Archived, path: Option<&Path>, still_written: Option<&str>, json: bool) {
    let Some(path) = path else { return };
    if json {
        let document = json!({
            "streams": done.streams, "events": done.events, "rows": done.rows,
            "file": path.display().to_string(), "still_written_by": still_written,
        });
        output::document("journal-export", &document);
    } else {
        output::line(&format!(
            "{}: {} streams, {} events, {} rows",
            path.display(),
            done.streams,
            done.events,
            done.rows
        ));
    }
}
