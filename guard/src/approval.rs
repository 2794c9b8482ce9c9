//! One question to people.

use crate::actor::Actor;
use crate::duty::Duty;
use crate::ids::{ActionId, ApprovalId};
use crate::request::Request;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod refusal;
mod weigh;

#[cfg(test)]
mod tests;

pub use refusal::Refusal;
pub use weigh::{Circumstances, Weight, can_be_broken, may, may_break, weigh};

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Go back to the last known good version.
    Rollback,
    /// Go on with the release as paced.
    Resume,
    /// Keep paused.
    Hold,
    /// Bring the new version everywhere now.
    Promote,
    /// Give the release up as it stands: nothing is changed any more, and the lane is free.
    Abandon,
    /// Freeze progress.
    Pause,
}

impl Choice {
    /// The word on the wire: `rollback`, `resume`, `hold`, `promote`, `abandon`, `pause`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Resume => "resume",
            Self::Hold => "hold",
            Self::Promote => "promote",
            Self::Abandon => "abandon",
            Self::Pause => "pause",
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "rollback" => Ok(Self::Rollback),
            "resume" => Ok(Self::Resume),
            "hold" => Ok(Self::Hold),
            "promote" => Ok(Self::Promote),
            "abandon" => Ok(Self::Abandon),
            "pause" => Ok(Self::Pause),
            other => Err(format!(
                "choice `{other}` does not exist: expected rollback, resume, hold, promote, abandon or pause"
            )),
        }
    }
}

/// Why people are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Question {
    /// Something moved: what now?
    Degraded,
    /// The bake ended without certainty.
    Unsure,
    /// An action could not run in time, and is not fired late.
    ActionStale {
        /// Which one.
        action: ActionId,
    },
    /// A rollback could not be carried out.
    ActionFailed {
        /// Which one.
        action: ActionId,
    },
    /// Somebody wants this, and others have to agree.
    Agree {
        /// What.
        choice: Choice,
    },
    /// A client of models asks for this.
    Requested {
        /// What, and which client.
        request: Request,
    },
}

/// One question to people, bound to the state for which it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Opaque: buttons carry this and nothing else.
    pub id: ApprovalId,
    /// Why it is asked.
    pub question: Question,
    /// What may be answered, at most three.
    pub options: Vec<Choice>,
    /// Until when.
    pub expires_at: Timestamp,
    /// The step at which it was asked: an answer for another step is refused.
    pub step: u32,
}

/// Somebody who is for an answer that needs more than one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backing {
    /// Who.
    pub by: String,
    /// What they are for.
    pub choice: Choice,
    /// Whether the change is theirs.
    pub author: bool,
    /// When they said so.
    pub at: Timestamp,
}

/// How a question ended, or that it did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Still open.
    Open,
    /// Answered by a person.
    Answered {
        /// Who.
        by: String,
        /// What.
        choice: Choice,
        /// When.
        at: Timestamp,
    },
    /// Nobody answered in time.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// No longer a question: the state moved on.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// Whether the question takes this answer now; who may give it, [`weigh`] says.
pub fn check_answer(
    approval: &Approval,
    standing: &Standing,
    by: &Actor,
    choice: Choice,
    at: Timestamp,
) -> Result<(), Refusal> {
    match standing {
        Standing::Answered { by, choice, at } => {
            return Err(Refusal::AlreadyAnswered {
                by: by.clone(),
                choice: *choice,
                at: *at,
            });
        }
        Standing::Expired { at } => return Err(Refusal::Expired { at: *at }),
        Standing::Withdrawn { at } => return Err(Refusal::Withdrawn { at: *at }),
        Standing::Open if at >= approval.expires_at => {
            return Err(Refusal::Expired {
                at: approval.expires_at,
            });
        }
        Standing::Open => {}
    }
    if !approval.options.contains(&choice) {
        return Err(Refusal::NotAnOption { choice });
    }
    if by.is_person() {
        return Ok(());
    }
    Err(Refusal::NotAPerson {
        who: by.name().to_owned(),
    })
}

/// An answer as it came in.
#[derive(Debug)]
pub(crate) struct ApprovalAnswer<'a> {
    pub(crate) approval: &'a ApprovalId,
    pub(crate) by: &'a Actor,
    pub(crate) duty: &'a Duty,
    pub(crate) choice: Choice,
    pub(crate) reason: &'a Option<String>,
}
