//! What a watch measured of each signal by the time that something ended: journalled for reports, and
//! nothing is decided by it.

use crate::detect::Measure;
use crate::event::{Event, PauseReason};
use crate::ids::SignalKey;
use crate::verdict::Comparison;
use serde::{Deserialize, Serialize};

/// One signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Which.
    pub signal: SignalKey,
    /// Against what it was held.
    pub comparison: Comparison,
    /// Whether it measures what the service calls, and not the service.
    #[serde(default)]
    pub of_dependency: bool,
    /// The numbers.
    pub measure: Measure,
}

impl Measured {
    /// Whether it says what it was and what it is.
    #[must_use]
    pub fn has_numbers(&self) -> bool {
        self.measure.before.is_some() && self.measure.after.is_some()
    }
}

/// Whether what was measured up to this event should be kept: a watch ends, or an answer is given.
#[must_use]
pub(crate) fn asks_for_measures(event: &Event) -> bool {
    match event {
        Event::TierRaised { .. }
        | Event::ApprovalExpired { .. }
        | Event::Promoted { .. }
        | Event::RolledBack { .. }
        | Event::CureConfirmed { .. }
        | Event::CureFailed { .. }
        | Event::CureGivenUp { .. }
        | Event::BakeEnded { .. }
        | Event::Abandoned { .. }
        | Event::Superseded { .. } => true,
        // What was found is kept with the answer to it.
        Event::Paused { reason, .. } => !matches!(reason, PauseReason::Findings { .. }),
        _ => false,
    }
}
