//! How loud an event is.

use crate::model::Severity;
use guard::event::{Event, Recorded, Reported};
use guard::verdict::{Tier, Verdict};

/// The loudest of what happened. That somebody was refused is between them and Tawny.
#[must_use]
pub fn loudest(records: &[Recorded]) -> Severity {
    let told = records
        .iter()
        .filter(|record| !matches!(record.event, Event::Refused { .. }));
    told.map(|record| severity(&record.event))
        .max()
        .unwrap_or(Severity::Quiet)
}

/// How loud an event is.
#[must_use]
pub fn severity(event: &Event) -> Severity {
    match event {
        Event::TierRaised {
            tier: Tier::RollBack,
            ..
        }
        | Event::CureFailed { .. }
        | Event::GlassBroken { .. }
        | Event::Failed {
            turn_lost: None, ..
        } => Severity::Critical,
        Event::TierRaised {
            tier: Tier::Pause, ..
        }
        | Event::ApprovalAsked { .. }
        | Event::ApprovalReminded { .. }
        | Event::ApprovalBacked { .. }
        | Event::RequestMade { .. }
        | Event::ApprovalExpired { .. }
        | Event::ActionFailed { .. } => Severity::Alarm,
        Event::TierRaised { .. }
        | Event::FindingOpened { .. }
        | Event::FindingWorsened { .. }
        | Event::FindingReattributed { .. }
        | Event::ActionStale { .. }
        | Event::Paused { .. }
        | Event::CauseRanked { .. }
        | Event::RootCauseReported { .. }
        | Event::FixSuggested { .. }
        | Event::FixFailed { .. }
        | Event::AlertJoined { .. }
        | Event::AlertStorm { .. }
        | Event::DeployReported {
            outcome: Reported::Failed,
            ..
        }
        | Event::MetricsLost { .. }
        | Event::MetricsIncomplete { .. }
        | Event::RolledBack { .. }
        | Event::Refused { .. }
        | Event::Abandoned { .. }
        // Nothing was changed, and what is bad about it was said of the one before.
        | Event::Failed {
            turn_lost: Some(_), ..
        }
        | Event::BakeEnded {
            known_good: false, ..
        } => Severity::Warning,
        Event::VerdictChanged { verdict, .. } => match verdict {
            Verdict::Healthy => Severity::Good,
            Verdict::Degraded => Severity::Warning,
            Verdict::Inconclusive | Verdict::Unmeasured => Severity::Quiet,
        },
        Event::CureConfirmed { .. }
        | Event::FixOpened { .. }
        | Event::BakeEnded {
            known_good: true, ..
        }
        | Event::FindingEnded { .. }
        | Event::AlertOver { .. }
        | Event::MetricsBack { .. }
        | Event::MetricsComplete { .. } => Severity::Good,
        _ => Severity::Quiet,
    }
}
