//! What Tawny remembers of an instance between two lives of its own.

use super::config::HostsConfig;
use super::error::{HostsError, NotUp, PutBack};
use super::layout::{self, Layout};
use guard::ids::{ActionId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;

const SCHEMA: u32 = 1;

/// The content of the state file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    schema: u32,
    /// Whose instance this is, `service in environment`.
    owner: String,
    /// The version that served before the current one.
    pub(super) previous: Option<Version>,
    /// What was started last and has not been seen to its end.
    pub(super) run: Option<Run>,
    /// The last change, also when it is over.
    pub(super) change: Option<Change>,
}

/// A process that was started, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    /// Written here before the process exists, and given to it as `TAWNY_NONCE`.
    pub(super) nonce: String,
    /// The boot of the machine in which it was started.
    pub(super) boot: String,
    /// What it runs.
    pub(super) version: Version,
    /// When it was started.
    pub(super) at: Timestamp,
    /// Where its part of the log file begins, in bytes.
    pub(super) log_from: u64,
    /// The process, once it is known.
    pub(super) process: Option<Identity>,
}

/// A process beyond confusion: its number may be used again, but not with the same start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identity {
    pub(super) pid: i32,
    /// Clock ticks from boot to its start, as the kernel counts them.
    pub(super) start: u64,
}

/// Bringing an instance from one version to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// On which authority.
    pub(super) action: ActionId,
    pub(super) to: Version,
    /// What to put back if it does not come up.
    pub(super) from: Option<Version>,
    pub(super) phase: Phase,
}

/// How far a change is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub(super) enum Phase {
    /// On the way to the new version.
    Forward,
    /// The new version did not come up; the old one is being put back.
    Back { cause: NotUp },
    /// It failed, and that was the end of it.
    Failed { cause: NotUp, put_back: PutBack },
    /// The new version is up.
    Done,
}

impl Record {
    /// Reads it; a fresh one when there is none yet.
    ///
    /// A file that cannot be understood is an error: guessing could start a service twice.
    pub(super) fn load(layout: &Layout, config: &HostsConfig) -> Result<Self, HostsError> {
        let owner = format!("{} in {}", config.service, config.environment);
        let path = layout.state_file();
        let broken = |reason: String| HostsError::State {
            path: path.clone(),
            reason,
        };
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    schema: SCHEMA,
                    owner,
                    previous: None,
                    run: None,
                    change: None,
                });
            }
            Err(error) => return Err(broken(error.to_string())),
        };
        let record: Self =
            serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        if record.schema != SCHEMA {
            return Err(broken(format!(
                "schema {}: expected {SCHEMA}",
                record.schema
            )));
        }
        if record.owner != owner {
            return Err(broken(format!(
                "it belongs to {}: expected {owner}; give each service a `deploy_path` of its own",
                record.owner
            )));
        }
        Ok(record)
    }

    pub(super) fn save(&self, layout: &Layout) -> Result<(), HostsError> {
        let path = layout.state_file();
        let text = serde_json::to_vec_pretty(self).map_err(|error| HostsError::State {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        layout::write(&path, &text).map_err(|source| HostsError::io("writing", &path, source))
    }
}
