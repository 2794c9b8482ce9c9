//! What a pipeline that waits for a deployment is told, in one sentence.

use crate::context::Context;
use crate::finding;
use crate::foreign::Foreign;
use crate::parent::lead;
use crate::queue;
use crate::say;
use crate::text::Text;
use guard::approval::Standing;
use guard::gate::{Gate, Outcome};
use guard::lane::NotNow;
use guard::state::State;

/// What whoever deploys elsewhere is answered who asked whether they may.
#[must_use]
pub fn answered(refusal: Option<&NotNow>, context: &Context) -> Text {
    let words = context.words();
    match refusal {
        None => say!(words, "gate-may-begin"),
        Some(NotNow::Frozen { by, reason: None }) => {
            say!(words, "gate-frozen", by = Foreign::from(by))
        }
        Some(NotNow::Frozen {
            by,
            reason: Some(reason),
        }) => say!(
            words,
            "gate-frozen-because",
            by = Foreign::from(by),
            reason = Foreign::from(reason)
        ),
        Some(NotNow::Hurts { deployment }) => {
            say!(words, "gate-hurts", deployment = Foreign::from(deployment))
        }
    }
}

/// The gate's word and, where something moved, the strongest finding.
#[must_use]
pub fn sentence(gate: &Gate, state: &State, context: &Context) -> Text {
    let said = outcome(gate.outcome, state, context);
    let strongest = state
        .findings()
        .max_by_key(|record| (record.ended_at.is_none(), record.finding.budget));
    match strongest.filter(|_| tells_why(gate.outcome)) {
        Some(record) => say!(
            context,
            "headline-with-finding",
            headline = said,
            finding = finding::short(&record.finding, context)
        ),
        None => said,
    }
}

fn tells_why(outcome: Outcome) -> bool {
    !matches!(
        outcome,
        Outcome::Healthy | Outcome::Failed | Outcome::Abandoned | Outcome::Superseded
    )
}

fn outcome(outcome: Outcome, state: &State, context: &Context) -> Text {
    let words = context.words();
    let lead = lead(state, context);
    if let Some(behind) = state.queued_behind() {
        let status = queue::behind(behind, context);
        return say!(words, "gate-queued", lead = lead, status = status);
    }
    if let Some(lost) = state.turn_lost() {
        let why = queue::turn_lost(lost, context);
        return say!(words, "gate-not-begun", lead = lead, why = why);
    }
    match outcome {
        Outcome::Failed => say!(
            words,
            "gate-failed",
            lead = lead,
            error = Foreign::new(state.failure().unwrap_or_default())
        ),
        Outcome::Abandoned => say!(
            words,
            "gate-abandoned",
            lead = lead,
            by = Foreign::new(state.abandoned_by().unwrap_or_default())
        ),
        Outcome::Held => say!(words, "gate-held", lead = lead, by = holder(state)),
        plain => words.text(key(plain), vec![("lead", lead.into())]),
    }
}

fn key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Healthy => "gate-healthy",
        Outcome::Accepted => "gate-accepted",
        Outcome::Unblamed => "gate-unblamed",
        Outcome::Degraded => "gate-degraded",
        Outcome::RolledBack => "gate-rolled-back",
        Outcome::RollingBack => "gate-rolling-back",
        Outcome::Failed => "gate-failed",
        Outcome::Abandoned => "gate-abandoned",
        Outcome::Superseded => "gate-superseded",
        Outcome::Held => "gate-held",
        Outcome::Expired => "gate-expired",
        Outcome::Inconclusive => "gate-inconclusive",
        Outcome::Unmeasured => "gate-unmeasured",
        Outcome::Asking => "gate-asking",
        Outcome::UnderWay => "gate-under-way",
    }
}

/// Who was the last to answer.
fn holder(state: &State) -> Foreign {
    let last = state.approvals().max_by_key(|record| record.asked_at);
    match last.map(|record| &record.standing) {
        Some(Standing::Answered { by, .. }) => Foreign::new(by),
        _ => Foreign::new(""),
    }
}
