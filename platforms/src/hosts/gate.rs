//! Waits until a started version is up, or is known not to come up.

use super::config::seconds;
use super::error::{HostsError, NotUp};
use super::probe::probe;
use super::process;
use super::record::Run;
use super::work::{LOOK_AGAIN, Work};
use crate::crash;
use guard::ids::Version;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::PoisonError;
use tokio::time::Instant;

const LOG_LINES: usize = 20;
const LOG_BYTES: u64 = 4096;

impl Work {
    /// Whether the process lives and serves this version, at one look.
    pub(super) async fn serves(&self, version: &Version) -> Result<bool, HostsError> {
        if self.running() != Some(version) || self.current()?.as_ref() != Some(version) {
            return Ok(false);
        }
        let answer = probe(&self.asker, &self.instance, &self.config.health).await;
        Ok(answer.against(version).is_none())
    }

    /// Waits until the version is up. The inner error says why it is not.
    pub(super) async fn gate(&self, version: &Version) -> Result<Result<(), NotUp>, HostsError> {
        let Some(run) = &self.record.run else {
            return Ok(Err(NotUp::NotStarted {
                error: "nothing was started".to_owned(),
            }));
        };
        let gate = &self.config.health;
        let mut last = String::new();
        for attempt in 0..gate.attempts {
            if attempt > 0 && !self.lives_through(run).await? {
                return Ok(Err(self.exited(run)));
            }
            match probe(&self.asker, &self.instance, gate)
                .await
                .against(version)
            {
                // The answer could be another's, if ours has just ended.
                None if process::leader(run)?.is_some() => {
                    crash::point("after-gate");
                    return Ok(Ok(()));
                }
                None => {}
                Some(why) => last = why,
            }
            if process::leader(run)?.is_none() {
                return Ok(Err(self.exited(run)));
            }
        }
        Ok(Err(NotUp::NotHealthy {
            last,
            log: self.log_end(run),
        }))
    }

    /// Waits one interval, and says at once when the process ends meanwhile.
    async fn lives_through(&self, run: &Run) -> Result<bool, HostsError> {
        let until = Instant::now() + seconds(self.config.health.interval_s);
        while Instant::now() < until {
            let pause = LOOK_AGAIN.min(until - Instant::now());
            tokio::time::sleep(pause).await;
            if process::leader(run)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn exited(&self, run: &Run) -> NotUp {
        let mut children = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        let status = children
            .get_mut(&run.nonce)
            .and_then(|child| child.try_wait().ok().flatten());
        NotUp::Exited {
            status: status.map_or_else(
                || "exit code unknown, it was started before the last restart".to_owned(),
                told,
            ),
            log: self.log_end(run),
        }
    }

    fn log_end(&self, run: &Run) -> String {
        // Without its log the failure is still worth saying.
        tail(&self.layout.log(&run.version), run.log_from).unwrap_or_default()
    }
}

fn told(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "exit code unknown".to_owned(),
    }
}

/// The last lines of a log from an offset on, in one line, harmless to print.
fn tail(path: &Path, from: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let begin = from.max(size.saturating_sub(LOG_BYTES));
    file.seek(SeekFrom::Start(begin))?;
    let mut text = Vec::new();
    file.take(LOG_BYTES).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let last: Vec<String> = lines
        .iter()
        .skip(lines.len().saturating_sub(LOG_LINES))
        .map(|line| line.escape_debug().to_string())
        .collect();
    Ok(last.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_cut_to_its_own_run_and_escaped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "an earlier run\nport \u{1b}[31min use\nbye\n").unwrap();
        let end = tail(&path, "an earlier run\n".len() as u64).unwrap();
        assert_eq!(end, "port \\u{1b}[31min use | bye");
    }
}
