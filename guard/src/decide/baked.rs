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
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;

/// How often a bake is prolonged when certainty is in reach.
const MOST_EXTENSIONS: u32 = 2;
/// How much longer than it was due a cure is looked for, as a multiple of its time.
const LATE_CURE: f64 = 12.0;

pub(super) fn timer_fired(
    state: &State,
    input: &Input,
    timer: &TimerName,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    match timer {
        TimerName::Bake { step } => step_baked(state, input, *step, ids),
        TimerName::FinalBake => release_baked(state, input),
        TimerName::Ask => ask_now(state, input, ids),
        TimerName::Approval { approval } => expired(state, approval),
        TimerName::Reminder { approval } => reminded(state, approval),
        TimerName::Cure { action } => uncured(state, input, action),
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
        // What was found stands while the metrics are silent, and what came of it is not known.
        Some(Verdict::Degraded) if state.metrics_lost.is_some() => {
            unsure(state, input, Verdict::Unmeasured, ids)
        }
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
    let may_prolong = verdict == Verdict::Inconclusive && state.extensions < MOST_EXTENSIONS;
    if may_prolong && in_reach(&state.needs, bake_s) {
        return vec![Event::BakeExtended {
            step: state.step,
            bake_until: after(input.at, bake_s),
            whole: false,
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
    let asked = questions::ask(state, input, Question::Unsure, &events, ids);
    events.extend(asked);
    events
}

fn in_reach(needs: &[Need], bake_s: f64) -> bool {
    !needs.is_empty()
        && needs
            .iter()
            .all(|need| need.seconds.is_some_and(|seconds| seconds <= bake_s))
}

pub(super) fn next_step(state: &State, input: &Input, ids: &mut Ids<'_>) -> Vec<Event> {
    match actions::unfinished(state) {
        Some(step) => actions::advance(state, input, step, ids),
        None => vec![Event::Promoted {
            bake_until: after(input.at, state.plan.policy.bake_s),
        }],
    }
}

fn release_baked(state: &State, input: &Input) -> Vec<Event> {
    let watched = state.status == Status::Promoted && !state.watch_over && !state.rolling_back();
    // A watch that was prolonged has its timer set anew; the old one is late.
    if !watched || state.bake_until.is_some_and(|until| until > input.at) {
        return Vec::new();
    }
    if let Some(bake_until) = undecided_until(state, input) {
        return vec![Event::BakeExtended {
            step: state.step,
            bake_until,
            whole: true,
        }];
    }
    let verdict = state.verdict.unwrap_or(Verdict::Unmeasured);
    let mut events = questions::withdraw(state);
    events.push(Event::BakeEnded {
        verdict,
        known_good: verdict == Verdict::Healthy,
    });
    events
}

/// Until when a release about which people have yet to decide is watched on: as long as the question is
/// open, and some time longer when nobody answered.
fn undecided_until(state: &State, input: &Input) -> Option<Timestamp> {
    let longer = after(input.at, state.plan.policy.bake_s.max(1.0));
    match state.open_approval() {
        Some(open) => Some(longer.max(open.approval.expires_at)),
        None => {
            let on = state.tier >= Tier::Pause && state.extensions < MOST_EXTENSIONS;
            on.then_some(longer)
        }
    }
}

/// Nothing stronger came of what paused it: people are asked.
fn ask_now(state: &State, input: &Input, ids: &mut Ids<'_>) -> Vec<Event> {
    let by_findings = matches!(state.paused, Some(PauseReason::Findings { .. }));
    if !by_findings || state.open_approval().is_some() || state.rolling_back() {
        return Vec::new();
    }
    questions::ask(state, input, Question::Degraded, &[], ids)
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

fn uncured(state: &State, input: &Input, action: &ActionId) -> Vec<Event> {
    let late = state.plan.policy.cure_expiry_s * LATE_CURE;
    match &state.cure {
        Cure::Awaited {
            action: awaited, ..
        } if awaited == action => vec![Event::CureFailed {
            action: action.clone(),
            watch_until: Some(after(input.at, late)),
        }],
        Cure::Failed { action: failed, .. } if failed == action && !state.watch_over => {
            vec![Event::CureGivenUp {
                action: action.clone(),
            }]
        }
        _ => Vec::new(),
    }
}
