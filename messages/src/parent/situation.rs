//! Where a deployment stands, as a reader sees it.

use crate::finding;
use crate::model::Severity;
use guard::action::ActionKind;
use guard::approval::Question;
use guard::event::PauseReason;
use guard::ids::ActionId;
use guard::state::{Cure, FindingRecord, State, Status};
use guard::verdict::{Tier, Verdict};

/// One situation, one headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Situation {
    Queued,
    NotBegun,
    Pending,
    Progressing,
    Warned,
    Unmeasured,
    Promoting,
    Paused,
    PausedInconclusive,
    PausedUnmeasured,
    PausedByPerson,
    StepFailed,
    StepStale,
    RollingBack,
    RollbackFailed,
    RollbackStale,
    Promoted,
    PromotedHurting,
    KnownGood,
    NotKnownGood,
    CureAwaited,
    Cured,
    NotCured,
    Failed,
    Abandoned,
    Superseded,
}

impl Situation {
    pub(crate) fn of(state: &State) -> Self {
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

    /// The key of its headline.
    pub(crate) fn headline(self) -> &'static str {
        match self {
            Self::Queued => "headline-queued",
            Self::NotBegun => "headline-not-begun",
            Self::Pending => "headline-pending",
            Self::Progressing => "headline-progressing",
            Self::Warned => "headline-warned",
            Self::Unmeasured => "headline-unmeasured",
            Self::Promoting => "headline-promoting",
            Self::Paused => "headline-paused",
            Self::PausedInconclusive => "headline-paused-inconclusive",
            Self::PausedUnmeasured => "headline-paused-unmeasured",
            Self::PausedByPerson => "headline-paused-by-person",
            Self::StepFailed => "headline-step-failed",
            Self::StepStale => "headline-step-stale",
            Self::RollingBack => "headline-rolling-back",
            Self::RollbackFailed => "headline-rollback-failed",
            Self::RollbackStale => "headline-rollback-stale",
            Self::Promoted => "headline-promoted",
            Self::PromotedHurting => "headline-promoted-hurting",
            Self::KnownGood => "headline-known-good",
            Self::NotKnownGood => "headline-not-known-good",
            Self::CureAwaited => "headline-cure-awaited",
            Self::Cured => "headline-cured",
            Self::NotCured => "headline-not-cured",
            Self::Failed => "headline-failed",
            Self::Abandoned => "headline-abandoned",
            Self::Superseded => "headline-superseded",
        }
    }

    pub(crate) fn severity(self, state: &State) -> Severity {
        match self {
            Self::RollingBack
            | Self::RollbackFailed
            | Self::RollbackStale
            | Self::NotCured
            | Self::Failed => Severity::Critical,
            Self::Paused | Self::StepFailed | Self::PromotedHurting => Severity::Alarm,
            // A person paused, and meanwhile something moved.
            Self::PausedByPerson if state.tier() >= Tier::Pause => Severity::Alarm,
            Self::Warned
            | Self::Unmeasured
            | Self::PausedInconclusive
            | Self::PausedUnmeasured
            | Self::PausedByPerson
            | Self::StepStale
            | Self::NotKnownGood
            | Self::Abandoned
            | Self::NotBegun
            | Self::CureAwaited => Severity::Warning,
            Self::KnownGood | Self::Cured => Severity::Good,
            Self::Queued
            | Self::Pending
            | Self::Progressing
            | Self::Promoting
            | Self::Promoted
            | Self::Superseded => Severity::Quiet,
        }
    }

    /// The finding that belongs into the headline, if one does.
    pub(crate) fn headline_finding(self, state: &State) -> Option<&FindingRecord> {
        match self {
            Self::Queued
            | Self::NotBegun
            | Self::Pending
            | Self::Failed
            | Self::Abandoned
            | Self::Superseded
            | Self::Cured
            | Self::KnownGood
            | Self::CureAwaited => None,
            _ => finding::pressing(state).first().copied(),
        }
    }
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

pub(super) fn is_rollback(state: &State, action: &ActionId) -> bool {
    state
        .action(action)
        .is_some_and(|record| record.action.kind == ActionKind::RollBack)
}

fn progressing(state: &State) -> Situation {
    if !finding::pressing(state).is_empty() {
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
    let pressing = !finding::pressing(state).is_empty();
    match (state.watch_over(), state.known_good()) {
        (true, true) => Situation::KnownGood,
        (true, false) => Situation::NotKnownGood,
        (false, _) if pressing && state.tier() >= Tier::Pause => Situation::PromotedHurting,
        (false, _) if pressing => Situation::Warned,
        (false, _) if state.metrics_lost().is_some() => Situation::Unmeasured,
        (false, _) => Situation::Promoted,
    }
}
