//! Whether something makes sense in a state, whoever wants it.

use crate::actor::{Actor, Role};
use crate::approval::{Approval, Choice, Refusal};
use crate::state::{State, Status};
use crate::verdict::Tier;

pub(super) fn at_its_step(state: &State, approval: &Approval) -> Result<(), Refusal> {
    if approval.step == state.step {
        Ok(())
    } else {
        Err(Refusal::OtherStep {
            asked: approval.step.saturating_add(1),
            now: state.step.saturating_add(1),
        })
    }
}

pub(super) fn may_pause(state: &State, by: &Actor) -> Result<(), Refusal> {
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
        (Choice::Pause, Status::Progressing) => Ok(()),
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
