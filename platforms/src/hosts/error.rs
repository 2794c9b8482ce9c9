//! What can go wrong on a host.

use super::check::BadSetting;
use super::package_error::PackageError;
use super::stage::Stage;
use guard::ids::{ActionId, Environment, InstanceId, ServiceName, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why an instance was not brought to the wanted version.
#[derive(Debug, thiserror::Error)]
pub enum HostsError {
    /// The configuration cannot work.
    #[error("hosts: {}", list(.0))]
    Config(Vec<BadSetting>),
    /// The process has no TLS provider.
    #[error("no tls provider is installed: install rustls's ring provider first thing in main")]
    NoTls,
    /// The HTTP client could not be made.
    #[error("the http client could not be made: {0}")]
    Client(String),
    /// The authority is for something else.
    #[error(
        "action {action} is for {found_service} in {found_environment}: expected {service} in {environment}"
    )]
    WrongTarget {
        /// The action.
        action: ActionId,
        /// What the authority is for.
        found_service: ServiceName,
        /// Where.
        found_environment: Environment,
        /// What this is.
        service: ServiceName,
        /// Where.
        environment: Environment,
    },
    /// The authority does not cover the instance.
    #[error("action {action} does not list instance {instance}")]
    NotListed {
        /// The action.
        action: ActionId,
        /// The instance.
        instance: InstanceId,
    },
    /// The instance is not configured.
    #[error("instance {0} is not configured: add it to `instances`")]
    UnknownInstance(InstanceId),
    /// The outside is not as it was when the action was decided. Nothing was touched.
    #[error("{0}; nothing was touched, ask again")]
    Moved(String),
    /// Somebody else works on the instance.
    #[error("instance {instance}: another process holds {}", path.display())]
    Busy {
        /// The instance.
        instance: InstanceId,
        /// The lock file.
        path: PathBuf,
    },
    /// The package could not be had as promised. Nothing was touched.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The release is not there and nothing says where it comes from.
    #[error(
        "instance {instance}: version {version} is not installed and the deployment names no package: name one"
    )]
    NoPackage {
        /// The instance.
        instance: InstanceId,
        /// The version.
        version: Version,
    },
    /// The release is there, from another package, and in use.
    #[error(
        "instance {instance}: version {version} is in use and was installed from {found}, the package is {expected}: publish the change as a new version"
    )]
    OtherPackage {
        /// The instance.
        instance: InstanceId,
        /// The version.
        version: Version,
        /// What was installed.
        found: String,
        /// What the package names.
        expected: String,
    },
    /// The configuration file is not there. Nothing was touched.
    #[error("config_path: {} is not there: put the configuration file in place", .0.display())]
    NoConfigFile(PathBuf),
    /// Something that Tawny did not start answers in the instance's place.
    #[error(
        "instance {instance}: something that was not started from here answers at {base_url} ({answer}): stop it or correct `base_url`"
    )]
    Foreign {
        /// The instance.
        instance: InstanceId,
        /// Where.
        base_url: String,
        /// What it said.
        answer: String,
    },
    /// The old process does not go away. It may still serve.
    #[error("instance {instance}: version {version} does not stop: {reason}")]
    NotStopped {
        /// The instance.
        instance: InstanceId,
        /// What runs.
        version: Version,
        /// What was tried.
        reason: String,
    },
    /// The caller withdrew before this stage. The next call goes on from here.
    #[error("instance {instance}: stopped before {stage}: {reason}")]
    Halted {
        /// The instance.
        instance: InstanceId,
        /// The stage that was not begun.
        stage: Stage,
        /// The caller's reason.
        reason: String,
    },
    /// The wanted version did not come up. The same action gets this answer ever after.
    #[error("instance {instance}: version {version} {cause}; {put_back}")]
    NotUp {
        /// The instance.
        instance: InstanceId,
        /// The version that did not come up.
        version: Version,
        /// Why.
        cause: Box<NotUp>,
        /// Whether the version before serves again.
        put_back: Box<PutBack>,
    },
    /// The state file cannot be used.
    #[error("{}: {reason}: mend it, or stop the service and remove it", path.display())]
    State {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The disk or the kernel said no.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What was said.
        source: io::Error,
    },
    /// The processes of this machine cannot be read.
    #[error("reading the process table: {0}")]
    Processes(String),
    /// A worker thread ended before its work; the runtime is going down.
    #[error("the work was cut off: {0}")]
    CutOff(String),
}

impl HostsError {
    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the same call may succeed later without anybody mending anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::Halted { .. } | Self::CutOff(_) | Self::NotStopped { .. } => {
                true
            }
            Self::Package(error) => error.may_pass(),
            _ => false,
        }
    }
}

impl HostsError {
    /// Whether the fault is this machine's and not the version's: half-way, the version before is put back
    /// all the same.
    pub(super) fn hinders(&self) -> bool {
        matches!(
            self,
            Self::Io { .. } | Self::Processes(_) | Self::State { .. }
        )
    }

    /// Whether what ran before is known to run again, or was never touched: also where nothing ran before.
    #[must_use]
    pub fn restored(&self) -> bool {
        match self {
            Self::NotUp { put_back, .. } => !matches!(**put_back, PutBack::NotServing { .. }),
            Self::Config(_)
            | Self::NoTls
            | Self::Client(_)
            | Self::WrongTarget { .. }
            | Self::NotListed { .. }
            | Self::UnknownInstance(_)
            | Self::Moved(_)
            | Self::Package(_)
            | Self::NoPackage { .. }
            | Self::OtherPackage { .. }
            | Self::NoConfigFile(_)
            | Self::Foreign { .. } => true,
            Self::Busy { .. }
            | Self::NotStopped { .. }
            | Self::Halted { .. }
            | Self::State { .. }
            | Self::Io { .. }
            | Self::Processes(_)
            | Self::CutOff(_) => false,
        }
    }
}

fn list(faults: &[BadSetting]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}

/// Why a version did not come up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum NotUp {
    /// This machine was in the way: its disk, its process table.
    Hindered {
        /// What was said.
        error: String,
    },
    /// The start command could not be run.
    NotStarted {
        /// What was said.
        error: String,
    },
    /// The process ended before it was healthy.
    Exited {
        /// `exit code 3`, `signal 9`, or that nobody knows.
        status: String,
        /// The last lines of its log, control characters escaped.
        log: String,
    },
    /// It runs, but the gate did not open in time.
    NotHealthy {
        /// What the last look saw.
        last: String,
        /// The last lines of its log, control characters escaped.
        log: String,
    },
}

impl fmt::Display for NotUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, log) = match self {
            Self::Hindered { error } => return write!(f, "could not be put in place: {error}"),
            Self::NotStarted { error } => return write!(f, "could not be started: {error}"),
            Self::Exited { status, log } => {
                (format!("ended before it was healthy ({status})"), log)
            }
            Self::NotHealthy { last, log } => {
                (format!("did not become healthy in time: {last}"), log)
            }
        };
        if log.is_empty() {
            write!(f, "{what}, its log is empty")
        } else {
            write!(f, "{what}, its log ends with: {log}")
        }
    }
}

/// What became of the version before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "put_back")]
pub enum PutBack {
    /// There was none: nothing runs.
    Nothing,
    /// It serves again.
    Serving {
        /// Which version.
        version: Version,
    },
    /// It does not come up either.
    NotServing {
        /// Which version.
        version: Version,
        /// Why.
        cause: NotUp,
    },
}

impl fmt::Display for PutBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("there was no version to put back, nothing runs"),
            Self::Serving { version } => {
                write!(f, "version {version} was put back and serves again")
            }
            Self::NotServing { version, cause } => {
                write!(
                    f,
                    "version {version} was put back but does not serve: it {cause}"
                )
            }
        }
    }
}
