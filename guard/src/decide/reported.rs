//! Whoever deploys says how it went.

use crate::event::{Event, Reported};
use crate::state::State;

pub(super) fn reported(
    state: &State,
    by: &str,
    outcome: Reported,
    reason: &Option<String>,
) -> Vec<Event> {
    // What was said is said, and what came late does not take it back.
    if state.reported().is_some() {
        return Vec::new();
    }
    let mut events = vec![Event::DeployReported {
        by: by.to_owned(),
        outcome,
        reason: reason.clone(),
    }];
    let foreign = state.plan().package.is_none();
    if outcome == Reported::Failed && foreign && state.can_be_given_up() {
        events.extend(super::questions::withdraw(state));
        events.push(Event::Abandoned {
            by: by.to_owned(),
            reason: reason.clone(),
        });
    }
    events
}
