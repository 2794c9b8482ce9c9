//! What the shop calls: a second mock service, that nobody deploys.

use super::error::DemoError;
use super::settings::{Place, WAREHOUSE};
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// A running warehouse. It ends when this is dropped.
pub(super) struct Warehouse {
    pub(super) place: Place,
    child: Child,
}

impl Warehouse {
    /// Starts it.
    pub(super) fn start(program: &Path, place: Place, seed: u64) -> Result<Self, DemoError> {
        let child = Command::new(program)
            .args(["mock-service", "--version", WAREHOUSE])
            .args(["--listen", &place.listen.to_string()])
            .args(["--fault-listen", &place.faults.to_string()])
            .args(["--seed", &seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(DemoError::io("starting the warehouse"))?;
        Ok(Self { place, child })
    }

    /// Stops it.
    pub(super) async fn stop(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "the warehouse could not be stopped");
        }
    }
}
