//! Asking people, and taking a question back.

use crate::approval::{Approval, Choice, Question};
use crate::event::Event;
use crate::input::{Ids, Input};
use crate::state::State;
use crate::timer::after;

/// Asks; a question that is still open is withdrawn first, so that there is never more than one.
pub(super) fn ask(
    state: &State,
    input: &Input,
    question: Question,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let mut events = withdraw(state);
    let approval = Approval {
        id: ids.approval(),
        options: options(state, &question),
        question,
        expires_at: after(input.at, state.plan.policy.approval_expiry_s),
        step: state.step,
    };
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

fn options(state: &State, question: &Question) -> Vec<Choice> {
    let back = state.plan.from.is_some().then_some(Choice::Rollback);
    let on = match question {
        Question::ActionFailed { action } if is_rollback(state, action) => None,
        _ => Some(Choice::Resume),
    };
    back.into_iter().chain(on).chain([Choice::Hold]).collect()
}

fn is_rollback(state: &State, action: &crate::ids::ActionId) -> bool {
    state
        .action(action)
        .is_some_and(|record| record.action.kind == crate::action::ActionKind::RollBack)
}
