//! How long it took to find, to decide and to recover, beside what it should take.

use crate::action::{ActionKind, Basis};
use crate::at::At;
use crate::event::{Event, Recorded};
use crate::incident::{Incident, Standing};
use crate::state::State;
use serde::Serialize;

/// How soon a change for the worse should be found, in seconds after it began: the mean that was promised.
pub const GOAL_DETECT_S: f64 = 94.0;
/// How soon it should be over, in seconds after it began.
pub const GOAL_RECOVER_S: f64 = 180.0;

/// How long things took, in seconds. What did not happen has none.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Times {
    /// From the request to the first instance that ran the new version.
    pub to_first_instance_s: Option<f64>,
    /// From the request until the new version ran everywhere.
    pub to_promoted_s: Option<f64>,
    /// From the estimated beginning of the harm until it was said.
    pub to_detect_s: Option<f64>,
    /// From there until it was decided what to do.
    pub to_decide_s: Option<f64>,
    /// From there until the old version ran everywhere again.
    pub to_roll_back_s: Option<f64>,
    /// From there until the signals were shown back at normal.
    pub to_prove_s: Option<f64>,
    /// From the beginning of the harm until it was over.
    pub to_recover_s: Option<f64>,
    /// [`GOAL_DETECT_S`].
    pub goal_detect_s: f64,
    /// [`GOAL_RECOVER_S`].
    pub goal_recover_s: f64,
    /// Whether people decided, and not the policy.
    pub decided_by_people: Option<bool>,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// When the old version ran everywhere again.
    pub rolled_back_at: Option<At>,
}

pub(super) fn times(state: &State, records: &[Recorded], incident: Option<&Incident>) -> Times {
    let requested = At(state.requested_at());
    let first = |wanted: fn(&Event) -> bool| {
        let record = records.iter().find(|record| wanted(&record.event));
        record.map(|record| At(record.at))
    };
    let since = |from: Option<At>, to: Option<At>| Some(from?.until(to?).max(0.0));
    let promoted = first(|event| matches!(event, Event::Promoted { .. }));
    let changed = first(|event| matches!(event, Event::InstanceChanged { .. }));
    let mut times = Times {
        to_first_instance_s: since(Some(requested), changed),
        to_promoted_s: since(Some(requested), promoted),
        goal_detect_s: GOAL_DETECT_S,
        goal_recover_s: GOAL_RECOVER_S,
        ..Times::default()
    };
    let Some(incident) = incident else {
        return times;
    };
    let decision = decision(state, records, incident.opened_at);
    let decided = decision.as_ref().map(|(at, _)| *at);
    let back = records.iter().find(|record| {
        matches!(record.event, Event::RolledBack { .. }) && At(record.at) >= incident.opened_at
    });
    let back = back.map(|record| At(record.at));
    let cured = match incident.standing {
        Standing::Cured | Standing::Recovered => incident.ended_at,
        _ => None,
    };
    times.to_detect_s = since(Some(incident.began_at), Some(incident.opened_at));
    times.to_decide_s = since(Some(incident.opened_at), decided);
    times.to_roll_back_s = since(decided, back);
    times.to_prove_s = since(back, cured);
    times.to_recover_s = since(Some(incident.began_at), cured);
    times.decided_by_people = decision.map(|(_, people)| people);
    times.decided_at = decided;
    times.rolled_back_at = back;
    times
}

/// When it was first decided what to do about what was found, and whether people did. To hold is to put
/// the decision off.
fn decision(state: &State, records: &[Recorded], since: At) -> Option<(At, bool)> {
    let after = records.iter().filter(|record| At(record.at) >= since);
    after
        .filter_map(|record| {
            let people = match &record.event {
                Event::ActionAuthorised { action, basis } => {
                    let action = state.action(action)?;
                    let decides = match action.action.kind {
                        ActionKind::RollBack => true,
                        // Going on as paced is no answer to what was found.
                        ActionKind::Promote => !matches!(basis, Basis::Release { .. }),
                        ActionKind::Advance { .. } => false,
                    };
                    decides.then_some(*basis != Basis::Policy)?
                }
                Event::Resumed { .. } | Event::Abandoned { .. } => true,
                _ => return None,
            };
            Some((At(record.at), people))
        })
        .next()
}
