//! What was done, and what people were asked.

use crate::action::{ActionKind, Basis, Progress};
use crate::approval::{self, Standing};
use crate::at::At;
use crate::event::{Event, Recorded};
use crate::ids::ActionId;
use crate::state::State;
use serde::Serialize;

/// On whose word something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Word {
    /// The release went on as paced.
    Pacing {
        /// Who asked for the release.
        who: String,
    },
    /// The tier policy, without asking.
    Policy,
    /// A person's answer.
    Answer {
        /// Who.
        who: String,
    },
    /// A person's command.
    Command {
        /// Who.
        who: String,
    },
    /// Nobody has allowed it yet.
    Nobody,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "end")]
pub enum Ended {
    /// It is wanted.
    Requested,
    /// It is being done.
    Running,
    /// It was done.
    Done,
    /// It was done, and did what it was for.
    Verified,
    /// It could not be done.
    Failed {
        /// Why.
        error: String,
    },
    /// It came too late, or the outside had changed.
    Stale {
        /// What was found.
        why: String,
    },
    /// It was stopped because the deployment moved on.
    Stopped,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deed {
    /// What.
    pub action: ActionKind,
    /// The version that was brought.
    pub version: String,
    /// To how many instances.
    pub instances: usize,
    /// On how many of them it was done.
    pub done: usize,
    /// On whose word.
    pub word: Word,
    /// Why, in their words.
    pub reason: Option<String>,
    /// The signals it was done for, where it was an answer to findings.
    pub because: Vec<String>,
    /// When it was asked for.
    pub at: At,
    /// When it was over; none while it is not.
    pub ended_at: Option<At>,
    /// How it ended.
    #[serde(flatten)]
    pub ended: Ended,
}

/// How a question ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "end")]
pub enum QuestionEnd {
    /// Nobody has answered yet.
    Open,
    /// Somebody answered.
    Answered {
        /// Who.
        who: String,
        /// What: `rollback resume hold promote abandon`.
        choice: approval::Choice,
        /// When.
        at: At,
    },
    /// Nobody answered in time.
    Expired {
        /// When that was.
        at: At,
    },
    /// The state moved on.
    Withdrawn {
        /// When.
        at: At,
    },
}

/// One question to people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Why it was asked: `degraded unsure action_stale action_failed`.
    pub question: &'static str,
    /// When.
    pub asked_at: At,
    /// Until when it could be answered.
    pub expires_at: At,
    /// How it ended.
    #[serde(flatten)]
    pub end: QuestionEnd,
    /// Seconds until then; none while it is open.
    pub seconds: Option<f64>,
}

/// All actions in the order in which they were asked for.
pub(super) fn deeds(state: &State, records: &[Recorded]) -> Vec<Deed> {
    let requested = records.iter().filter_map(|record| match &record.event {
        Event::ActionRequested { action } => Some((record, action)),
        _ => None,
    });
    requested
        .filter_map(|(record, action)| {
            let known = state.action(&action.id)?;
            let word = word(records, &action.id);
            let back = action.kind == ActionKind::RollBack;
            Some(Deed {
                action: action.kind,
                version: action.version.to_string(),
                instances: action.instances.len(),
                done: known.done.len(),
                reason: reason(records, &word, record),
                because: match &word {
                    Word::Policy | Word::Answer { .. } if back => because(records, record),
                    _ => Vec::new(),
                },
                word,
                at: At(record.at),
                ended_at: ended_at(records, &action.id),
                ended: ended(&known.progress),
            })
        })
        .collect()
}

fn ended(progress: &Progress) -> Ended {
    match progress {
        Progress::Requested => Ended::Requested,
        Progress::Authorised(_) => Ended::Running,
        Progress::Executed => Ended::Done,
        Progress::Verified => Ended::Verified,
        Progress::Failed(error) => Ended::Failed {
            error: error.clone(),
        },
        Progress::Stale(why) => Ended::Stale { why: why.clone() },
        Progress::Stopped => Ended::Stopped,
    }
}

fn ended_at(records: &[Recorded], id: &ActionId) -> Option<At> {
    let ends = |record: &&Recorded| match &record.event {
        Event::ActionExecuted { action }
        | Event::ActionFailed { action, .. }
        | Event::ActionStale { action, .. }
        | Event::ActionStopped { action } => action == id,
        _ => false,
    };
    records.iter().find(ends).map(|record| At(record.at))
}

fn word(records: &[Recorded], id: &ActionId) -> Word {
    let basis = records.iter().find_map(|record| match &record.event {
        Event::ActionAuthorised { action, basis } if action == id => Some(basis),
        _ => None,
    });
    match basis {
        None => Word::Nobody,
        Some(Basis::Release { who }) => Word::Pacing { who: who.clone() },
        Some(Basis::Policy) => Word::Policy,
        Some(Basis::Approval { who, .. }) => Word::Answer { who: who.clone() },
        Some(Basis::Command { who }) => Word::Command { who: who.clone() },
    }
}

/// What people said with the answer that led to it.
fn reason(records: &[Recorded], word: &Word, asked: &Recorded) -> Option<String> {
    let Word::Answer { .. } = word else {
        return None;
    };
    let before = records.iter().rev();
    let mut before = before.filter(|record| record.revision < asked.revision);
    before.find_map(|record| match &record.event {
        Event::ApprovalAnswered { reason, .. } => Some(reason.clone()),
        _ => None,
    })?
}

/// The signals that raised the answer last, before this was asked for.
fn because(records: &[Recorded], asked: &Recorded) -> Vec<String> {
    let before = records.iter().rev();
    let mut before = before.filter(|record| record.revision < asked.revision);
    let raised = before.find_map(|record| match &record.event {
        Event::TierRaised { because, .. } => Some(because),
        _ => None,
    });
    let mut signals: Vec<String> = raised
        .into_iter()
        .flatten()
        .map(|key| key.signal.to_string())
        .collect();
    signals.dedup();
    signals
}

/// All questions in the order in which they were asked.
pub(super) fn questions(state: &State) -> Vec<Question> {
    let mut asked: Vec<_> = state.approvals().collect();
    asked.sort_by_key(|record| record.asked_at);
    asked
        .into_iter()
        .map(|record| {
            let (end, over) = match &record.standing {
                Standing::Open => (QuestionEnd::Open, None),
                Standing::Answered { by, choice, at } => {
                    let who = by.clone();
                    let (choice, at) = (*choice, At(*at));
                    (QuestionEnd::Answered { who, choice, at }, Some(at))
                }
                Standing::Expired { at } => (QuestionEnd::Expired { at: At(*at) }, Some(At(*at))),
                Standing::Withdrawn { at } => {
                    (QuestionEnd::Withdrawn { at: At(*at) }, Some(At(*at)))
                }
            };
            let asked_at = At(record.asked_at);
            Question {
                question: match record.approval.question {
                    approval::Question::Degraded => "degraded",
                    approval::Question::Unsure => "unsure",
                    approval::Question::ActionStale { .. } => "action_stale",
                    approval::Question::ActionFailed { .. } => "action_failed",
                    approval::Question::Agree { .. } => "agree",
                    approval::Question::Requested { .. } => "requested",
                },
                asked_at,
                expires_at: At(record.approval.expires_at),
                seconds: over.map(|over| asked_at.until(over).max(0.0)),
                end,
            }
        })
        .collect()
}
