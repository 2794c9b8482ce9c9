//! A timer is due.

use super::{actions, questions};
use crate::approval::{Question, Standing};
use crate::event::{Event, PauseReason};
use crate::finding::Need;
use crate::ids::{ActionId, ApprovalId};
use crate::input::{Ids, Input};
use crate::policy::WhenUnsure;
use crate::state::{Cure, State, Status};
use crate::timer::{TimerName, after};
use crate::verdict::Verdict;

/// How often a bake is prolonged when certainty is in reach.
const MOST_EXTENSIONS: u32 = 2;

pub(super) fn timer_fired(
    state: &State,
    input: &Input,
    timer: &TimerName,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    match timer {
        TimerName::Bake { step } => step_baked(state, input, *step, ids),
        TimerName::FinalBake => release_baked(state),
        TimerName::Ask => ask_now(state, input, ids),
        TimerName::Approval { approval } => expired(state, approval),
        TimerName::Reminder { approval } => reminded(state, approval),
        TimerName::Cure { action } => uncured(state, action),
    }
}

fn step_baked(state: &State, input: &Input, step: u32, ids: &mut Ids<'_>) -> Vec<Event> {
    if state.status != Status::Progressing || state.step != step || state.running_action().is_some()
    {
        return Vec::new();
    }
    // A bake that was prolonged or begun again has its own timer; the old one is late.
    if state.bake_until.is_none_or(|until| until > input.at) {
        return Vec::new();
    }
    match state.verdict {
        Some(Verdict::Healthy) => next_step(state, input, ids),
        // Degraded and still progressing: warned about only, or accepted by a person.
        Some(Verdict::Degraded) => next_step(state, input, ids),
        Some(Verdict::Inconclusive) => unsure(state, input, Verdict::Inconclusive, ids),
        Some(Verdict::Unmeasured) | None => unsure(state, input, Verdict::Unmeasured, ids),
    }
}

fn unsure(state: &State, input: &Input, verdict: Verdict, ids: &mut Ids<'_>) -> Vec<Event> {
    let bake_s = state
        .plan
        .steps
        .get(state.step as usize)
        .map_or(0.0, |step| step.bake_s);
    if state.extensions < MOST_EXTENSIONS && in_reach(&state.needs, bake_s) {
        return vec![Event::BakeExtended {
            step: state.step,
            bake_until: after(input.at, bake_s),
        }];
    }
    // Holding keeps the new version from further instances; where there are none left it would only ask.
    if state.everywhere() {
        return next_step(state, input, ids);
    }
    let goes_on = state.plan.policy.when_unsure == WhenUnsure::Promote || state.unsure_accepted;
    if goes_on && verdict == Verdict::Inconclusive {
        return next_step(state, input, ids);
    }
    let mut events = vec![Event::Paused {
        reason: PauseReason::Unsure { verdict },
        ask_at: None,
    }];
    events.extend(questions::ask(state, input, Question::Unsure, ids));
    events
}

fn in_reach(needs: &[Need], bake_s: f64) -> bool {
    !needs.is_empty()
        && needs
            .iter()
            .all(|need| need.seconds.is_some_and(|seconds| seconds <= bake_s))
}

pub(super) fn next_step(state: &State, input: &Input, ids: &mut Ids<'_>) -> Vec<Event> {
    let next = state.step + 1;
    if (next as usize) < state.plan.steps.len() {
        actions::advance(state, input, next, ids)
    } else {
        vec![Event::Promoted {
            bake_until: after(input.at, state.plan.policy.bake_s),
        }]
    }
}

fn release_baked(state: &State) -> Vec<Event> {
    if state.status != Status::Promoted || state.watch_over {
        return Vec::new();
    }
    let verdict = state.verdict.unwrap_or(Verdict::Unmeasured);
    let mut events = questions::withdraw(state);
    events.push(Event::BakeEnded {
        verdict,
        known_good: verdict == Verdict::Healthy,
    });
    events
}

/// Nothing stronger came of what paused it: people are asked.
fn ask_now(state: &State, input: &Input, ids: &mut Ids<'_>) -> Vec<Event> {
    let by_findings = matches!(state.paused, Some(PauseReason::Findings { .. }));
    if !by_findings || state.open_approval().is_some() || state.rolling_back() {
        return Vec::new();
    }
    questions::ask(state, input, Question::Degraded, ids)
}

fn expired(state: &State, approval: &ApprovalId) -> Vec<Event> {
    match state.approval(approval).map(|record| &record.standing) {
        Some(Standing::Open) => vec![Event::ApprovalExpired {
            approval: approval.clone(),
        }],
        _ => Vec::new(),
    }
}

fn reminded(state: &State, approval: &ApprovalId) -> Vec<Event> {
    match state.approval(approval).map(|record| &record.standing) {
        Some(Standing::Open) => vec![Event::ApprovalReminded {
            approval: approval.clone(),
        }],
        _ => Vec::new(),
    }
}

fn uncured(state: &State, action: &ActionId) -> Vec<Event> {
    match &state.cure {
        Cure::Awaited {
            action: awaited, ..
        } if awaited == action => vec![Event::CureFailed {
            action: action.clone(),
        }],
        _ => Vec::new(),
    }
}
