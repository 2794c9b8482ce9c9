//! Somebody else's alert fires, or is over.

use super::assessed::pause_and_ask;
use crate::alert::{self, Alert, AlertStatus, MOST, Relation, STORM};
use crate::event::Event;
use crate::input::{Ids, Input};
use crate::policy::allowed_tier;
use crate::state::State;
use crate::verdict::Tier;
use jiff::{SignedDuration, Timestamp};

/// Over what time a storm is counted.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn alerted(
    state: &State,
    input: &Input,
    alert: &Alert,
    relation: Relation,
    status: AlertStatus,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let known = state.alert(&alert.key);
    match (status, known) {
        // Late news of what is over, and news that are none.
        (AlertStatus::Firing, Some(_)) => Vec::new(),
        (AlertStatus::Over, Some(known)) if known.over_at.is_some() => Vec::new(),
        (_, None) if state.alerts().count() >= MOST => Vec::new(),
        (AlertStatus::Over, _) => vec![Event::AlertOver {
            key: alert.key.clone(),
            name: alert.name.clone(),
        }],
        (AlertStatus::Firing, None) => {
            let mut events = storm(state, input.at);
            events.push(Event::AlertJoined {
                alert: alert.clone(),
                relation,
            });
            let raised = raised(state, input, alert, relation, &events, ids);
            events.extend(raised);
            events
        }
    }
}

/// Said once: who is flooded by alerts needs no further message about each.
fn storm(state: &State, now: Timestamp) -> Vec<Event> {
    let recent = |at: &Timestamp| now.duration_since(*at) <= HOUR;
    let joined = state.alerts().filter_map(|record| record.joined_at);
    let count = joined.filter(recent).count() + 1;
    if state.alert_storm() || count <= STORM {
        return Vec::new();
    }
    vec![Event::AlertStorm {
        alerts: u32::try_from(count).unwrap_or(u32::MAX),
    }]
}

fn raised(
    state: &State,
    input: &Input,
    alert: &Alert,
    relation: Relation,
    before: &[Event],
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    if state.ended() || state.watch_over() || state.rolling_back() || !state.touched() {
        return Vec::new();
    }
    let deserved = alert::deserved(alert, relation, state.plan(), state.requested_at());
    let allowed = allowed_tier(deserved, state.plan().policy.autonomy);
    if allowed <= state.tier() {
        return Vec::new();
    }
    let mut events = vec![Event::TierRaised {
        tier: allowed,
        deserved,
        because: Vec::new(),
    }];
    if allowed == Tier::Pause {
        let before = [before, &events].concat();
        events.extend(pause_and_ask(state, input, Vec::new(), None, &before, ids));
    }
    events
}
