//! An action, or the whole deployment, came to an end.

use super::{answers, questions};
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
        Outcome::Failed {
            instance,
            error,
            restored,
        } => {
            let event = Event::ActionFailed {
                action: id.clone(),
                instance: instance.clone(),
                error: error.clone(),
                restored: *restored,
            };
            failed(state, input, record, event, ids)
        }
        Outcome::Stale { why } => {
            let action = id.clone();
            let why = why.clone();
            let event = Event::ActionStale {
                action: action.clone(),
                why,
            };
            if overtaken(state, record) {
                vec![event]
            } else {
                trouble(
                    state,
                    input,
                    record,
                    event,
                    Question::ActionStale { action },
                    ids,
                )
            }
        }
        Outcome::Stopped => stopped(state, input, record, ids),
    }
}

/// Whether the deployment has gone another way meanwhile: then the end of the action is a fact and nothing
/// follows from it.
fn overtaken(state: &State, record: &ActionRecord) -> bool {
    state.ended() || (state.rolling_back() && record.action.kind != ActionKind::RollBack)
}

/// Whether all instances run the new version once this action has been carried out.
fn everywhere_with(state: &State, record: &ActionRecord) -> bool {
    state.plan.instances().all(|instance| {
        record.action.instances.contains(instance)
            || state.version_of(instance) == Some(&state.plan.to)
    })
}

fn done(state: &State, input: &Input, record: &ActionRecord) -> Vec<Event> {
    let action = record.action.id.clone();
    let untold = |instance: &&InstanceId| !record.done.contains_key(*instance);
    let mut events: Vec<Event> = record
        .action
        .instances
        .iter()
        .filter(untold)
        .map(|instance| Event::InstanceChanged {
            action: action.clone(),
            instance: instance.clone(),
        })
        .collect();
    events.push(Event::ActionExecuted {
        action: action.clone(),
    });
    if overtaken(state, record) {
        return events;
    }
    match record.action.kind {
        ActionKind::Advance { step } => events.push(step_done(state, input, step)),
        ActionKind::Promote if everywhere_with(state, record) => events.push(Event::Promoted {
            bake_until: after(input.at, state.plan.policy.bake_s),
        }),
        // It went on beside a way back that changed some instances: what follows is asked there.
        ActionKind::Promote => {}
        ActionKind::RollBack => {
            events.extend(questions::withdraw(state));
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
    event: Event,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    if overtaken(state, record) {
        return vec![event];
    }
    if let Event::ActionFailed {
        restored: true,
        error,
        ..
    } = &event
        && nothing_came_of(state, record)
    {
        let error = error.clone();
        let mut events = vec![event];
        events.extend(questions::withdraw(state));
        events.push(Event::Failed {
            error,
            turn_lost: None,
        });
        return events;
    }
    let action = record.action.id.clone();
    trouble(
        state,
        input,
        record,
        event,
        Question::ActionFailed { action },
        ids,
    )
}

/// Whether the new version runs nowhere once this action has left what was there before: it was the gray
/// instance's, and nothing else was ever brought out. Then there is nothing to decide.
fn nothing_came_of(state: &State, record: &ActionRecord) -> bool {
    let gray = ActionKind::Advance { step: 0 };
    record.action.kind == gray
        && state
            .actions
            .values()
            .filter(|other| other.brought_out())
            .all(|other| other.action.kind == gray && other.done.is_empty())
}

/// The action did not come to its end: nothing goes on, and people are asked.
fn trouble(
    state: &State,
    input: &Input,
    record: &ActionRecord,
    event: Event,
    question: Question,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let mut events = vec![event];
    if matches!(state.status, Status::Progressing | Status::Promoted) {
        events.push(Event::Paused {
            reason: PauseReason::StepTrouble {
                action: record.action.id.clone(),
            },
            ask_at: None,
        });
    }
    let asked = questions::ask(state, input, question, &events, ids);
    events.extend(asked);
    events
}

/// It stopped because the deployment had moved on; where that is over again, it goes on.
fn stopped(state: &State, input: &Input, record: &ActionRecord, ids: &mut Ids<'_>) -> Vec<Event> {
    let mut events = vec![Event::ActionStopped {
        action: record.action.id.clone(),
    }];
    let now = state.after(&events, input.at);
    if now.status == Status::Progressing && !overtaken(&now, record) {
        events.extend(answers::go_on(&now, input, ids));
    }
    events
}

pub(super) fn cured(state: &State, signals: &[Cured]) -> Vec<Event> {
    // What a source leaves out may be what still hurts.
    if state.metrics_incomplete.is_some() {
        return Vec::new();
    }
    match &state.cure {
        Cure::Awaited { action, .. } | Cure::Failed { action, .. } if !state.watch_over => {
            vec![Event::CureConfirmed {
                action: action.clone(),
                signals: signals.to_vec(),
            }]
        }
        _ => Vec::new(),
    }
}

pub(super) fn superseded(state: &State, by: &DeploymentId) -> Vec<Event> {
    // Also one whose watch is over: from here on, going back is the newer one's.
    if state.ended() || state.superseded_by.is_some() {
        return Vec::new();
    }
    let mut events = questions::withdraw(state);
    events.push(Event::Superseded { by: by.clone() });
    events
}
