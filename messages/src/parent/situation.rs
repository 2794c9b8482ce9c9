//! What is said of a situation: its headline, and how loud it is.

use crate::finding;
use crate::model::Severity;
use guard::action::ActionKind;
use guard::ids::ActionId;
use guard::situation::Situation;
use guard::state::{FindingRecord, State};
use guard::verdict::Tier;

/// The key of its headline.
pub(super) fn headline(situation: Situation) -> &'static str {
    match situation {
        Situation::Queued => "headline-queued",
        Situation::NotBegun => "headline-not-begun",
        Situation::Pending => "headline-pending",
        Situation::Progressing => "headline-progressing",
        Situation::Warned => "headline-warned",
        Situation::Unmeasured => "headline-unmeasured",
        Situation::Promoting => "headline-promoting",
        Situation::Paused => "headline-paused",
        Situation::PausedInconclusive => "headline-paused-inconclusive",
        Situation::PausedUnmeasured => "headline-paused-unmeasured",
        Situation::PausedByPerson => "headline-paused-by-person",
        Situation::StepFailed => "headline-step-failed",
        Situation::StepStale => "headline-step-stale",
        Situation::RollingBack => "headline-rolling-back",
        Situation::RollbackFailed => "headline-rollback-failed",
        Situation::RollbackStale => "headline-rollback-stale",
        Situation::Promoted => "headline-promoted",
        Situation::PromotedHurting => "headline-promoted-hurting",
        Situation::KnownGood => "headline-known-good",
        Situation::NotKnownGood => "headline-not-known-good",
        Situation::CureAwaited => "headline-cure-awaited",
        Situation::Cured => "headline-cured",
        Situation::NotCured => "headline-not-cured",
        Situation::Failed => "headline-failed",
        Situation::Abandoned => "headline-abandoned",
        Situation::Superseded => "headline-superseded",
    }
}

/// How loud it is while the answer in force is this one.
pub(super) fn severity(situation: Situation, tier: Tier) -> Severity {
    match situation {
        Situation::RollingBack
        | Situation::RollbackFailed
        | Situation::RollbackStale
        | Situation::NotCured
        | Situation::Failed => Severity::Critical,
        Situation::Paused | Situation::StepFailed | Situation::PromotedHurting => Severity::Alarm,
        // A person paused, and meanwhile something moved.
        Situation::PausedByPerson if tier >= Tier::Pause => Severity::Alarm,
        Situation::Warned
        | Situation::Unmeasured
        | Situation::PausedInconclusive
        | Situation::PausedUnmeasured
        | Situation::PausedByPerson
        | Situation::StepStale
        | Situation::NotKnownGood
        | Situation::Abandoned
        | Situation::NotBegun
        | Situation::CureAwaited => Severity::Warning,
        Situation::KnownGood | Situation::Cured => Severity::Good,
        Situation::Queued
        | Situation::Pending
        | Situation::Progressing
        | Situation::Promoting
        | Situation::Promoted
        | Situation::Superseded => Severity::Quiet,
    }
}

/// The finding that belongs into the headline, if one does.
pub(super) fn headline_finding(situation: Situation, state: &State) -> Option<&FindingRecord> {
    match situation {
        Situation::Queued
        | Situation::NotBegun
        | Situation::Pending
        | Situation::Failed
        | Situation::Abandoned
        | Situation::Superseded
        | Situation::Cured
        | Situation::KnownGood
        | Situation::CureAwaited => None,
        _ => finding::pressing(state).first().copied(),
    }
}

pub(super) fn is_rollback(state: &State, action: &ActionId) -> bool {
    state
        .action(action)
        .is_some_and(|record| record.action.kind == ActionKind::RollBack)
}
