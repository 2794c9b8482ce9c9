//! A draft tried out: the code with it, in a folder of its own, and a command that says whether it is good.
//!
//! The command runs what a model wrote. It has a folder that is removed afterwards, none of Tawny's surroundings but where
//! programs are found, a process group that ends with it, and an end. More of a wall than that is a matter of the command.

use platforms::hosts::unpack::{Limits, unpack};
use sources::child::{ChildError, Program, inherited};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Bytes and files of the code once unpacked.
const LIMITS: Limits = Limits {
    bytes: 1024 * 1024 * 1024,
    entries: 200_000,
};
/// Bytes of what it prints that are kept: the last ones.
const KEPT: usize = 4096;

/// What is run, and for how long at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trial {
    /// The program and its arguments.
    pub(super) command: Vec<String>,
    /// The longest that it may take.
    pub(super) timeout: Duration,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    /// Whether it ended with the code 0 in time.
    pub(super) good: bool,
    /// The end of what it printed.
    pub(super) printed: String,
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTried {
    /// The code is not what was expected.
    #[error("the code cannot be unpacked: {0}")]
    Code(#[from] platforms::hosts::ArchiveError),
    /// A file of the draft is nowhere in the code.
    #[error("`{0}` is no file of the code")]
    NoFile(String),
    /// The command was not run, or nobody knows how it ended.
    #[error("the command: {0}")]
    Command(#[from] ChildError),
    /// The disk or the system said no.
    #[error("{what}: {source}")]
    Io {
        /// To what.
        what: &'static str,
        /// What was said.
        source: std::io::Error,
    },
}

fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> NotTried {
    move |source| NotTried::Io { what, source }
}

impl Trial {
    /// Tries these files in this code.
    ///
    /// # Errors
    /// Why nothing was tried; a command that fails is no error.
    pub(super) async fn of(
        &self,
        code: Vec<u8>,
        files: BTreeMap<String, String>,
    ) -> Result<Tried, NotTried> {
        let laid = tokio::task::spawn_blocking(move || lay_out(&code, &files));
        let laid = laid.await.map_err(|error| NotTried::Io {
            what: "unpacking",
            source: std::io::Error::other(error),
        })?;
        let (folder, top) = laid?;
        let mut env = inherited(&["PATH"]);
        env.extend([
            ("LANG".to_owned(), "C.UTF-8".into()),
            ("CI".to_owned(), "true".into()),
            ("HOME".to_owned(), folder.path().join("home").into()),
            ("TMPDIR".to_owned(), folder.path().join("tmp").into()),
        ]);
        let program = Program {
            words: &self.command,
            env,
            dir: top,
            kept: KEPT,
            timeout: self.timeout,
        };
        let ended = program.run().await?;
        tokio::task::spawn_blocking(move || drop(folder));
        let mut said = ended.said;
        said.extend(ended.complained);
        let excess = said.len().saturating_sub(KEPT);
        said.drain(..excess);
        let mut printed = String::from_utf8_lossy(&said).trim().to_owned();
        let Some(status) = ended.status else {
            let seconds = self.timeout.as_secs();
            printed += &format!("\n(not done after {seconds} s)");
            return Ok(Tried {
                good: false,
                printed,
            });
        };
        Ok(Tried {
            good: status.success(),
            printed,
        })
    }
}

/// The code with the draft in a folder that goes when it is dropped, and its top.
fn lay_out(code: &[u8], files: &BTreeMap<String, String>) -> Result<(TempDir, PathBuf), NotTried> {
    let folder = TempDir::with_prefix("tawny-draft-").map_err(io("making a folder"))?;
    let root = folder.path().join("code");
    for name in ["code", "home", "tmp"] {
        std::fs::create_dir(folder.path().join(name)).map_err(io("making a folder"))?;
    }
    let mut archive = tempfile::tempfile_in(folder.path()).map_err(io("keeping the code"))?;
    archive.write_all(code).map_err(io("keeping the code"))?;
    unpack(&archive, &root, LIMITS)?;
    // Hosts put all of it into one folder.
    let inside = std::fs::read_dir(&root).map_err(io("reading the code"))?;
    let inside: Vec<_> = inside.filter_map(Result::ok).collect();
    let top = match &inside[..] {
        [one] if one.file_type().is_ok_and(|kind| kind.is_dir()) => one.path(),
        _ => root,
    };
    for (path, text) in files {
        let at = file(&top, path).ok_or_else(|| NotTried::NoFile(path.clone()))?;
        std::fs::write(at, text).map_err(io("writing the draft"))?;
    }
    Ok((folder, top))
}

/// A file that is there, inside of the code; no link leads to it.
fn file(top: &Path, path: &str) -> Option<PathBuf> {
    let mut at = top.to_path_buf();
    for part in Path::new(path).components() {
        let Component::Normal(part) = part else {
            return None;
        };
        at.push(part);
        if at.symlink_metadata().ok()?.is_symlink() {
            return None;
        }
    }
    at.is_file().then_some(at)
}
