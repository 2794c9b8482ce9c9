//! `tawny replay --episode FILE|- [--explain] [--svg FILE]`

use super::{Exit, output};
use crate::replay::{ExitVerdict, Picture, ReplayError};
use guard::detect::Sensitivity;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin, stdout};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The episode as JSON lines, or a recording of a watch; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    episode: PathBuf,
    /// Tell a human what was seen and why, instead of JSON lines.
    #[arg(long)]
    explain: bool,
    /// Draw the signals, the deployment and the alarms into this file as well.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Judge as a service of this sensitivity would be, instead of as it was.
    #[arg(long, value_enum, value_name = "HOW")]
    sensitivity: Option<How>,
}

/// How readily alarms are raised.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum How {
    /// Fewer false alarms, later findings.
    Careful,
    /// The default.
    Balanced,
    /// Earlier findings, more false alarms.
    Eager,
}

impl From<How> for Sensitivity {
    fn from(how: How) -> Self {
        match how {
            How::Careful => Sensitivity::Careful,
            How::Balanced => Sensitivity::Balanced,
            How::Eager => Sensitivity::Eager,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match open(&arguments.episode).map(|input| replay(arguments, input)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            output::failed(&error);
            Exit::Usage
        }
        Err(error) => {
            output::failed(&format!(
                "--episode {}: {error}",
                arguments.episode.display()
            ));
            Exit::Usage
        }
    }
}

/// A file, or standard input for `-`.
pub(super) fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(stdin().lock()));
    }
    let file = File::open(path)?;
    Ok(Box::new(BufReader::with_capacity(1 << 18, file)))
}

fn replay(arguments: &Arguments, input: impl BufRead) -> Result<Exit, ReplayError> {
    let how = arguments.sensitivity.map(Into::into);
    if !arguments.explain && arguments.svg.is_none() {
        let verdict = crate::replay::run(input, how, stdout().lock())?;
        return Ok(Exit::Other(verdict.code()));
    }
    let mut picture = Picture::default();
    let summary = crate::replay::follow(input, how, |seen| {
        picture.see(&seen);
        Ok(())
    })?;
    if arguments.explain {
        output::line(crate::replay::explain(&picture, &summary).trim_end());
    }
    if let Some(path) = &arguments.svg {
        let title = arguments.episode.display().to_string();
        let drawing = crate::replay::svg(&picture, &summary, &title);
        if let Err(error) = std::fs::write(path, drawing) {
            output::failed(&format!("--svg {}: {error}", path.display()));
            return Ok(Exit::Usage);
        }
    }
    Ok(Exit::Other(ExitVerdict::of(summary.verdict).code()))
}
