//! Everything that can happen to a deployment, as one closed enum.

use crate::actor::Actor;
use crate::alert::{Alert, AlertStatus, Relation};
use crate::approval::Choice;
use crate::cause::Cause;
use crate::culprit::Culprit;
use crate::duty::Duty;
use crate::event::Reported;
use crate::excess::Contribution;
use crate::finding::{Assessment, Cured};
use crate::fix::{FixKind, FixOutcome, Suggestion};
use crate::ids::{ActionId, ApprovalId, DeploymentId, EvidenceId, InstanceId, ShareId, SignalKey};
use crate::judgement::Judgement;
use crate::measured::Measured;
use crate::plan::Plan;
use crate::queue::{Behind, TurnLost};
use crate::request::Request;
use crate::root_cause::RootCauseReport;
use crate::timer::TimerName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Something happened. Time and randomness arrive with it; nothing else brings them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// When it happened, by the clock of whoever noticed.
    pub at: Timestamp,
    /// 128 random bits as hex, from which every id made while deciding is derived.
    pub nonce: String,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "happened")]
pub enum Happened {
    /// Somebody asks for a deployment; the plan is made.
    DeployAsked {
        /// What is to happen.
        plan: Box<Plan>,
        /// Who asks.
        by: Actor,
    },
    /// As [`Self::DeployAsked`], while another deployment has the lane: it waits for its turn.
    QueueAsked {
        /// What is to happen, as far as that is known before its turn.
        plan: Box<Plan>,
        /// Who asks.
        by: Actor,
        /// The deployment right before it.
        behind: Behind,
    },
    /// Another one is before it now: the one that was has left the queue.
    MovedUp {
        /// The deployment right before it.
        behind: Behind,
    },
    /// The lane is its own, and the plan is made anew.
    TurnCame {
        /// What is to happen.
        plan: Box<Plan>,
    },
    /// It is its turn, and it cannot begin.
    CannotBegin {
        /// Why, for people.
        error: String,
    },
    /// The deployment before it did not get out.
    TurnLost {
        /// What became of it.
        because: TurnLost,
    },
    /// The engine has looked at the past, as far as there is one.
    BaselineCaptured {
        /// Seconds of history found.
        history_s: f64,
        /// Signals without data, with the reason.
        blind: Vec<(SignalKey, String)>,
    },
    /// An executing action finished one instance.
    InstanceDone {
        /// Which action.
        action: ActionId,
        /// Which instance.
        instance: InstanceId,
    },
    /// An action came to its end.
    ActionEnded {
        /// Which.
        action: ActionId,
        /// How.
        outcome: Outcome,
    },
    /// The detector's statement changed.
    Assessed(Assessment),
    /// What the watch has measured, for the record.
    Measured {
        /// Signal by signal.
        signals: Vec<Measured>,
    },
    /// It was looked up which values of labels account for what a signal shows.
    Located {
        /// Which signal.
        signal: SignalKey,
        /// Those that do.
        accounts: Vec<Contribution>,
        /// The stored counts.
        evidence: Option<EvidenceId>,
    },
    /// It was read whose changes came with the deployment.
    AuthorsRead {
        /// As commits and requests name them, each once.
        authors: Vec<String>,
    },
    /// The changes of the deployment were ranked by what hurts.
    Ranked(Box<Cause>),
    /// Somebody else's alert that belongs to it fires, or is over.
    Alerted {
        /// Which.
        alert: Box<Alert>,
        /// What its service is to this deployment.
        relation: Relation,
        /// Whether it fires.
        status: AlertStatus,
    },
    /// Whoever deploys said how it went.
    Reported {
        /// Who: the configured name of where it was said.
        by: String,
        /// How.
        outcome: Reported,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// The metrics source does not answer.
    MetricsLost {
        /// Which source.
        source: String,
        /// In its own words.
        error: String,
    },
    /// It answers again.
    MetricsBack {
        /// Which source.
        source: String,
    },
    /// The source answers, and warns that its answers may be incomplete.
    MetricsIncomplete {
        /// Which source.
        source: String,
        /// In its own words.
        warning: String,
    },
    /// Its answers are whole again.
    MetricsComplete {
        /// Which source.
        source: String,
    },
    /// After an action, the detector shows the signals back at normal.
    Cured {
        /// One entry for each signal that had moved.
        signals: Vec<Cured>,
    },
    /// A person pressed a button.
    Answered {
        /// Which question.
        approval: ApprovalId,
        /// Who.
        by: Actor,
        /// What they are to the deployment.
        #[serde(default)]
        duty: Duty,
        /// What.
        choice: Choice,
        /// Why, in their words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Somebody gave a command.
    Commanded {
        /// Who.
        by: Actor,
        /// What they are to the deployment.
        #[serde(default)]
        duty: Duty,
        /// What.
        command: Command,
        /// Why, in their words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Somebody said in hindsight whether the alarm, or the silence, was right.
    Judged {
        /// Who.
        by: Actor,
        /// What.
        judgement: Judgement,
        /// Why, in their words.
        #[serde(default)]
        note: Option<String>,
        /// Of harm that was missed: since when it was done.
        #[serde(default)]
        since: Option<Timestamp>,
    },
    /// Somebody said which change did it, or that none did.
    Named {
        /// Who.
        by: Actor,
        /// What it was; of a commit its beginning is enough.
        culprit: Culprit,
        /// Why, in their words.
        #[serde(default)]
        note: Option<String>,
    },
    /// A model looked into what a ranking is about, and what it wrote was checked.
    Investigated {
        /// The revision of the ranking.
        of: u64,
        /// What stands of what it wrote.
        report: Box<RootCauseReport>,
    },
    /// Somebody said whether the root-cause report was of use.
    RootCauseRated {
        /// Who.
        by: Actor,
        /// Whether it was.
        useful: bool,
        /// Why, in their words.
        #[serde(default)]
        note: Option<String>,
    },
    /// The analyst answered somebody.
    QuestionAnswered {
        /// Whom.
        by: Actor,
        /// What they asked, in their words.
        question: String,
        /// What stands of the answer.
        answer: Box<RootCauseReport>,
    },
    /// Somebody shows everybody what they were answered.
    AnswerShared {
        /// Who.
        by: Actor,
        /// The number of the answer.
        number: u32,
    },
    /// Somebody wants a link that shows the deployment to whoever has it.
    ShareAsked {
        /// Who.
        by: Actor,
        /// The link's name, as it will be.
        share: ShareId,
        /// Until when it is to open.
        until: Timestamp,
    },
    /// Somebody opened such a link.
    ShareOpened {
        /// Which.
        share: ShareId,
    },
    /// Somebody wants it to open no more.
    ShareRevoked {
        /// Who.
        by: Actor,
        /// Which.
        share: ShareId,
    },
    /// Somebody wants what did it undone, or mended, where the code is.
    FixAsked {
        /// Who.
        by: Actor,
        /// What they are to the deployment.
        #[serde(default)]
        duty: Duty,
        /// What.
        kind: FixKind,
        /// Whether an account is configured that can do it, as the edge has just found out.
        able: bool,
        /// Of which commit, or its beginning; of the most suspect one where none is named.
        #[serde(default)]
        suspect: Option<String>,
        /// Why, in their words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// It was opened, or could not be.
    FixEnded {
        /// Which.
        fix: ActionId,
        /// How.
        outcome: FixOutcome,
    },
    /// A client of models asks people for something.
    Requested {
        /// What.
        request: Request,
    },
    /// A client of models asks people for a fix.
    FixSuggested {
        /// Which.
        suggestion: Suggestion,
    },
    /// It takes that back.
    RequestTakenBack {
        /// Which request.
        request: ActionId,
        /// The client.
        client: String,
    },
    /// A timer is due.
    TimerFired {
        /// Which.
        timer: TimerName,
    },
    /// A newer deployment of the same service and environment has begun.
    Superseded {
        /// Which.
        by: DeploymentId,
    },
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// All of its instances are healthy on the wanted version.
    Done,
    /// It could not be done.
    Failed {
        /// Where, if it was one instance.
        instance: Option<InstanceId>,
        /// Why, for people.
        error: String,
        /// Whether what ran before runs there again, or was never touched. False where nobody knows.
        #[serde(default)]
        restored: bool,
    },
    /// It could not run in time or the outside had changed.
    Stale {
        /// What was found.
        why: String,
    },
    /// The deployment moved on before it was finished.
    Stopped,
}

/// A command of the CLI, the page or a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Freeze progress.
    Pause,
    /// Go on as paced.
    Resume,
    /// Keep paused.
    Hold,
    /// Bring the new version everywhere now.
    Promote,
    /// Go back.
    Rollback,
    /// Give the release up as it stands.
    Abandon,
}

impl Command {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Hold => "hold",
            Self::Promote => "promote",
            Self::Rollback => "rollback",
            Self::Abandon => "abandon",
        }
    }

    /// The answer that it amounts to, if it is one.
    #[must_use]
    pub fn as_choice(self) -> Option<Choice> {
        match self {
            Self::Pause => None,
            Self::Resume => Some(Choice::Resume),
            Self::Hold => Some(Choice::Hold),
            Self::Promote => Some(Choice::Promote),
            Self::Rollback => Some(Choice::Rollback),
            Self::Abandon => Some(Choice::Abandon),
        }
    }
}

/// Makes ids from an input's nonce: unguessable when the nonce is, and the same each time the input is decided.
#[derive(Debug)]
pub(crate) struct Ids<'a> {
    nonce: &'a str,
    next: u32,
}

impl<'a> Ids<'a> {
    pub(crate) fn of(input: &'a Input) -> Self {
        Self {
            nonce: &input.nonce,
            next: 0,
        }
    }

    pub(crate) fn action(&mut self) -> ActionId {
        self.take("act", ActionId::new)
    }

    pub(crate) fn approval(&mut self) -> ApprovalId {
        self.take("apr", ApprovalId::new)
    }

    fn take<T, E>(&mut self, prefix: &str, make: impl Fn(String) -> Result<T, E>) -> T {
        loop {
            let digest = Sha256::new()
                .chain_update(self.nonce)
                .chain_update(prefix)
                .chain_update(self.next.to_be_bytes())
                .finalize();
            self.next += 1;
            if let Ok(id) = make(format!("{prefix}_{}", hex::encode(&digest[..16]))) {
                return id;
            }
        }
    }
}
