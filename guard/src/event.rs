//! What has happened to a deployment, as the journal keeps it.
//!
//! Fields are only ever added (with a default); a change of meaning gets a new version and an upcaster.
//! Events carry the numbers that decided, so folding never judges again.

use crate::action::{Action, Basis};
use crate::actor::Actor;
use crate::alert::{Alert, AlertKey, Relation};
use crate::approval::{Approval, Choice, Refusal};
use crate::cause::Cause;
use crate::culprit::Culprit;
use crate::excess::Contribution;
use crate::finding::{Cured, Finding, FindingKey, Need};
use crate::fix::{Fix, FixTrouble, Opened, Suggestion};
use crate::ids::{ActionId, ApprovalId, DeploymentId, EvidenceId, InstanceId, ShareId, SignalKey};
use crate::judgement::Judgement;
use crate::measured::Measured;
use crate::plan::Plan;
use crate::queue::{Behind, TurnLost};
use crate::request::Request;
use crate::root_cause::RootCauseReport;
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod reason;
mod recorded;
mod shown;

pub use reason::{PauseReason, Reported};
pub use recorded::Recorded;

/// An event of a deployment's stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
#[allow(clippy::large_enum_variant)] // events live in short lists; boxing would only blur the patterns
pub enum Event {
    /// The deployment exists.
    DeploymentRequested {
        /// What is to happen.
        plan: Plan,
        /// Who asked.
        by: Actor,
    },
    /// Its lane is busy: it waits, and nothing is changed or watched. Told again when another one is before it.
    Queued {
        /// The deployment right before it.
        behind: Behind,
    },
    /// The lane is its own.
    TurnCame {
        /// What is to happen, made anew: what it goes on from is known only now.
        plan: Plan,
    },
    /// The past is known, as far as there is one.
    BaselineCaptured {
        /// Seconds of history.
        history_s: f64,
        /// Signals without data, with the reason.
        blind: Vec<(SignalKey, String)>,
    },
    /// Somebody wants something done outside.
    ActionRequested {
        /// What.
        action: Action,
    },
    /// It may be done.
    ActionAuthorised {
        /// Which action.
        action: ActionId,
        /// On whose word.
        basis: Basis,
    },
    /// One instance is healthy on the version that the action wanted.
    InstanceChanged {
        /// Which action.
        action: ActionId,
        /// Which instance.
        instance: InstanceId,
    },
    /// All instances of the action are.
    ActionExecuted {
        /// Which action.
        action: ActionId,
    },
    /// The action could not be done.
    ActionFailed {
        /// Which action.
        action: ActionId,
        /// Where, if it was one instance.
        instance: Option<InstanceId>,
        /// Why.
        error: String,
        /// Whether what ran before is known to run there again.
        #[serde(default)]
        restored: bool,
    },
    /// The action was not fired, because it was late or the outside had changed.
    ActionStale {
        /// Which action.
        action: ActionId,
        /// What was found.
        why: String,
    },
    /// The action ended early because the deployment had moved on.
    ActionStopped {
        /// Which action.
        action: ActionId,
    },
    /// A step's instances run the new version; they are watched until then.
    StepFinished {
        /// Which step.
        step: u32,
        /// Until when.
        bake_until: Timestamp,
    },
    /// A step is watched longer, because certainty is in reach; or the promoted release is, because
    /// something about it is undecided.
    BakeExtended {
        /// Which step.
        step: u32,
        /// Until when.
        bake_until: Timestamp,
        /// Whether it is the watch of the promoted release.
        #[serde(default)]
        whole: bool,
    },
    /// A signal moved.
    FindingOpened {
        /// Which, and how.
        finding: Finding,
    },
    /// A signal moved further: more evidence, or a limit.
    FindingWorsened {
        /// Which, and how.
        finding: Finding,
    },
    /// What moved is blamed on something else than before: more is known.
    FindingReattributed {
        /// Which, and on what it is blamed now.
        finding: Finding,
    },
    /// A signal came back by itself.
    FindingEnded {
        /// Which.
        key: FindingKey,
    },
    /// The overall judgement changed.
    VerdictChanged {
        /// To what.
        verdict: Verdict,
        /// What it still needs.
        needs: Vec<Need>,
    },
    /// The answer became stronger.
    TierRaised {
        /// What is carried out.
        tier: Tier,
        /// What the evidence deserves; higher than `tier` where autonomy stops it.
        deserved: Tier,
        /// The findings that decided.
        because: Vec<FindingKey>,
    },
    /// Progress is frozen.
    Paused {
        /// Why.
        reason: PauseReason,
        /// When people are asked, if nothing stronger has happened until then.
        #[serde(default)]
        ask_at: Option<Timestamp>,
    },
    /// Progress goes on.
    Resumed {
        /// Who said so.
        by: String,
        /// Why, in their words.
        reason: Option<String>,
        /// The findings that they accept.
        accepted: Vec<FindingKey>,
    },
    /// People are asked.
    ApprovalAsked {
        /// What.
        approval: Approval,
    },
    /// Half of the time is over and nobody has answered.
    ApprovalReminded {
        /// Which question.
        approval: ApprovalId,
    },
    /// A person is for an answer, and others have to agree.
    ApprovalBacked {
        /// Which question.
        approval: ApprovalId,
        /// Who.
        by: String,
        /// What they are for.
        choice: Choice,
        /// Whether the change is theirs.
        author: bool,
        /// How many have to agree.
        more: u32,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// A person went past a rule of who may answer what, and answers for it.
    GlassBroken {
        /// Who.
        by: String,
        /// What they answered or commanded.
        choice: Choice,
        /// What would have been said otherwise; none where others would have had to agree.
        instead: Option<Refusal>,
        /// Why, in their words.
        reason: String,
    },
    /// A person answered.
    ApprovalAnswered {
        /// Which question.
        approval: ApprovalId,
        /// Who.
        by: String,
        /// What.
        choice: Choice,
        /// Why, in their words.
        reason: Option<String>,
        /// Who had said the same before, where it needed more than one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        with: Vec<String>,
    },
    /// Nobody answered in time. What was paused stays paused.
    ApprovalExpired {
        /// Which question.
        approval: ApprovalId,
    },
    /// The state moved on; the question is void.
    ApprovalWithdrawn {
        /// Which question.
        approval: ApprovalId,
    },
    /// An answer or a command was refused.
    Refused {
        /// Who tried.
        by: String,
        /// What they wanted.
        wanted: String,
        /// The question, if it was an answer.
        approval: Option<ApprovalId>,
        /// Why not.
        refusal: Refusal,
    },
    /// A person said in hindsight whether the alarm, or the silence, was right. The last word counts.
    Judged {
        /// Who.
        by: String,
        /// What.
        judgement: Judgement,
        /// The strongest answer that had been given by then.
        raised: Tier,
        /// Why, in their words.
        #[serde(default)]
        note: Option<String>,
        /// Of harm that was missed: since when it was done.
        #[serde(default)]
        since: Option<Timestamp>,
    },
    /// The new version runs everywhere; it is watched until then.
    Promoted {
        /// Until when.
        bake_until: Timestamp,
    },
    /// The old version runs everywhere again.
    RolledBack {
        /// Which action did it.
        action: ActionId,
        /// Until when the cure must show.
        cure_until: Timestamp,
    },
    /// The signals that had moved are back at normal.
    CureConfirmed {
        /// After which action.
        action: ActionId,
        /// Each of them.
        signals: Vec<Cured>,
    },
    /// The rollback did not bring them back in time: the incident is open again.
    CureFailed {
        /// After which action.
        action: ActionId,
        /// Until when a late cure is still looked for.
        #[serde(default)]
        watch_until: Option<Timestamp>,
    },
    /// A late cure did not show either: nothing more is looked at.
    CureGivenUp {
        /// After which action.
        action: ActionId,
    },
    /// What was measured of each signal by now, whether it moved or not: kept when a watch ends or an answer
    /// is given.
    SignalsMeasured {
        /// Signal by signal.
        signals: Vec<Measured>,
    },
    /// Which values of labels account for what a signal shows.
    ExcessLocated {
        /// Which signal.
        signal: SignalKey,
        /// Those that do, the largest part first.
        accounts: Vec<Contribution>,
        /// The stored counts.
        #[serde(default)]
        evidence: Option<EvidenceId>,
    },
    /// Whose changes came with the deployment, as far as it was read.
    AuthorsKnown {
        /// As commits and requests name them: a login, or a name with an address.
        authors: Vec<String>,
    },
    /// The changes of the deployment were ranked by what hurts.
    CauseRanked {
        /// What it came to.
        cause: Box<Cause>,
    },
    /// Somebody else's alert fires that belongs to it.
    AlertJoined {
        /// Which.
        alert: Alert,
        /// What its service is to this deployment.
        relation: Relation,
    },
    /// One does not fire any more, whether it was heard before or not.
    AlertOver {
        /// Which.
        key: AlertKey,
        /// What it is called.
        name: String,
    },
    /// There are so many alerts that each of them says little.
    AlertStorm {
        /// How many within an hour, this one included.
        alerts: u32,
    },
    /// Whoever deploys said how it went.
    DeployReported {
        /// Who: the configured name of where it was said.
        by: String,
        /// How.
        outcome: Reported,
        /// Why, in their words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// A client of models asks people for something, and this question decides on it.
    RequestMade {
        /// What, and which client.
        request: Request,
        /// The question.
        approval: ApprovalId,
    },
    /// It took that back.
    RequestTakenBack {
        /// Which request.
        request: ActionId,
        /// The client.
        by: String,
    },
    /// A person said which change did it, or that none did. The last word of each person counts.
    CauseNamed {
        /// Who.
        by: String,
        /// What it was.
        culprit: Culprit,
        /// The place of the change among the suspects by then, from 1.
        #[serde(default)]
        place: Option<usize>,
        /// What the ranking had said by then.
        #[serde(default)]
        said: Option<crate::suspects::Verdict>,
        /// Why, in their words.
        #[serde(default)]
        note: Option<String>,
    },
    /// A model looked into what the ranking of this revision is about, and what it wrote was checked.
    RootCauseReported {
        /// The revision of the ranking.
        of: u64,
        /// What stands of what it wrote.
        report: Box<RootCauseReport>,
    },
    /// A person said whether the root-cause report was of use. The last word of each person counts.
    RootCauseRated {
        /// Who.
        by: String,
        /// Whether it was.
        useful: bool,
        /// Whether a model had written it.
        #[serde(default)]
        by_model: bool,
        /// Why, in their words.
        #[serde(default)]
        note: Option<String>,
    },
    /// Somebody asked about the deployment, and this stands of what the analyst answered: for them alone, until they share it.
    QuestionAnswered {
        /// Who.
        by: String,
        /// The number of the answer, from one on.
        number: u32,
        /// What they asked, in their words.
        question: String,
        /// The answer.
        answer: Box<RootCauseReport>,
    },
    /// Who was answered shows it to everybody in the thread.
    AnswerShared {
        /// Who.
        by: String,
        /// The number of the answer.
        number: u32,
    },
    /// Somebody made a link that shows the deployment to whoever has it.
    ShareMade {
        /// The link's own name: not what opens it.
        share: ShareId,
        /// Who.
        by: String,
        /// Until when it opens.
        until: Timestamp,
    },
    /// It was opened for the first time.
    ShareOpened {
        /// Which.
        share: ShareId,
    },
    /// Somebody ended it.
    ShareRevoked {
        /// Which.
        share: ShareId,
        /// Who.
        by: String,
    },
    /// A client of models asks people for a fix. None is opened by it.
    FixSuggested {
        /// What, and which client.
        suggestion: Suggestion,
        /// The commit that is meant.
        suspect: String,
        /// Its first line, as far as it is known.
        title: String,
        /// Until when people are shown it.
        until: Timestamp,
    },
    /// A person wants what did it undone, or mended, where the code is.
    FixRequested {
        /// What.
        fix: Fix,
        /// Who.
        by: String,
        /// Why, in their words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// It is open there, for people to look at and to merge.
    FixOpened {
        /// Which.
        fix: ActionId,
        /// What they have.
        opened: Opened,
    },
    /// It could not be made.
    FixFailed {
        /// Which.
        fix: ActionId,
        /// Why not.
        trouble: FixTrouble,
    },
    /// The metrics source does not answer.
    MetricsLost {
        /// Which.
        source: String,
        /// In its own words.
        error: String,
    },
    /// It answers again.
    MetricsBack {
        /// Which.
        source: String,
    },
    /// It answers, and says that its answers may be incomplete.
    MetricsIncomplete {
        /// Which.
        source: String,
        /// Its warning, in its own words.
        warning: String,
    },
    /// Its answers are whole again.
    MetricsComplete {
        /// Which.
        source: String,
    },
    /// The watch of the promoted release ended.
    BakeEnded {
        /// How it looked.
        verdict: Verdict,
        /// Whether the version counts as known good from now on.
        known_good: bool,
    },
    /// Somebody gave the release up as it stood: the lane is free, and nothing is changed any more.
    Abandoned {
        /// Who.
        by: String,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// The release could not be made; what ran before still runs.
    Failed {
        /// Why.
        error: String,
        /// Of one that waited for its lane: what became of the one before it.
        #[serde(default)]
        turn_lost: Option<TurnLost>,
    },
    /// A newer deployment took over.
    Superseded {
        /// Which.
        by: DeploymentId,
    },
}

impl Event {
    /// The stable name under which the journal keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::DeploymentRequested { .. } => "deployment_requested",
            Self::Queued { .. } => "queued",
            Self::TurnCame { .. } => "turn_came",
            Self::BaselineCaptured { .. } => "baseline_captured",
            Self::ActionRequested { .. } => "action_requested",
            Self::ActionAuthorised { .. } => "action_authorised",
            Self::InstanceChanged { .. } => "instance_changed",
            Self::ActionExecuted { .. } => "action_executed",
            Self::ActionFailed { .. } => "action_failed",
            Self::ActionStale { .. } => "action_stale",
            Self::ActionStopped { .. } => "action_stopped",
            Self::StepFinished { .. } => "step_finished",
            Self::BakeExtended { .. } => "bake_extended",
            Self::FindingOpened { .. } => "finding_opened",
            Self::FindingWorsened { .. } => "finding_worsened",
            Self::FindingReattributed { .. } => "finding_reattributed",
            Self::FindingEnded { .. } => "finding_ended",
            Self::VerdictChanged { .. } => "verdict_changed",
            Self::TierRaised { .. } => "tier_raised",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::ApprovalAsked { .. } => "approval_asked",
            Self::ApprovalReminded { .. } => "approval_reminded",
            Self::ApprovalBacked { .. } => "approval_backed",
            Self::GlassBroken { .. } => "glass_broken",
            Self::ApprovalAnswered { .. } => "approval_answered",
            Self::ApprovalExpired { .. } => "approval_expired",
            Self::ApprovalWithdrawn { .. } => "approval_withdrawn",
            Self::Refused { .. } => "refused",
            Self::Judged { .. } => "judged",
            Self::Promoted { .. } => "promoted",
            Self::RolledBack { .. } => "rolled_back",
            Self::CureConfirmed { .. } => "cure_confirmed",
            Self::CureFailed { .. } => "cure_failed",
            Self::CureGivenUp { .. } => "cure_given_up",
            Self::Abandoned { .. } => "abandoned",
            Self::SignalsMeasured { .. } => "signals_measured",
            Self::ExcessLocated { .. } => "excess_located",
            Self::AuthorsKnown { .. } => "authors_known",
            Self::CauseRanked { .. } => "cause_ranked",
            Self::AlertJoined { .. } => "alert_joined",
            Self::AlertOver { .. } => "alert_over",
            Self::AlertStorm { .. } => "alert_storm",
            Self::DeployReported { .. } => "deploy_reported",
            Self::CauseNamed { .. } => "cause_named",
            Self::RootCauseReported { .. } => "root_cause_reported",
            Self::RootCauseRated { .. } => "root_cause_rated",
            Self::QuestionAnswered { .. } => "question_answered",
            Self::AnswerShared { .. } => "answer_shared",
            Self::ShareMade { .. } => "share_made",
            Self::ShareOpened { .. } => "share_opened",
            Self::ShareRevoked { .. } => "share_revoked",
            Self::RequestMade { .. } => "request_made",
            Self::RequestTakenBack { .. } => "request_taken_back",
            Self::FixSuggested { .. } => "fix_suggested",
            Self::FixRequested { .. } => "fix_requested",
            Self::FixOpened { .. } => "fix_opened",
            Self::FixFailed { .. } => "fix_failed",
            Self::MetricsLost { .. } => "metrics_lost",
            Self::MetricsBack { .. } => "metrics_back",
            Self::MetricsIncomplete { .. } => "metrics_incomplete",
            Self::MetricsComplete { .. } => "metrics_complete",
            Self::BakeEnded { .. } => "bake_ended",
            Self::Failed { .. } => "failed",
            Self::Superseded { .. } => "superseded",
        }
    }

    /// The version of its shape.
    #[must_use]
    pub fn version(&self) -> u16 {
        1
    }
}
