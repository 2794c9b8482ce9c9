//! `tawny replay --episode FILE|-`

use super::{Exit, output};
use std::fs::File;
use std::io::{BufReader, stdin, stdout};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The episode as JSON lines; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    episode: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let replayed = if arguments.episode.as_os_str() == "-" {
        crate::replay::run(stdin().lock(), stdout().lock())
    } else {
        match File::open(&arguments.episode) {
            Ok(file) => {
                crate::replay::run(BufReader::with_capacity(1 << 18, file), stdout().lock())
            }
            Err(error) => {
                output::failed(&format!(
                    "--episode {}: {error}",
                    arguments.episode.display()
                ));
                return Exit::Usage;
            }
        }
    };
    match replayed {
        Ok(ended) => Exit::Other(ended.code()),
        Err(error) => {
            output::failed(&error);
            Exit::Usage
        }
    }
}
