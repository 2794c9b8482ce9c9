//! How a deployment stands, in the few words that a code host has for it.

use guard::state::{State, Status};
use guard::verdict::Verdict;
use platforms::code_host::{Conclusion, DeployState};

/// How it stands. Two that are the same are said once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: DeployState,
    /// Whether it is held meanwhile.
    pub(super) held: bool,
    /// The verdict, once it is over; none while it goes on.
    pub(super) conclusion: Option<Conclusion>,
}

impl Standing {
    /// A release that runs everywhere is in progress as long as it is watched: only then it is known how it went.
    pub(super) fn of(state: &State) -> Self {
        let goes_on = |state, held| Self {
            state,
            held,
            conclusion: None,
        };
        let ended = |state, conclusion| Self {
            state,
            held: false,
            conclusion: Some(conclusion),
        };
        if state.is_queued() {
            return goes_on(DeployState::Queued, false);
        }
        match state.status() {
            Status::Pending | Status::Progressing => goes_on(DeployState::InProgress, false),
            Status::Paused => goes_on(DeployState::InProgress, true),
            Status::Promoted if !state.watch_over() => goes_on(DeployState::InProgress, false),
            Status::Promoted => match state.verdict() {
                Some(Verdict::Degraded) => ended(DeployState::Failure, Conclusion::Failure),
                Some(Verdict::Healthy) => ended(DeployState::Success, Conclusion::Success),
                Some(Verdict::Inconclusive | Verdict::Unmeasured) | None => {
                    ended(DeployState::Success, Conclusion::Neutral)
                }
            },
            Status::RolledBack => ended(DeployState::Failure, Conclusion::Failure),
            Status::Failed if state.never_began() => {
                ended(DeployState::Failure, Conclusion::Cancelled)
            }
            Status::Failed => ended(DeployState::Failure, Conclusion::Failure),
            Status::Superseded => ended(DeployState::Inactive, Conclusion::Cancelled),
        }
    }
}
