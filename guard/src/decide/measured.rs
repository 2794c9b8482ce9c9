//! What was measured, when it is time to keep it.

use crate::event::Event;
use crate::excess::Contribution;
use crate::ids::{EvidenceId, SignalKey};
use crate::measured::Measured;
use crate::state::State;

pub(super) fn measured(state: &State, signals: &[Measured]) -> Vec<Event> {
    if !state.measures_wanted() || signals.is_empty() {
        return Vec::new();
    }
    vec![Event::SignalsMeasured {
        signals: signals.to_vec(),
    }]
}

/// Once: what came with a deployment does not change.
pub(super) fn authors(state: &State, authors: &[String]) -> Vec<Event> {
    if authors.is_empty() || state.authors_known() {
        return Vec::new();
    }
    vec![Event::AuthorsKnown {
        authors: authors.to_vec(),
    }]
}

/// Once for each signal: what is looked up later is not the beginning any more.
pub(super) fn located(
    state: &State,
    signal: &SignalKey,
    accounts: &[Contribution],
    evidence: Option<&EvidenceId>,
) -> Vec<Event> {
    let moved = state
        .findings()
        .any(|record| record.finding.signal == *signal);
    if !moved || state.is_located(signal) {
        return Vec::new();
    }
    vec![Event::ExcessLocated {
        signal: signal.clone(),
        accounts: accounts.to_vec(),
        evidence: evidence.cloned(),
    }]
}
