//! Why not.

use super::Choice;
use crate::actor::Role;
use crate::fix::FixKind;
use crate::ids::{ApprovalId, PersonId, ShareId};
use crate::judgement::Judgement;
use crate::queue::Behind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    /// Others are on call.
    #[error("{who} is not on call, which `{choice}` needs{}", on_call(at_duty), choice = choice.as_str())]
    NotOnCall {
        /// Who.
        who: String,
        /// What was wanted.
        choice: Choice,
        /// Who is on call.
        at_duty: Vec<PersonId>,
    },
    /// Who is on call cannot be found out, and what was wanted is not safe without.
    #[error("who is on call cannot be found out ({problem}), and `{choice}` needs it", choice = choice.as_str())]
    OnCallUnknown {
        /// What was wanted.
        choice: Choice,
        /// Why, for people.
        problem: String,
    },
    /// They are for it already; another person has to be.
    #[error("{who} is already for `{choice}`: another person has to agree", choice = choice.as_str())]
    AlreadyFor {
        /// Who.
        who: String,
        /// What was wanted.
        choice: Choice,
    },
    /// Whoever goes past the rules says why.
    #[error("going past the rules needs a reason of at least {least} characters")]
    ReasonNeeded {
        /// Characters.
        least: usize,
    },
    /// The policy lets nobody of theirs go past the rules.
    #[error("{who} may not go past the rules here")]
    NoBreakingGlass {
        /// Who.
        who: String,
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
    /// A machine, or a person without any role.
    #[error("{who} may not share a deployment: people with the role Responder or Operator may")]
    MayNotShare {
        /// Who.
        who: String,
    },
    /// There are enough links to it.
    #[error("{most} links to this deployment are open: end one of them first")]
    TooManyShares {
        /// How many there may be.
        most: usize,
    },
    /// No such link.
    #[error("link `{share}` does not exist in this deployment")]
    UnknownShare {
        /// What was sent.
        share: ShareId,
    },
    /// Neither an operator, nor a responder whose service, duty or change it is.
    #[error(
        "{who} may not ask for a fix: operators may, and responders who own the service, are on call or wrote the change"
    )]
    MayNotFix {
        /// Who.
        who: String,
    },
    /// Nobody may write code there, or no model is configured.
    #[error("`{}` is not set up for this service", kind.verb())]
    NoFixAccount {
        /// What was wanted.
        kind: FixKind,
    },
    /// No change of the deployment is suspected.
    #[error("no change of this deployment is suspected: name a commit of it")]
    NothingToFix,
    /// People see as many suggestions of this client as they can be asked to look at.
    #[error(
        "{most} suggestions of this client are open already: wait for people, or take one back"
    )]
    SuggestsEnough {
        /// So many.
        most: usize,
    },
    /// Somebody asked for it, and it is being opened.
    #[error("{by} has asked for it already, and it is being opened")]
    FixUnderWay {
        /// Who.
        by: String,
        /// What.
        kind: FixKind,
    },
    /// It is open.
    #[error("{by} has asked for it already: {url}")]
    FixOpened {
        /// Who.
        by: String,
        /// What.
        kind: FixKind,
        /// Its page.
        url: String,
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

fn on_call(at_duty: &[PersonId]) -> String {
    if at_duty.is_empty() {
        return "; nobody is at the moment".to_owned();
    }
    let names: Vec<&str> = at_duty.iter().map(PersonId::as_str).collect();
    format!("; on call: {}", names.join(", "))
}
