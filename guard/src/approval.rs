//! One question to people.

use crate::actor::{Actor, Role};
use crate::ids::{ActionId, ApprovalId};
use crate::judgement::Judgement;
use crate::queue::Behind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
}

impl Choice {
    /// The word on the wire: `rollback`, `resume`, `hold`, `promote`, `abandon`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Resume => "resume",
            Self::Hold => "hold",
            Self::Promote => "promote",
            Self::Abandon => "abandon",
        }
    }

    /// The role that this answer needs: holding is safe for every responder.
    #[must_use]
    pub fn needs(self) -> Role {
        match self {
            Self::Hold => Role::Responder,
            Self::Rollback | Self::Resume | Self::Promote | Self::Abandon => Role::Operator,
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
            other => Err(format!(
                "choice `{other}` does not exist: expected rollback, resume, hold, promote or abandon"
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

/// Why an answer or a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Refusal {
    /// No such question.
    #[error("approval `{id}` does not exist in this deployment")]
    UnknownApproval {
        /// What was sent.
        id: ApprovalId,
    },
    /// Somebody was faster.
    #[error("{by} already answered `{choice}` at {at}", choice = choice.as_str())]
    AlreadyAnswered {
        /// Who.
        by: String,
        /// What.
        choice: Choice,
        /// When.
        at: Timestamp,
    },
    /// Too late.
    #[error("the question expired at {at}; use a command instead")]
    Expired {
        /// When.
        at: Timestamp,
    },
    /// The state moved on.
    #[error("the question was withdrawn at {at}: the deployment has moved on")]
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// The answer is not among the options.
    #[error("`{choice}` is not an option of this question", choice = choice.as_str())]
    NotAnOption {
        /// What was sent.
        choice: Choice,
    },
    /// A machine cannot answer.
    #[error("{who} is a machine: an approval is answered by a person")]
    NotAPerson {
        /// Who.
        who: String,
    },
    /// The role is missing.
    #[error("{who} lacks the role {role:?}, which `{choice}` needs", choice = choice.as_str())]
    MissingRole {
        /// Who.
        who: String,
        /// What was wanted.
        choice: Choice,
        /// What it needs.
        role: Role,
    },
    /// The deployment is not in a state in which this makes sense.
    #[error("cannot {wanted}: the deployment is {status}")]
    WrongState {
        /// What was wanted.
        wanted: String,
        /// Where the deployment stands.
        status: String,
    },
    /// It has not begun: its lane is busy.
    #[error(
        "cannot {wanted}: the deployment waits behind {behind} and has changed nothing: give it up with `abandon`, or let it wait"
    )]
    Waits {
        /// What was wanted.
        wanted: String,
        /// The deployment right before it.
        behind: Behind,
    },
    /// The question was asked at another step.
    #[error("the question was asked at step {asked}: the deployment is at step {now} now")]
    OtherStep {
        /// The step at which it was asked, from 1.
        asked: u32,
        /// The present one, from 1.
        now: u32,
    },
    /// There is no version to go back to.
    #[error("cannot roll back: no earlier version is known")]
    NothingToGoBackTo,
    /// A machine's opinion is no feedback.
    #[error("{who} is a machine: deployments are judged by people")]
    MachineJudges {
        /// Who.
        who: String,
    },
    /// No role at all.
    #[error("{who} lacks the role Responder or Operator, which judging needs")]
    MayNotJudge {
        /// Who.
        who: String,
    },
    /// An alarm is judged where one was raised, and silence where there was none.
    #[error("`{judgement}` does not fit what was said of this deployment", judgement = judgement.as_str())]
    DoesNotFit {
        /// What was said.
        judgement: Judgement,
    },
    /// Harm was done before the deployment, or is yet to be done.
    #[error(
        "since {since} is not possible: expected a time between the beginning, {begun}, and now"
    )]
    SinceOutside {
        /// What was said.
        since: Timestamp,
        /// When the deployment was asked for.
        begun: Timestamp,
    },
    /// Nothing hurt that a change could have done.
    #[error("nothing was found in this deployment that asks for a cause")]
    NothingToExplain,
    /// What came with the deployment is not known.
    #[error("which changes came with this deployment is not known, so none of them can be named")]
    ChangesUnknown,
    /// No such change came with the deployment.
    #[error(
        "`{change}` is none of the changes of this deployment: give at least 7 digits of a commit that came with it"
    )]
    UnknownChange {
        /// What was said.
        change: String,
    },
    /// Several changes begin like this.
    #[error("`{change}` may be several of this deployment's changes: give more digits")]
    SeveralChanges {
        /// What was said.
        change: String,
    },
}

/// Whether this person may give this answer now.
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
    if !by.is_person() {
        return Err(Refusal::NotAPerson {
            who: by.name().to_owned(),
        });
    }
    check_role(by, choice)
}

/// Whether the role suffices.
pub fn check_role(by: &Actor, choice: Choice) -> Result<(), Refusal> {
    let role = choice.needs();
    let enough = by.has(role) || (role == Role::Responder && by.has(Role::Operator));
    if enough {
        Ok(())
    } else {
        Err(Refusal::MissingRole {
            who: by.name().to_owned(),
            choice,
            role,
        })
    }
}

/// An answer as it came in.
#[derive(Debug)]
pub(crate) struct ApprovalAnswer<'a> {
    pub(crate) approval: &'a ApprovalId,
    pub(crate) by: &'a Actor,
    pub(crate) choice: Choice,
    pub(crate) reason: &'a Option<String>,
}
