//! `tawny import FILE`

use super::{Exit, output};
use config::Imported;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The file to convert; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the configuration is written; standard output when left out. A file that is there is not replaced.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Why nothing was converted.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("{path}: {error}")]
    Read { path: String, error: std::io::Error },
    #[error(transparent)]
    Config(#[from] config::ConfigErrors),
    #[error("{path}: {error}: choose another place with `--output`")]
    Write { path: String, error: std::io::Error },
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Exit {
    match convert(arguments) {
        Ok(imported) => {
            tell(arguments, &imported, json);
            Exit::Done
        }
        Err(error) => {
            if json {
                output::document("import", &serde_json::json!({ "error": error.to_string() }));
            }
            output::failed(&error);
            Exit::Usage
        }
    }
}

fn convert(arguments: &Arguments) -> Result<Imported, ImportError> {
    let path = &arguments.file;
    let (name, text) = if path == Path::new("-") {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text).map(|_| text);
        ("standard input".to_owned(), read)
    } else {
        (path.display().to_string(), std::fs::read_to_string(path))
    };
    let text = text.map_err(|error| ImportError::Read {
        path: name.clone(),
        error,
    })?;
    let imported = config::import(&text, &name)?;
    if let Some(place) = &arguments.output {
        let written = std::fs::File::create_new(place)
            .and_then(|mut file| file.write_all(imported.yaml.as_bytes()));
        written.map_err(|error| ImportError::Write {
            path: place.display().to_string(),
            error,
        })?;
    }
    Ok(imported)
}

/// The configuration goes where it was wanted, the notes to people.
fn tell(arguments: &Arguments, imported: &Imported, json: bool) {
    if json {
        output::document("import", imported);
        return;
    }
    if arguments.output.is_none() {
        output::line(imported.yaml.trim_end());
    }
    for note in &imported.notes {
        output::note(&format!(
            "line {}: {}: {}",
            note.line, note.subject, note.text
        ));
    }
}
