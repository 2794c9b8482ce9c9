//! Stops what was started here, and nothing else.

use super::config::seconds;
use super::error::HostsError;
use super::process;
use super::record::Run;
use super::start::environment;
use super::work::{LOOK_AGAIN, Work};
use crate::crash;
use rustix::process::Signal;
use std::process::Stdio;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::Instant;

/// How long the kernel may take to end a process after SIGKILL.
const KILLED: Duration = Duration::from_secs(5);

impl Work {
    /// Ends every process of the last run; when it returns well, none is left.
    pub(super) async fn stop(&mut self) -> Result<(), HostsError> {
        let Some(run) = self.record.run.clone() else {
            return Ok(());
        };
        let patience = seconds(self.config.stop_timeout_s);
        let asked = match (&self.config.stop_cmd, self.leader) {
            (Some(command), Some(_)) => self.ask(command, &run, patience).await,
            _ => {
                process::signal(&run, Signal::TERM)?;
                Ok(())
            }
        };
        if !gone(&run, patience).await? {
            tracing::warn!(instance = %self.instance.id, version = %run.version, "it does not stop when asked, killing it");
            process::signal(&run, Signal::KILL)?;
            if !gone(&run, KILLED).await? {
                let reason = asked
                    .err()
                    .unwrap_or_else(|| "it survives sigkill".to_owned());
                return Err(HostsError::NotStopped {
                    instance: self.instance.id.clone(),
                    version: run.version,
                    reason,
                });
            }
        }
        // Reaps it, if it was ours.
        self.children
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&run.nonce);
        self.leader = None;
        self.record.run = None;
        self.save().await?;
        crash::point("after-stop");
        Ok(())
    }

    async fn ask(&self, command: &str, run: &Run, patience: Duration) -> Result<(), String> {
        let release = self.layout.release(&run.version);
        let mut stop = Command::new("sh");
        stop.args(["-c", command]);
        environment(
            &mut stop,
            &self.config,
            &self.instance,
            &run.version,
            &release,
        );
        if let Some(leader) = self.leader {
            stop.env("TAWNY_PID", leader.pid.to_string());
        }
        stop.stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        let ended = match stop.spawn() {
            Ok(mut child) => tokio::time::timeout(patience, child.wait()).await,
            Err(error) => return Err(format!("stop_cmd could not be run: {error}")),
        };
        let said = match ended {
            Ok(Ok(status)) if status.success() => return Ok(()),
            Ok(Ok(status)) => format!("stop_cmd ended with {status}"),
            Ok(Err(error)) => format!("stop_cmd: {error}"),
            Err(_) => format!("stop_cmd did not end within {} s", patience.as_secs_f64()),
        };
        tracing::warn!(instance = %self.instance.id, "{said}");
        Err(said)
    }
}

async fn gone(run: &Run, patience: Duration) -> Result<bool, HostsError> {
    let until = Instant::now() + patience;
    loop {
        if process::members(run)?.is_empty() {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
