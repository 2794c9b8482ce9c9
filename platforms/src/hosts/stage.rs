//! How far bringing an instance to a version is.

use guard::ids::Version;
use std::fmt;
use std::ops::ControlFlow;

/// A stage that is about to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The package is fetched, verified and unpacked; nothing that serves is touched.
    Preparing {
        /// The wanted version.
        version: Version,
    },
    /// What runs is stopped.
    Stopping {
        /// What runs.
        version: Version,
    },
    /// `current` is pointed to another release.
    Switching {
        /// The release.
        version: Version,
    },
    /// The process is started.
    Starting {
        /// Of this version.
        version: Version,
    },
    /// The health gate is asked.
    Gating {
        /// For this version.
        version: Version,
    },
    /// The wanted version did not come up; stopping, switching, starting and gating follow again.
    PuttingBack {
        /// What comes back, if there is anything.
        version: Option<Version>,
    },
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preparing { version } => write!(f, "preparing {version}"),
            Self::Stopping { version } => write!(f, "stopping {version}"),
            Self::Switching { version } => write!(f, "switching to {version}"),
            Self::Starting { version } => write!(f, "starting {version}"),
            Self::Gating { version } => write!(f, "waiting for {version} to be healthy"),
            Self::PuttingBack {
                version: Some(version),
            } => write!(f, "putting {version} back"),
            Self::PuttingBack { version: None } => f.write_str("stopping what did not come up"),
        }
    }
}

/// Is told of each stage before it begins. `Break` with a reason withdraws: the stage is not begun and
/// the instance stays as it is, perhaps stopped, until the next call goes on. So break only when this
/// process has lost the right to act (its lease), not because the deployment was paused.
pub type Watcher<'a> = &'a (dyn Fn(&Stage) -> ControlFlow<String> + Sync);
