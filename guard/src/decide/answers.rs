//! What people say: a button or a command.

use super::actions;
use crate::action::Basis;
use crate::actor::{Actor, Role};
use crate::approval::{Approval, ApprovalAnswer, Choice, Refusal, check_answer, check_role};
use crate::event::{Event, PauseReason};
use crate::ids::ApprovalId;
use crate::input::{Command, Ids, Input};
use crate::state::{State, Status};
use crate::verdict::Tier;

pub(super) fn answered(
    state: &State,
    input: &Input,
    answer: &ApprovalAnswer<'_>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let refused = |refusal| {
        vec![Event::Refused {
            by: answer.by.name().to_owned(),
            wanted: answer.choice.as_str().to_owned(),
            approval: Some(answer.approval.clone()),
            refusal,
        }]
    };
    let Some(record) = state.approval(answer.approval) else {
        return refused(Refusal::UnknownApproval {
            id: answer.approval.clone(),
        });
    };
    let checked = check_answer(
        &record.approval,
        &record.standing,
        answer.by,
        answer.choice,
        input.at,
    )
    .and_then(|()| at_its_step(state, &record.approval))
    .and_then(|()| possible(state, answer.choice));
    match checked {
        Err(refusal) => refused(refusal),
        Ok(()) => settle(
            state,
            input,
            answer.by,
            answer.choice,
            answer.reason,
            Some(answer.approval),
            ids,
        ),
    }
}

pub(super) fn commanded(
    state: &State,
    input: &Input,
    by: &Actor,
    command: Command,
    reason: &Option<String>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let open = state
        .open_approval()
        .map(|record| record.approval.id.clone());
    let checked = match command.as_choice() {
        None => may_pause(state, by),
        // With a question open, a command is an answer to it, and machines do not answer.
        Some(_) if open.is_some() && !by.is_person() => Err(Refusal::NotAPerson {
            who: by.name().to_owned(),
        }),
        Some(choice) => check_role(by, choice).and_then(|()| possible(state, choice)),
    };
    match (checked, command.as_choice()) {
        (Err(refusal), _) => {
            vec![Event::Refused {
                by: by.name().to_owned(),
                wanted: command.as_str().to_owned(),
                approval: open,
                refusal,
            }]
        }
        (Ok(()), None) => {
            vec![Event::Paused {
                reason: PauseReason::Person {
                    by: by.name().to_owned(),
                    reason: reason.clone(),
                },
                ask_at: None,
            }]
        }
        (Ok(()), Some(choice)) => settle(state, input, by, choice, reason, open.as_ref(), ids),
    }
}

fn at_its_step(state: &State, approval: &Approval) -> Result<(), Refusal> {
    if approval.step == state.step {
        Ok(())
    } else {
        Err(Refusal::OtherStep {
            asked: approval.step.saturating_add(1),
            now: state.step.saturating_add(1),
        })
    }
}

fn may_pause(state: &State, by: &Actor) -> Result<(), Refusal> {
    if !by.has(Role::Responder) && !by.has(Role::Operator) {
        return Err(Refusal::MissingRole {
            who: by.name().to_owned(),
            choice: Choice::Hold,
            role: Role::Responder,
        });
    }
    may_move(state, "pause")?;
    match state.status {
        Status::Progressing if !state.rolling_back() => Ok(()),
        _ => Err(wrong_state(state, "pause")),
    }
}

/// Whether the choice makes sense in this state, whoever makes it.
pub(super) fn possible(state: &State, choice: Choice) -> Result<(), Refusal> {
    // The way out of everything that does not end: also out of a rollback that does not.
    if choice == Choice::Abandon && state.can_be_given_up() {
        return Ok(());
    }
    may_move(state, choice.as_str())?;
    if state.rolling_back() {
        return Err(Refusal::WrongState {
            wanted: choice.as_str().to_owned(),
            status: "rolling back".to_owned(),
        });
    }
    match (choice, state.status) {
        (Choice::Rollback, Status::Progressing | Status::Paused | Status::Promoted) => {
            if state.plan.from.is_none() {
                Err(Refusal::NothingToGoBackTo)
            } else if state.superseded_by.is_some() {
                Err(Refusal::WrongState {
                    wanted: choice.as_str().to_owned(),
                    status: Status::Superseded.as_str().to_owned(),
                })
            } else if state.touched() {
                Ok(())
            } else {
                Err(wrong_state(state, "rollback"))
            }
        }
        (Choice::Resume, Status::Paused) | (Choice::Hold, Status::Paused | Status::Promoted) => {
            Ok(())
        }
        // Everything runs already: what was found is accepted.
        (Choice::Resume, Status::Promoted) if undecided(state) => Ok(()),
        // A promotion in flight is not doubled: the instances that it covers are on their way.
        (Choice::Promote, Status::Progressing | Status::Paused)
            if state.running_action().is_none() =>
        {
            Ok(())
        }
        _ => Err(wrong_state(state, choice.as_str())),
    }
}

/// What waits for its lane neither moves nor stops: it has not begun.
fn may_move(state: &State, wanted: &str) -> Result<(), Refusal> {
    match state.queued_behind() {
        Some(behind) => Err(Refusal::Waits {
            wanted: wanted.to_owned(),
            behind: behind.clone(),
        }),
        None => Ok(()),
    }
}

/// Whether something about a promoted release waits for people.
fn undecided(state: &State) -> bool {
    !state.watch_over && (state.tier >= Tier::Pause || state.open_approval().is_some())
}

fn wrong_state(state: &State, wanted: &str) -> Refusal {
    Refusal::WrongState {
        wanted: wanted.to_owned(),
        status: state.status.as_str().to_owned(),
    }
}

fn settle(
    state: &State,
    input: &Input,
    by: &Actor,
    choice: Choice,
    reason: &Option<String>,
    approval: Option<&ApprovalId>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let who = by.name().to_owned();
    let mut events: Vec<Event> = approval
        .map(|id| Event::ApprovalAnswered {
            approval: id.clone(),
            by: who.clone(),
            choice,
            reason: reason.clone(),
        })
        .into_iter()
        .collect();
    let basis = match approval {
        Some(id) => Basis::Approval {
            approval: id.clone(),
            who: who.clone(),
        },
        None => Basis::Command { who: who.clone() },
    };
    match choice {
        Choice::Hold => {}
        Choice::Rollback => events.extend(actions::roll_back(state, input, basis, ids)),
        Choice::Resume => {
            events.push(resumed(state, who, reason));
            events.extend(go_on(state, input, ids));
        }
        Choice::Promote => {
            if state.status == Status::Paused {
                events.push(resumed(state, who, reason));
            }
            events.extend(actions::promote(state, input, basis, ids));
        }
        Choice::Abandon => events.push(Event::Abandoned {
            by: who,
            reason: reason.clone(),
        }),
    }
    events
}

fn resumed(state: &State, by: String, reason: &Option<String>) -> Event {
    let accepted = state
        .open_findings()
        .map(|record| record.finding.key())
        .collect();
    Event::Resumed {
        by,
        reason: reason.clone(),
        accepted,
    }
}

/// Goes on where it was: a step that had not been finished is taken up again, and one that had been is
/// watched again from the start, so that no analysis is skipped.
pub(super) fn go_on(state: &State, input: &Input, ids: &mut Ids<'_>) -> Vec<Event> {
    // What runs goes on by itself when it ends.
    if state.status == Status::Promoted || state.running_action().is_some() {
        return Vec::new();
    }
    if matches!(state.paused, Some(PauseReason::Unsure { .. })) {
        return super::baked::next_step(state, input, ids);
    }
    match actions::unfinished(state) {
        Some(step) if step <= state.step => actions::advance(state, input, step, ids),
        _ => {
            let step = state.plan.steps.get(state.step as usize);
            vec![Event::BakeExtended {
                step: state.step,
                bake_until: crate::timer::after(input.at, step.map_or(0.0, |step| step.bake_s)),
                whole: false,
            }]
        }
    }
}
