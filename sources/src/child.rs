//! A program run once, within bounds.
//!
//! It has a process group that ends with it, what it is given of Tawny's surroundings and nothing else, and an end.

use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// What it started may hold its output open after its end; that is not waited for longer than this.
const AFTER_ITS_END: Duration = Duration::from_millis(500);

/// What is run. No `Debug`: variables may be secret.
pub struct Program<'a> {
    /// The program and its arguments. No shell reads them, unless the program is one.
    pub words: &'a [String],
    /// All of its variables.
    pub env: Vec<(String, OsString)>,
    /// Where it runs.
    pub dir: PathBuf,
    /// Bytes of each output that are kept: the last ones.
    pub kept: usize,
    /// The longest that it may take.
    pub timeout: Duration,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// None if it had not ended in time; it was killed, with all that it started.
    pub status: Option<ExitStatus>,
    /// The end of its standard output.
    pub said: Vec<u8>,
    /// The end of its standard error.
    pub complained: Vec<u8>,
}

/// Why nobody knows how it ended.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It was not started.
    #[error("`{program}` cannot be started: {source}")]
    Start {
        /// Its first word.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It was, and the system does not say how it ended.
    #[error("its end cannot be learned: {0}")]
    End(std::io::Error),
}

/// Variables of Tawny's own surroundings, those of them that are set.
#[must_use]
pub fn inherited(names: &[&str]) -> Vec<(String, OsString)> {
    let set = |name: &&str| std::env::var_os(name).map(|value| ((*name).to_owned(), value));
    names.iter().filter_map(set).collect()
}

impl Program<'_> {
    /// Runs it to its end, or to the end of its time. Dropped, it is killed with all that it started.
    ///
    /// # Errors
    /// It cannot be started, or its end cannot be learned.
    pub async fn run(self) -> Result<Ended, ChildError> {
        let mut group = self.start().map_err(|source| ChildError::Start {
            program: self.words.first().cloned().unwrap_or_default(),
            source,
        })?;
        let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
        let (mut said, mut complained) = (Vec::new(), Vec::new());
        let ended = tokio::time::timeout(self.timeout, async {
            let reading = async {
                tokio::join!(
                    read(out, &mut said, self.kept),
                    read(err, &mut complained, self.kept)
                )
            };
            tokio::pin!(reading);
            tokio::select! {
                status = group.child.wait() => {
                    let closed = tokio::time::timeout(AFTER_ITS_END, &mut reading).await;
                    (status, closed.is_err())
                }
                _ = &mut reading => (group.child.wait().await, false),
            }
        })
        .await;
        let status = match ended {
            Err(_) => None,
            Ok((status, left)) => {
                let status = status.map_err(ChildError::End)?;
                if !left {
                    // It has been waited for and nobody of its group is left: the number may be a stranger's.
                    group.id = None;
                }
                Some(status)
            }
        };
        drop(group);
        Ok(Ended {
            status,
            said,
            complained,
        })
    }

    fn start(&self) -> std::io::Result<Group> {
        let (program, arguments) = self
            .words
            .split_first()
            .ok_or(std::io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn()?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Group { child, id })
    }
}

/// A child with all that it started; killed when dropped.
struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Drop for Group {
    fn drop(&mut self) {
        // Either its leader was not waited for, or a member still holds its output open.
        if let Some(id) = self.id {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// The end of what is printed, read as long as it comes.
async fn read(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>, kept: usize) {
    let Some(mut from) = from else { return };
    let mut chunk = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut chunk).await {
        into.extend_from_slice(&chunk[..n]);
        let excess = into.len().saturating_sub(kept);
        into.drain(..excess);
    }
}
