//! What has to be done outside because of an event. Effects are carried out by the engine's outbox,
//! from rows written in the same transaction as the event.

use crate::action::Precondition;
use crate::event::Event;
use crate::ids::ActionId;
use crate::state::State;
use crate::verdict::Tier;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Make the one parent message show the present state. Posting it the first time, editing it ever after.
    ShowParent,
    /// Say this event in the thread.
    Reply {
        /// The event's revision.
        revision: u64,
    },
    /// Say this event in the channel: severity rose, or a decision is needed.
    Notice {
        /// The event's revision.
        revision: u64,
    },
    /// Have a model look into what hurts, where one is configured.
    Investigate {
        /// The revision of the ranking that it is about.
        revision: u64,
    },
    /// Draw in the thread how the signals went that moved, in channels that can show pictures.
    Draw {
        /// The revision of what was measured.
        revision: u64,
    },
    /// Carry out an action, if it is still authorised then.
    Execute {
        /// Which.
        action: ActionId,
        /// What must still be true outside.
        precondition: Precondition,
        /// After this moment it becomes an [`Outcome::Stale`](crate::input::Outcome::Stale) instead.
        not_after: Timestamp,
    },
    /// Open a fix at the code host, if it is still wanted then.
    OpenFix {
        /// Which.
        fix: ActionId,
    },
}

/// The effects of an event; `after` is the state with the event folded in.
#[must_use]
pub fn effects(event: &Event, revision: u64, after: &State) -> Vec<Effect> {
    let mut effects = Vec::new();
    let orders_buttons =
        matches!(event, Event::RootCauseReported { .. }) && after.open_approval().is_some();
    if shows(event) || orders_buttons {
        effects.push(Effect::ShowParent);
    }
    if replies(event, after) {
        effects.push(Effect::Reply { revision });
    }
    if notices(event) {
        effects.push(Effect::Notice { revision });
    }
    if draws(event, after) {
        effects.push(Effect::Draw { revision });
    }
    if matches!(event, Event::CauseRanked { .. }) {
        effects.push(Effect::Investigate { revision });
    }
    if let Event::ActionAuthorised { action, .. } = event
        && let Some(record) = after.action(action)
    {
        effects.push(Effect::Execute {
            action: action.clone(),
            precondition: record.action.precondition.clone(),
            not_after: record.action.not_after,
        });
    }
    if let Event::FixRequested { fix, .. } = event {
        effects.push(Effect::OpenFix {
            fix: fix.id.clone(),
        });
    }
    effects
}

fn shows(event: &Event) -> bool {
    !matches!(
        event,
        Event::Refused { .. }
            | Event::ActionRequested { .. }
            | Event::ActionAuthorised { .. }
            | Event::ApprovalWithdrawn { .. }
            | Event::AuthorsKnown { .. }
            // What was done by it is shown.
            | Event::GlassBroken { .. }
            // In the thread and on the timeline.
            | Event::AlertJoined { .. }
            | Event::AlertOver { .. }
            | Event::AlertStorm { .. }
            | Event::DeployReported { .. }
            // In the thread, with the way there.
            | Event::FixSuggested { .. }
            | Event::FixRequested { .. }
            | Event::FixOpened { .. }
            | Event::FixFailed { .. }
            // For the report alone; while a question is open, also for the order of its answers.
            | Event::ExcessLocated { .. }
            | Event::SignalsMeasured { .. }
            | Event::RootCauseReported { .. }
            // For who asked alone; what is shared is said in the thread.
            | Event::QuestionAnswered { .. }
            | Event::AnswerShared { .. }
            // For who made it alone; that it was is on the timeline.
            | Event::ShareMade { .. }
            | Event::ShareOpened { .. }
            | Event::ShareRevoked { .. }
            // Said weeks later, by people to Tawny: no channel hears of it.
            | Event::RootCauseRated { .. }
            | Event::Judged { .. }
    )
}

// Success is silent: the parent is edited and nobody is called. Only trouble and decisions reach the thread.
fn replies(event: &Event, after: &State) -> bool {
    match event {
        Event::AlertJoined { .. } => !after.alert_storm(),
        // The question that was asked for it says it.
        Event::RequestMade { request, approval } => !after.is_asked_by(request, approval),
        Event::DeployReported { outcome, .. } => *outcome == crate::event::Reported::Failed,
        Event::TierRaised { .. }
        | Event::ActionFailed { .. }
        | Event::ActionStale { .. }
        | Event::ApprovalBacked { .. }
        | Event::GlassBroken { .. }
        | Event::ApprovalAnswered { .. }
        | Event::ApprovalExpired { .. }
        | Event::RolledBack { .. }
        | Event::CureConfirmed { .. }
        | Event::CureFailed { .. }
        | Event::CauseRanked { .. }
        | Event::AlertStorm { .. }
        | Event::CauseNamed { .. }
        | Event::RootCauseReported { .. }
        | Event::AnswerShared { .. }
        | Event::RequestTakenBack { .. }
        | Event::FixSuggested { .. }
        | Event::FixOpened { .. }
        | Event::FixFailed { .. }
        | Event::MetricsLost { .. }
        | Event::MetricsBack { .. }
        | Event::MetricsIncomplete { .. }
        | Event::MetricsComplete { .. }
        | Event::Failed { .. }
        | Event::Abandoned { .. } => true,
        Event::Paused { reason, .. } => {
            matches!(
                reason,
                crate::event::PauseReason::Person { .. } | crate::event::PauseReason::Unsure { .. }
            )
        }
        Event::BakeEnded { known_good, .. } => !known_good,
        _ => false,
    }
}

// What was measured is there shortly after the question is: something to look at for who has to decide.
fn draws(event: &Event, after: &State) -> bool {
    matches!(event, Event::SignalsMeasured { .. })
        && after.highest_tier() >= Tier::Pause
        && after.open_findings().next().is_some()
}

fn notices(event: &Event) -> bool {
    match event {
        Event::TierRaised { tier, .. } => *tier == Tier::RollBack,
        Event::ApprovalAsked { .. }
        | Event::ApprovalReminded { .. }
        | Event::ApprovalExpired { .. }
        | Event::GlassBroken { .. }
        | Event::CureFailed { .. }
        | Event::Failed { .. } => true,
        _ => false,
    }
}
