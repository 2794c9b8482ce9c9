//! An action, or the whole deployment, came to an end.

use super::questions;
use crate::action::{ActionKind, Progress};
use crate::approval::Question;
use crate::event::{Event, PauseReason};
use crate::finding::Cured;
use crate::ids::{ActionId, DeploymentId, InstanceId};
use crate::input::{Ids, Input, Outcome};
use crate::state::{ActionRecord, Cure, State, Status};
use crate::timer::after;

pub(super) fn action_ended(
    state: &State,
    input: &Input,
    id: &ActionId,
    outcome: &Outcome,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let Some(record) = state.action(id) else {
        return Vec::new();
    };
    // An outcome that was already taken is not taken twice.
    if !matches!(record.progress, Progress::Authorised(_)) {
        return Vec::new();
    }
    match outcome {
        Outcome::Done => done(state, input, record),
        Outcome::Failed { instance, error } => {
            failed(state, input, record, instance.as_ref(), error, ids)
        }
        Outcome::Stale { why } => stale(state, input, record, why, ids),
        Outcome::Stopped => vec![Event::ActionStopped { action: id.clone() }],
    }
}

fn done(state: &State, input: &Input, record: &ActionRecord) -> Vec<Event> {
    let action = record.action.id.clone();
    let mut events = vec![Event::ActionExecuted {
        action: action.clone(),
    }];
    match record.action.kind {
        ActionKind::Advance { step } => events.push(step_done(state, input, step)),
        ActionKind::Promote => events.push(Event::Promoted {
            bake_until: after(input.at, state.plan.policy.bake_s),
        }),
        ActionKind::RollBack => {
            events.push(Event::RolledBack {
                action,
                cure_until: after(input.at, state.plan.policy.cure_expiry_s),
            });
        }
    }
    events
}

fn step_done(state: &State, input: &Input, step: u32) -> Event {
    let bake_s = state
        .plan
        .steps
        .get(step as usize)
        .map_or(0.0, |step| step.bake_s);
    Event::StepFinished {
        step,
        bake_until: after(input.at, bake_s),
    }
}

fn failed(
    state: &State,
    input: &Input,
    record: &ActionRecord,
    instance: Option<&InstanceId>,
    error: &str,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let action = record.action.id.clone();
    let mut events = vec![Event::ActionFailed {
        action: action.clone(),
        instance: instance.cloned(),
        error: error.to_owned(),
    }];
    // The gray instance is alone and was put back: nothing of the new version runs, so there is nothing to decide.
    if record.action.kind == (ActionKind::Advance { step: 0 }) {
        events.extend(questions::withdraw(state));
        events.push(Event::Failed {
            error: error.to_owned(),
        });
        return events;
    }
    if state.status == Status::Progressing {
        events.push(Event::Paused {
            reason: PauseReason::StepTrouble {
                action: action.clone(),
            },
            ask_at: None,
        });
    }
    events.extend(questions::ask(
        state,
        input,
        Question::ActionFailed { action },
        ids,
    ));
    events
}

fn stale(
    state: &State,
    input: &Input,
    record: &ActionRecord,
    why: &str,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let action = record.action.id.clone();
    let mut events = vec![Event::ActionStale {
        action: action.clone(),
        why: why.to_owned(),
    }];
    if state.status == Status::Progressing {
        events.push(Event::Paused {
            reason: PauseReason::StepTrouble {
                action: action.clone(),
            },
            ask_at: None,
        });
    }
    events.extend(questions::ask(
        state,
        input,
        Question::ActionStale { action },
        ids,
    ));
    events
}

pub(super) fn cured(state: &State, signals: &[Cured]) -> Vec<Event> {
    // What a source leaves out may be what still hurts.
    if state.metrics_incomplete.is_some() {
        return Vec::new();
    }
    match &state.cure {
        Cure::Awaited { action, .. } => vec![Event::CureConfirmed {
            action: action.clone(),
            signals: signals.to_vec(),
        }],
        Cure::NotNeeded | Cure::Confirmed { .. } | Cure::Failed { .. } => Vec::new(),
    }
}

pub(super) fn superseded(state: &State, by: &DeploymentId) -> Vec<Event> {
    if state.watch_over {
        return Vec::new();
    }
    let mut events = questions::withdraw(state);
    events.push(Event::Superseded { by: by.clone() });
    events
}
