//! Where a deployment stands, as a reader sees it.

use crate::action::ActionKind;
use crate::approval::Question;
use crate::event::PauseReason;
use crate::ids::ActionId;
use crate::state::{Cure, State, Status};
use crate::verdict::{Tier, Verdict};
use serde::{Deserialize, Serialize};

/// One situation, one headline. Its names are kept with summaries: whoever changes one raises their version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// Waits for its lane.
    Queued,
    /// Waited for its lane in vain.
    NotBegun,
    /// Nothing has changed yet.
    Pending,
    /// Goes on.
    Progressing,
    /// Something moved, and it goes on.
    Warned,
    /// The metrics do not answer.
    Unmeasured,
    /// Goes everywhere.
    Promoting,
    /// Frozen by what was found.
    Paused,
    /// Frozen: too little was measured.
    PausedInconclusive,
    /// Frozen: nothing was measured.
    PausedUnmeasured,
    /// Frozen by a person.
    PausedByPerson,
    /// A step could not be made.
    StepFailed,
    /// A step could not be made in time.
    StepStale,
    /// The old version is being brought back.
    RollingBack,
    /// The old version could not be brought back.
    RollbackFailed,
    /// The old version could not be brought back in time.
    RollbackStale,
    /// Runs everywhere, and is watched.
    Promoted,
    /// Runs everywhere, and hurts.
    PromotedHurting,
    /// Runs everywhere, and was found healthy to the end.
    KnownGood,
    /// Runs everywhere, and was not found healthy to the end.
    NotKnownGood,
    /// Brought back; whether that helped has yet to show.
    CureAwaited,
    /// Brought back, and that helped.
    Cured,
    /// Brought back, and it hurts still.
    NotCured,
    /// Could not be made.
    Failed,
    /// Was given up.
    Abandoned,
    /// A newer deployment took over.
    Superseded,
}

impl Situation {
    /// The situation of a deployment as it stands.
    #[must_use]
    pub fn of(state: &State) -> Self {
        if state.rolling_back() {
            return Self::RollingBack;
        }
        if let Some(trouble) = trouble(state) {
            return trouble;
        }
        match state.status() {
            Status::Pending if state.is_queued() => Self::Queued,
            Status::Pending => Self::Pending,
            Status::Progressing => progressing(state),
            Status::Paused => paused(state),
            Status::Promoted => promoted(state),
            Status::RolledBack => match state.cure() {
                Cure::NotNeeded | Cure::Awaited { .. } => Self::CureAwaited,
                Cure::Confirmed { .. } => Self::Cured,
                Cure::Failed { .. } => Self::NotCured,
            },
            Status::Failed if state.abandoned_by().is_some() => Self::Abandoned,
            Status::Failed if state.never_began() => Self::NotBegun,
            Status::Failed => Self::Failed,
            Status::Superseded => Self::Superseded,
        }
    }
}

/// Whether a finding stands that nobody has accepted.
fn presses(state: &State) -> bool {
    state.open_findings().any(|record| !record.accepted)
}

/// An action that failed or did not run, as long as the question about it is open or it froze the release.
fn trouble(state: &State) -> Option<Situation> {
    if state.ended() {
        return None;
    }
    if let Some(open) = state.open_approval() {
        return match &open.approval.question {
            Question::ActionFailed { action } if is_rollback(state, action) => {
                Some(Situation::RollbackFailed)
            }
            Question::ActionFailed { .. } => Some(Situation::StepFailed),
            Question::ActionStale { action } if is_rollback(state, action) => {
                Some(Situation::RollbackStale)
            }
            Question::ActionStale { .. } => Some(Situation::StepStale),
            Question::Degraded
            | Question::Unsure
            | Question::Agree { .. }
            | Question::Requested { .. } => None,
        };
    }
    match state.paused() {
        Some(PauseReason::StepTrouble { action }) if is_rollback(state, action) => {
            Some(Situation::RollbackFailed)
        }
        Some(PauseReason::StepTrouble { .. }) => Some(Situation::StepFailed),
        _ => None,
    }
}

fn is_rollback(state: &State, action: &ActionId) -> bool {
    state
        .action(action)
        .is_some_and(|record| record.action.kind == ActionKind::RollBack)
}

fn progressing(state: &State) -> Situation {
    if presses(state) {
        Situation::Warned
    } else if state.metrics_lost().is_some() {
        Situation::Unmeasured
    } else if state
        .running_action()
        .is_some_and(|record| record.action.kind == ActionKind::Promote)
    {
        Situation::Promoting
    } else {
        Situation::Progressing
    }
}

fn paused(state: &State) -> Situation {
    match state.paused() {
        Some(PauseReason::Unsure {
            verdict: Verdict::Unmeasured,
        }) => Situation::PausedUnmeasured,
        Some(PauseReason::Unsure { .. }) => Situation::PausedInconclusive,
        Some(PauseReason::Person { .. }) => Situation::PausedByPerson,
        Some(PauseReason::Findings { .. } | PauseReason::StepTrouble { .. }) | None => {
            Situation::Paused
        }
    }
}

fn promoted(state: &State) -> Situation {
    let pressing = presses(state);
    match (state.watch_over(), state.known_good()) {
        (true, true) => Situation::KnownGood,
        (true, false) => Situation::NotKnownGood,
        (false, _) if pressing && state.tier() >= Tier::Pause => Situation::PromotedHurting,
        (false, _) if pressing => Situation::Warned,
        (false, _) if state.metrics_lost().is_some() => Situation::Unmeasured,
        (false, _) => Situation::Promoted,
    }
}
