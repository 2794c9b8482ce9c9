//! A deployment that waits for its lane: it comes to its turn, or gives up. Nothing else can happen to it but
//! what people say.

use crate::event::Event;
use crate::input::Happened;
use crate::plan::Plan;
use crate::queue::{Behind, TurnLost};
use crate::state::State;

/// Whether this can happen to a deployment that waits: nothing of it runs or is watched.
pub(super) fn hears(happened: &Happened) -> bool {
    matches!(
        happened,
        Happened::MovedUp { .. }
            | Happened::TurnCame { .. }
            | Happened::CannotBegin { .. }
            | Happened::TurnLost { .. }
            | Happened::Answered { .. }
            | Happened::Commanded { .. }
            | Happened::Judged { .. }
            | Happened::Named { .. }
            | Happened::RootCauseRated { .. }
            | Happened::QuestionAnswered { .. }
            | Happened::AnswerShared { .. }
            | Happened::ShareAsked { .. }
            | Happened::ShareOpened { .. }
            | Happened::ShareRevoked { .. }
            | Happened::FixAsked { .. }
            | Happened::Requested { .. }
            | Happened::FixSuggested { .. }
            | Happened::RequestTakenBack { .. }
            | Happened::Superseded { .. }
    )
}

pub(super) fn moved_up(state: &State, behind: &Behind) -> Vec<Event> {
    match state.queued_behind() {
        Some(known) if known != behind => vec![Event::Queued {
            behind: behind.clone(),
        }],
        _ => Vec::new(),
    }
}

pub(super) fn turn_came(state: &State, plan: &Plan) -> Vec<Event> {
    let same = plan.deployment == state.plan.deployment && plan.to == state.plan.to;
    if !state.is_queued() || !same {
        return Vec::new();
    }
    vec![Event::TurnCame { plan: plan.clone() }]
}

pub(super) fn cannot_begin(state: &State, error: &str, turn_lost: Option<&TurnLost>) -> Vec<Event> {
    if !state.is_queued() {
        return Vec::new();
    }
    vec![Event::Failed {
        error: error.to_owned(),
        turn_lost: turn_lost.cloned(),
    }]
}
