//! What is said of an incident apart.

use super::event::ApartEvent;
use super::state::Apart;
use serde::{Deserialize, Serialize};

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum ApartEffect {
    /// Make its one message show how it stands: posted the first time, edited ever after.
    ShowIncident,
    /// Say this event, where messages cannot be edited.
    TellIncident {
        /// The event's revision.
        revision: u64,
    },
}

/// What is said of an event; `after` is the incident with the event folded in.
#[must_use]
pub fn effects(event: &ApartEvent, revision: u64, after: &Apart) -> Vec<ApartEffect> {
    if !after.is_one() {
        return Vec::new();
    }
    let tell = ApartEffect::TellIncident { revision };
    match event {
        ApartEvent::Opened { .. }
        | ApartEvent::Storm { .. }
        | ApartEvent::Resolved {}
        | ApartEvent::Closed { .. } => vec![ApartEffect::ShowIncident, tell],
        // A storm is said once, however it comes and goes.
        ApartEvent::Reopened {} if !after.storm => vec![ApartEffect::ShowIncident, tell],
        ApartEvent::Reopened {} | ApartEvent::Joined { .. } => vec![ApartEffect::ShowIncident],
        ApartEvent::Over { .. } if !after.storm => vec![ApartEffect::ShowIncident],
        // As often as their number doubles.
        ApartEvent::Counted { .. } if after.joined().is_power_of_two() => {
            vec![ApartEffect::ShowIncident]
        }
        ApartEvent::Counted { .. } | ApartEvent::Over { .. } | ApartEvent::Refused { .. } => {
            Vec::new()
        }
    }
}
