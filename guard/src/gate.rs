//! The gate: what a pipeline that waits for a deployment is told, and when.
//!
//! It opens or closes when the deployment is *decided*, not at the first healthy glance: the new version runs
//! everywhere and the watch of its steps said something, or it went back, or people decided, or nobody did in
//! time. A question that is still open decides nothing. Where Tawny only watches, it is decided as soon as
//! something was found for which it would have paused.

use crate::action::ActionKind;
use crate::approval::{Choice, Standing};
use crate::event::{Event, PauseReason, Recorded};
use crate::finding::Budget;
use crate::policy::Autonomy;
use crate::state::{FindingRecord, State, Status};
use crate::verdict::{Tier, Verdict};
use serde::{Deserialize, Serialize};

/// How long a pipeline waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The new version runs everywhere and its steps were judged.
    #[default]
    Promoted,
    /// The watch of the promoted release is over, too.
    Baked,
}

/// Whether the pipeline may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// Yes.
    Yes,
    /// No: it hurts, or it did not get out.
    No,
    /// Nobody knows.
    Unsure,
}

/// What a deployment has come to, for a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Out everywhere, and measured healthy.
    Healthy,
    /// Out everywhere because people said so, with what was found or was not sure.
    Accepted,
    /// Out everywhere, and what hurts was there before.
    Unblamed,
    /// Out, and a signal is beyond its tolerance.
    Degraded,
    /// The old version runs again.
    RolledBack,
    /// The old version is being brought back.
    RollingBack,
    /// It could not be brought out.
    Failed,
    /// Somebody gave it up.
    Abandoned,
    /// A newer deployment took over before it was out.
    Superseded,
    /// A person keeps it paused.
    Held,
    /// Nobody answered in time, and it stays as it was.
    Expired,
    /// Out, and too little was measured to be sure.
    Inconclusive,
    /// Out, and nothing was measured.
    Unmeasured,
    /// People are asked, and have not answered.
    Asking,
    /// Under way.
    UnderWay,
}

/// What the gate says now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// Whether it will not become another one by waiting.
    pub decided: bool,
    /// What the deployment has come to.
    pub outcome: Outcome,
    /// Whether the pipeline may go on, if this is the last word.
    pub passes: Passes,
}

/// What the gate says of a deployment; `records` is its whole stream, and `state` the fold of it.
#[must_use]
pub fn gate(records: &[Recorded], state: &State, until: Until) -> Gate {
    let (decided, outcome) = match state.status {
        Status::RolledBack => (true, Outcome::RolledBack),
        Status::Failed if state.abandoned_by.is_some() => (true, Outcome::Abandoned),
        Status::Failed => (true, Outcome::Failed),
        Status::Superseded => (true, Outcome::Superseded),
        _ if state.rolling_back() => (false, Outcome::RollingBack),
        _ if state.open_approval().is_some() => (false, Outcome::Asking),
        // Nothing will be done about it but by whoever asks here.
        _ if would_have_paused(state) => (true, Outcome::Degraded),
        Status::Promoted => promoted(state, until),
        Status::Paused => paused(records),
        Status::Pending | Status::Progressing => (false, Outcome::UnderWay),
    };
    Gate {
        decided,
        outcome,
        passes: passes(state, outcome),
    }
}

fn promoted(state: &State, until: Until) -> (bool, Outcome) {
    let (spoken, outcome) = match state.verdict {
        _ if hurts(state) => match last_answer(state.approvals.values().max_by_key(|a| a.asked_at))
        {
            Some(outcome) => (true, outcome),
            None => (true, Outcome::Degraded),
        },
        Some(Verdict::Healthy) => (true, Outcome::Healthy),
        // What hurts is accepted, or was there before.
        Some(Verdict::Degraded) if older(state) => (true, Outcome::Unblamed),
        Some(Verdict::Degraded) => (true, Outcome::Accepted),
        _ if by_people(state) => (true, Outcome::Accepted),
        Some(Verdict::Inconclusive) => (false, Outcome::Inconclusive),
        Some(Verdict::Unmeasured) | None => (false, Outcome::Unmeasured),
    };
    let over = state.watch_over || state.superseded_by.is_some();
    (over || (spoken && until == Until::Promoted), outcome)
}

/// Whether Tawny only watches here, and what it found would be enough to pause elsewhere.
fn would_have_paused(state: &State) -> bool {
    let enough = |record: &FindingRecord| {
        record.finding.budget >= Budget::Pause
            && record
                .finding
                .on_failure
                .is_none_or(|most| most >= Tier::Pause)
    };
    state.plan.policy.autonomy == Autonomy::Observe && unaccepted(state).any(enough)
}

/// Frozen, and nobody is asked any more, or not yet.
fn paused(records: &[Recorded]) -> (bool, Outcome) {
    // What was answered before this pause is not about it.
    let since = records
        .iter()
        .rposition(|record| matches!(record.event, Event::Paused { .. }))
        .unwrap_or_default();
    let said = records[since..]
        .iter()
        .rev()
        .find_map(|record| match record.event {
            Event::ApprovalAnswered {
                choice: Choice::Hold,
                ..
            } => Some(Outcome::Held),
            Event::ApprovalExpired { .. } => Some(Outcome::Expired),
            _ => None,
        });
    said.map_or((false, Outcome::UnderWay), |outcome| (true, outcome))
}

fn last_answer(record: Option<&crate::state::ApprovalRecord>) -> Option<Outcome> {
    match &record?.standing {
        Standing::Answered {
            choice: Choice::Hold,
            ..
        } => Some(Outcome::Held),
        Standing::Expired { .. } => Some(Outcome::Expired),
        _ => None,
    }
}

/// Whether something stands that nobody has accepted.
fn hurts(state: &State) -> bool {
    state.verdict == Some(Verdict::Degraded) && unaccepted(state).next().is_some()
}

/// What stands, came with the change, and nobody has accepted. Who promotes it by hand accepts what is known by then.
fn unaccepted(state: &State) -> impl Iterator<Item = &FindingRecord> {
    let promoted_at = state
        .actions
        .values()
        .filter(|record| record.action.kind == ActionKind::Promote && record.brought_out())
        .map(|record| record.requested_at)
        .max();
    let known = move |record: &FindingRecord| promoted_at.is_some_and(|at| record.opened_at <= at);
    state
        .open_findings()
        .filter(move |record| !record.accepted && !record.finding.is_older() && !known(record))
}

/// Whether nobody had to accept what stands.
fn older(state: &State) -> bool {
    state
        .open_findings()
        .all(|record| record.finding.is_older())
}

/// Whether people let it go on though nobody could be sure.
fn by_people(state: &State) -> bool {
    let promoted = state
        .actions
        .values()
        .any(|record| record.action.kind == ActionKind::Promote && record.brought_out());
    promoted || state.unsure_accepted
}

fn passes(state: &State, outcome: Outcome) -> Passes {
    match outcome {
        Outcome::Healthy | Outcome::Accepted | Outcome::Unblamed => Passes::Yes,
        Outcome::Degraded
        | Outcome::RolledBack
        | Outcome::RollingBack
        | Outcome::Failed
        | Outcome::Abandoned
        | Outcome::Superseded => Passes::No,
        Outcome::Inconclusive | Outcome::Unmeasured => Passes::Unsure,
        Outcome::Held | Outcome::Expired | Outcome::Asking | Outcome::UnderWay => {
            let trouble = matches!(
                state.paused,
                Some(PauseReason::Findings { .. } | PauseReason::StepTrouble { .. })
            );
            if trouble || hurts(state) {
                Passes::No
            } else {
                Passes::Unsure
            }
        }
    }
}

#[cfg(test)]
mod tests;
