//! Timers are rows; this is what they are called and when they are set.

use crate::event::Event;
use crate::ids::{ActionId, ApprovalId};
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

/// What an event does to the timers.
#[must_use]
pub fn timers(event: &Event, at: Timestamp) -> Vec<TimerChange> {
    match event {
        Event::StepFinished { step, bake_until } | Event::BakeExtended { step, bake_until } => {
            vec![TimerChange::Set {
                timer: TimerName::Bake { step: *step },
                due: *bake_until,
            }]
        }
        Event::Paused {
            ask_at: Some(ask_at),
            ..
        } => vec![TimerChange::Set {
            timer: TimerName::Ask,
            due: *ask_at,
        }],
        Event::ApprovalAsked { approval } => {
            let half = approval.expires_at.duration_since(at).as_secs_f64() / 2.0;
            vec![
                TimerChange::Set {
                    timer: TimerName::Approval {
                        approval: approval.id.clone(),
                    },
                    due: approval.expires_at,
                },
                TimerChange::Set {
                    timer: TimerName::Reminder {
                        approval: approval.id.clone(),
                    },
                    due: after(at, half),
                },
            ]
        }
        Event::ApprovalAnswered { approval, .. }
        | Event::ApprovalExpired { approval }
        | Event::ApprovalWithdrawn { approval } => vec![
            TimerChange::Cancel {
                timer: TimerName::Approval {
                    approval: approval.clone(),
                },
            },
            TimerChange::Cancel {
                timer: TimerName::Reminder {
                    approval: approval.clone(),
                },
            },
        ],
        Event::Promoted { bake_until } => vec![TimerChange::Set {
            timer: TimerName::FinalBake,
            due: *bake_until,
        }],
        Event::RolledBack {
            action, cure_until, ..
        } => vec![
            TimerChange::Cancel {
                timer: TimerName::FinalBake,
            },
            TimerChange::Set {
                timer: TimerName::Cure {
                    action: action.clone(),
                },
                due: *cure_until,
            },
        ],
        Event::CureConfirmed { action, .. } => vec![TimerChange::Cancel {
            timer: TimerName::Cure {
                action: action.clone(),
            },
        }],
        Event::Superseded { .. } | Event::Failed { .. } => vec![TimerChange::Cancel {
            timer: TimerName::FinalBake,
        }],
        _ => Vec::new(),
    }
}
