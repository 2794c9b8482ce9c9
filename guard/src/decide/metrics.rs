//! The metrics source went silent, or speaks again, or speaks of less than everything.

use super::assessed::waited;
use crate::event::Event;
use crate::input::Input;
use crate::state::State;
use crate::verdict::Verdict;

pub(super) fn lost(state: &State, source: &str, error: &str) -> Vec<Event> {
    if state.watch_over {
        return Vec::new();
    }
    // One that flaps was perhaps heard again without that being said; a verdict from then is over, too.
    let mut events = Vec::new();
    if state.metrics_lost.is_none() {
        events.push(Event::MetricsLost {
            source: source.to_owned(),
            error: error.to_owned(),
        });
    }
    // What was found stands; a clean or open verdict cannot be kept without data.
    if state.verdict != Some(Verdict::Degraded) && state.verdict != Some(Verdict::Unmeasured) {
        events.push(Event::VerdictChanged {
            verdict: Verdict::Unmeasured,
            needs: Vec::new(),
        });
    }
    events
}

pub(super) fn back(state: &State, input: &Input, source: &str) -> Vec<Event> {
    let lost = state
        .metrics_lost
        .as_ref()
        .is_some_and(|(lost, _)| lost == source);
    if lost && waited(input.at, state.metrics_changed_at, state.metrics_changes) {
        vec![Event::MetricsBack {
            source: source.to_owned(),
        }]
    } else {
        Vec::new()
    }
}

/// Part of the data is away. What is seen still counts; that nothing is seen proves nothing.
pub(super) fn incomplete(state: &State, source: &str, warning: &str) -> Vec<Event> {
    if state.metrics_incomplete.is_some() || state.watch_over {
        return Vec::new();
    }
    let mut events = vec![Event::MetricsIncomplete {
        source: source.to_owned(),
        warning: warning.to_owned(),
    }];
    if state.verdict == Some(Verdict::Healthy) && !state.everywhere() {
        events.push(Event::VerdictChanged {
            verdict: Verdict::Inconclusive,
            needs: Vec::new(),
        });
    }
    events
}

pub(super) fn complete(state: &State, input: &Input, source: &str) -> Vec<Event> {
    let was = state
        .metrics_incomplete
        .as_ref()
        .is_some_and(|(incomplete, _)| incomplete == source);
    if was && waited(input.at, state.metrics_changed_at, state.metrics_changes) {
        vec![Event::MetricsComplete {
            source: source.to_owned(),
        }]
    } else {
        Vec::new()
    }
}
