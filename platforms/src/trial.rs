//! A draft tried out: the code with it, in a folder of its own, and a command that says whether it is good.
//!
//! The command runs what a model wrote. It has a folder that is removed afterwards, none of Tawny's surroundings but where
//! programs are found, a process group that ends with it, and an end. More of a wall than that is a matter of the command.

use crate::hosts::unpack::{Limits, unpack};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// Bytes and files of the code once unpacked.
const LIMITS: Limits = Limits {
    bytes: 1024 * 1024 * 1024,
    entries: 200_000,
};
/// Bytes of what it prints that are kept: the last ones.
const KEPT: usize = 4096;
/// What it started may hold its output open after its end; that is not waited for longer than this.
const AFTER_ITS_END: Duration = Duration::from_millis(500);

/// What is run, and for how long at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The longest that it may take.
    pub timeout: Duration,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Whether it ended with the code 0 in time.
    pub good: bool,
    /// The end of what it printed.
    pub printed: String,
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub enum NotTried {
    /// The code is not what was expected.
    #[error("the code cannot be unpacked: {0}")]
    Code(#[from] crate::hosts::ArchiveError),
    /// A file of the draft is nowhere in the code.
    #[error("`{0}` is no file of the code")]
    NoFile(String),
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
    pub async fn of(
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
        let mut group = self
            .start(folder.path(), &top)
            .map_err(io("starting the command"))?;
        let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
        let (mut said, mut complained) = (Vec::new(), Vec::new());
        let ended = tokio::time::timeout(self.timeout, async {
            let reading = async { tokio::join!(read(out, &mut said), read(err, &mut complained)) };
            tokio::pin!(reading);
            tokio::select! {
                status = group.child.wait() => {
                    let _ = tokio::time::timeout(AFTER_ITS_END, &mut reading).await;
                    status
                }
                _ = &mut reading => group.child.wait().await,
            }
        })
        .await;
        drop(group);
        said.extend(complained);
        let excess = said.len().saturating_sub(KEPT);
        said.drain(..excess);
        let mut printed = String::from_utf8_lossy(&said).trim().to_owned();
        let good = match ended {
            Ok(status) => status.map_err(io("waiting for the command"))?.success(),
            Err(_) => {
                let seconds = self.timeout.as_secs();
                printed += &format!("\n(not done after {seconds} s)");
                false
            }
        };
        tokio::task::spawn_blocking(move || drop(folder));
        Ok(Tried { good, printed })
    }

    fn start(&self, folder: &Path, top: &Path) -> std::io::Result<Group> {
        let (program, arguments) = self
            .command
            .split_first()
            .ok_or(std::io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .current_dir(top)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
            .env("LANG", "C.UTF-8")
            .env("CI", "true")
            .env("HOME", folder.join("home"))
            .env("TMPDIR", folder.join("tmp"));
        let child = command.spawn()?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Group { child, id })
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

/// A child with all that it started; killed when dropped.
struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// The end of what is printed, read as long as it comes.
async fn read(from: Option<impl AsyncRead + Unpin>, said: &mut Vec<u8>) {
    let Some(mut from) = from else { return };
    let mut chunk = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut chunk).await {
        said.extend_from_slice(&chunk[..n]);
        let excess = said.len().saturating_sub(KEPT);
        said.drain(..excess);
    }
}
