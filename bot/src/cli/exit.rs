//! What a verb exits with.

use crate::api::DeploymentView;

/// The exit codes of every verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: healthy or done.
    Done,
    /// 1: degraded, refused or failed.
    Failed,
    /// 2: inconclusive or unmeasured.
    Unsure,
    /// 3: usage, configuration or connection.
    Usage,
    /// A number that another program fixed.
    Other(u8),
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unsure => 2,
            Self::Usage => 3,
            Self::Other(code) => code,
        }
    }

    /// By what a deployment has come to.
    pub(super) fn of(view: &DeploymentView) -> Self {
        match (view.verdict.as_deref(), view.status.as_str()) {
            (Some("degraded"), _) | (_, "failed" | "rolled_back") => Self::Failed,
            (Some("healthy"), _) => Self::Done,
            _ => Self::Unsure,
        }
    }
}
