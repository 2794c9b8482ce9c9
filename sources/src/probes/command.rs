//! Running a command: its exit code, or the number that it prints.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use super::Found;
use super::record::Outcome;

/// Variables of Tawny's own surroundings that a command gets.
const PASSED_ON: [&str; 3] = ["PATH", "HOME", "LANG"];
/// What is kept of what it prints, in bytes. The rest is read and forgotten.
const KEPT: usize = 64 * 1024;
/// What it started may hold its output open after its end; that is not waited for longer than this.
const AFTER_ITS_END: Duration = Duration::from_millis(500);
/// Commands that run at once, over all probes of this process.
static PLACES: Semaphore = Semaphore::const_new(8);

/// Runs a program in a process group of its own. `Debug` prints no value of a variable.
#[derive(Debug, Clone)]
pub struct CommandCheck {
    /// The program and its arguments. No shell reads them, unless the program is one.
    pub program: Vec<String>,
    /// Variables beside `PATH`, `HOME` and `LANG`; nothing else of Tawny's surroundings is passed on.
    pub env: Vec<(String, SecretString)>,
    /// Where it runs.
    pub dir: std::path::PathBuf,
    /// The exit code that counts as good; none when a number is wanted of its standard output.
    pub good_code: Option<i32>,
}

impl CommandCheck {
    pub(super) async fn attempt(&self, timeout: Duration) -> Found {
        let Ok(_place) = PLACES.acquire().await else {
            return Err("the process is stopping".to_owned());
        };
        let ended = tokio::time::timeout(timeout, self.run()).await;
        // Dropped with its group, it is killed.
        ended.unwrap_or_else(|_| Err(format!("not done after {} s", timeout.as_secs_f64())))
    }

    async fn run(&self) -> Found {
        let mut group = self.start().map_err(|error| {
            let program = self.program.first().map_or("", String::as_str);
            format!("`{program}` cannot be started: {error}")
        })?;
        let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
        let mut said = Said::default();
        let mut complained = Said::default();
        let (status, left) = {
            let reading = async { tokio::join!(said.read(out), complained.read(err)) };
            tokio::pin!(reading);
            tokio::select! {
                status = group.child.wait() => {
                    let closed = tokio::time::timeout(AFTER_ITS_END, &mut reading).await;
                    (status, closed.is_err())
                }
                _ = &mut reading => (group.child.wait().await, false),
            }
        };
        let status = status.map_err(|error| format!("its end cannot be learned: {error}"))?;
        if !left {
            // It has been waited for and nobody of its group is left: the number may be a stranger's.
            group.id = None;
        }
        self.judge(status, &said.text(), &complained.text())
    }

    /// The exit code or the number; anything else is a reason.
    fn judge(&self, status: ExitStatus, said: &str, complained: &str) -> Found {
        let ended = match status.code() {
            Some(code) => format!("exit code {code}"),
            None => format!("{status}"),
        };
        let last = complained.trim().lines().last().unwrap_or_default();
        let why = if last.is_empty() {
            String::new()
        } else {
            format!(": {last}")
        };
        match self.good_code {
            Some(good) if status.code() == Some(good) => Ok(Outcome::Good),
            Some(good) => Err(format!("{ended}, expected {good}{why}")),
            None if status.success() => number(said),
            None => Err(format!("{ended}, no number{why}")),
        }
    }

    fn start(&self) -> std::io::Result<Group> {
        let (program, arguments) = self
            .program
            .split_first()
            .ok_or(std::io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        for name in PASSED_ON {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, value) in &self.env {
            command.env(name, value.expose_secret());
        }
        let child = command.spawn()?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Group { child, id })
    }
}

/// The last line as a number.
fn number(said: &str) -> Found {
    let last = said.trim().lines().last().unwrap_or_default().trim();
    match last.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Outcome::Number(number)),
        _ => Err(format!("printed `{last}`, expected a number")),
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

/// The beginning and the end of what a process prints.
#[derive(Default)]
struct Said(Vec<u8>);

impl Said {
    async fn read(&mut self, from: Option<impl AsyncRead + Unpin>) {
        let Some(mut from) = from else { return };
        let mut chunk = [0; 4096];
        while let Ok(n @ 1..) = from.read(&mut chunk).await {
            self.0.extend_from_slice(&chunk[..n]);
            // The last line counts.
            let excess = self.0.len().saturating_sub(KEPT);
            self.0.drain(..excess);
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}
