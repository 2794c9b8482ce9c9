//! Asking people, and taking a question back.

use super::possible::possible;
use crate::approval::{Approval, Choice, Question};
use crate::event::Event;
use crate::input::{Ids, Input};
use crate::request::Request;
use crate::state::State;
use crate::timer::after;
use jiff::Timestamp;

/// More would be a menu.
const MOST_OPTIONS: usize = 3;

/// Asks, after the events that were decided before; a question that is still open is withdrawn first, so
/// that there is never more than one.
pub(super) fn ask(
    state: &State,
    input: &Input,
    question: Question,
    before: &[Event],
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let mut events = withdraw(state);
    let mut approval = Approval {
        id: ids.approval(),
        options: Vec::new(),
        question,
        expires_at: after(input.at, state.plan.policy.approval_expiry_s),
        step: state.step,
    };
    let asked = Event::ApprovalAsked {
        approval: approval.clone(),
    };
    let then = state.after(before, input.at).after(&[asked], input.at);
    approval.options = options(&then, &approval.question);
    events.push(Event::ApprovalAsked { approval });
    events
}

/// Takes the open question back, if there is one.
pub(super) fn withdraw(state: &State) -> Vec<Event> {
    state
        .open_approval()
        .map(|record| Event::ApprovalWithdrawn {
            approval: record.approval.id.clone(),
        })
        .into_iter()
        .collect()
}

/// Takes back a question whether others agree, or a client asks, for what cannot be done any more, or was meant for another step.
pub(super) fn void(state: &State, events: &[Event], at: Timestamp) -> Option<Event> {
    let agree = |state: &State| {
        let record = state.open_approval()?;
        match record.approval.question.clone() {
            Question::Agree { choice }
            | Question::Requested {
                request: Request { choice, .. },
            } => Some((choice, record.approval.clone())),
            _ => None,
        }
    };
    // The usual case costs nothing.
    agree(state).filter(|_| !events.is_empty())?;
    let then = state.after(events, at);
    let (choice, approval) = agree(&then)?;
    let stands = approval.step == then.step && possible(&then, choice).is_ok();
    (!stands).then_some(Event::ApprovalWithdrawn {
        approval: approval.id,
    })
}

/// What may be answered where the question is open: nothing is offered that would be refused.
fn options(state: &State, question: &Question) -> Vec<Choice> {
    let went_back =
        matches!(question, Question::ActionFailed { action } if is_rollback(state, action));
    let wanted = match question {
        Question::Agree { choice } => Some(*choice),
        Question::Requested { request } => Some(request.choice),
        _ => None,
    };
    let usual = [
        Choice::Rollback,
        Choice::Resume,
        Choice::Hold,
        Choice::Abandon,
    ];
    let usual = usual.into_iter().filter(|choice| wanted != Some(*choice));
    wanted
        .into_iter()
        .chain(usual)
        .filter(|choice| !(went_back && *choice == Choice::Resume))
        .filter(|choice| possible(state, *choice).is_ok())
        .take(MOST_OPTIONS)
        .collect()
}

fn is_rollback(state: &State, action: &crate::ids::ActionId) -> bool {
    state
        .action(action)
        .is_some_and(|record| record.action.kind == crate::action::ActionKind::RollBack)
}
