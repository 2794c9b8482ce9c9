//! Timers are rows; this is what they are called and when they are set.

use crate::event::Event;
use crate::ids::{ActionId, ApprovalId};
use crate::plan::Plan;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A timer of a deployment. Setting one that is set replaces it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "timer")]
pub enum TimerName {
    /// The watch of one step is over.
    Bake {
        /// Which step.
        step: u32,
    },
    /// A pause waited for stronger evidence long enough: people are asked.
    Ask,
    /// A question has run out.
    Approval {
        /// Which.
        approval: ApprovalId,
    },
    /// Half of a question's time is over.
    Reminder {
        /// Which.
        approval: ApprovalId,
    },
    /// The watch of the promoted release is over.
    FinalBake,
    /// The cure should have shown by now.
    Cure {
        /// After which action.
        action: ActionId,
    },
}

impl TimerName {
    /// A key unique within the deployment.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Bake { step } => format!("bake/{step}"),
            Self::Ask => "ask".to_owned(),
            Self::Approval { approval } => format!("approval/{approval}"),
            Self::Reminder { approval } => format!("reminder/{approval}"),
            Self::FinalBake => "final_bake".to_owned(),
            Self::Cure { action } => format!("cure/{action}"),
        }
    }
}

/// A change of the timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerChange {
    /// Set or move.
    Set {
        /// Which.
        timer: TimerName,
        /// When it is due.
        due: Timestamp,
    },
    /// Forget.
    Cancel {
        /// Which.
        timer: TimerName,
    },
}

/// `at` moved by seconds; saturates at the end of time.
#[must_use]
pub fn after(at: Timestamp, seconds: f64) -> Timestamp {
    let millis = if seconds.is_finite() {
        (seconds * 1000.0).round()
    } else {
        0.0
    };
    at.checked_add(jiff::SignedDuration::from_millis(millis as i64))
        .unwrap_or(Timestamp::MAX)
}

/// What an event of the plan's deployment does to the timers.
#[must_use]
pub fn timers(event: &Event, at: Timestamp, plan: &Plan) -> Vec<TimerChange> {
    match event {
        Event::BakeExtended {
            bake_until,
            whole: true,
            ..
        }
        | Event::Promoted { bake_until } => vec![set(TimerName::FinalBake, *bake_until)],
        Event::StepFinished { step, bake_until }
        | Event::BakeExtended {
            step, bake_until, ..
        } => vec![set(TimerName::Bake { step: *step }, *bake_until)],
        // A pause after a rollback that failed ends the watch of a promoted release, too.
        Event::Paused { ask_at, .. } => ask_at
            .iter()
            .map(|ask_at| set(TimerName::Ask, *ask_at))
            .chain([cancel(TimerName::FinalBake)])
            .collect(),
        Event::ApprovalAsked { approval } => {
            let half = approval.expires_at.duration_since(at).as_secs_f64() / 2.0;
            vec![
                set(expiry(&approval.id), approval.expires_at),
                set(reminder(&approval.id), after(at, half)),
            ]
        }
        Event::ApprovalAnswered { approval, .. }
        | Event::ApprovalExpired { approval }
        | Event::ApprovalWithdrawn { approval } => {
            vec![cancel(expiry(approval)), cancel(reminder(approval))]
        }
        Event::RolledBack {
            action, cure_until, ..
        } => with_cure(progress_ends(plan), action, *cure_until),
        Event::CureFailed {
            action,
            watch_until: Some(watch_until),
        } => with_cure(Vec::new(), action, *watch_until),
        Event::CureConfirmed { action, .. } | Event::CureGivenUp { action } => {
            vec![cancel(TimerName::Cure {
                action: action.clone(),
            })]
        }
        Event::BakeEnded { .. }
        | Event::Superseded { .. }
        | Event::Failed { .. }
        | Event::Abandoned { .. } => progress_ends(plan),
        _ => Vec::new(),
    }
}

/// Nothing of the release is waited for any more.
fn progress_ends(plan: &Plan) -> Vec<TimerChange> {
    (0_u32..)
        .zip(&plan.steps)
        .map(|(step, _)| cancel(TimerName::Bake { step }))
        .chain([cancel(TimerName::Ask), cancel(TimerName::FinalBake)])
        .collect()
}

fn with_cure(mut changes: Vec<TimerChange>, action: &ActionId, due: Timestamp) -> Vec<TimerChange> {
    let action = action.clone();
    changes.push(set(TimerName::Cure { action }, due));
    changes
}

fn expiry(approval: &ApprovalId) -> TimerName {
    TimerName::Approval {
        approval: approval.clone(),
    }
}

fn reminder(approval: &ApprovalId) -> TimerName {
    TimerName::Reminder {
        approval: approval.clone(),
    }
}

fn set(timer: TimerName, due: Timestamp) -> TimerChange {
    TimerChange::Set { timer, due }
}

fn cancel(timer: TimerName) -> TimerChange {
    TimerChange::Cancel { timer }
}
