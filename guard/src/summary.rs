//! A deployment in one line: what lists sort, filter and mark by, without reading its events again.

use crate::figures::Case;
use crate::ids::{ApprovalId, DeploymentId, Environment, ServiceName, Version};
use crate::judgement::Judgement;
use crate::policy::Autonomy;
use crate::queue::Behind;
use crate::report::{self, Level, Release};
use crate::situation::Situation;
use crate::state::{State, Status};
use crate::trust::{Answered, Ratings};
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the shape and the meaning of [`Summary`]: a kept one of another version is made anew.
pub const VERSION: u32 = 2;

/// A deployment in one line. Nothing acts on it, so unlike a [`State`] it may be stored and read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Which.
    pub deployment: DeploymentId,
    /// Of what.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// The version before; none at a first release.
    pub from: Option<Version>,
    /// The new one.
    pub to: Version,
    /// The revision of the last event.
    pub revision: u64,
    /// Where it stands.
    pub status: Status,
    /// The same as a reader sees it.
    pub situation: Situation,
    /// The judgement as last journalled.
    pub verdict: Option<Verdict>,
    /// The answer in force.
    pub tier: Tier,
    /// The strongest one.
    pub highest_tier: Tier,
    /// The deployment behind which it waits.
    pub behind: Option<Behind>,
    /// Whether it ever had its lane.
    pub began: bool,
    /// The open question, and until when it can be answered.
    pub asks: Option<(ApprovalId, Timestamp)>,
    /// What moved, where anything did.
    pub incident: Option<Hurt>,
    /// What people last said in hindsight.
    pub judged: Option<Judgement>,
    /// What people last said did it, and what the ranking had said to them.
    pub answered: Option<Answered>,
    /// What people said of the root-cause report.
    pub ratings: Ratings,
    /// All questions that were ever asked.
    pub questions: Vec<ApprovalId>,
    /// What Tawny might do by the policy that it began with.
    pub autonomy: Autonomy,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// Whether nothing more will be judged.
    pub over: bool,
    /// As far as figures go.
    pub case: Case,
    /// What its signals were, in the order of its report.
    pub levels: Vec<Level>,
}

/// The incident of a deployment, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hurt {
    /// When it was found.
    pub opened_at: Timestamp,
    /// Whether it goes on.
    pub open: bool,
}

impl Summary {
    /// A deployment as it stands.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let plan = state.plan();
        let asks = state.open_approval();
        Self {
            deployment: plan.deployment.clone(),
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            from: plan.from.clone(),
            to: plan.to.clone(),
            revision: state.revision(),
            status: state.status(),
            situation: Situation::of(state),
            verdict: state.verdict(),
            tier: state.tier(),
            highest_tier: state.highest_tier(),
            behind: state.queued_behind().cloned(),
            began: !state.is_queued() && !state.never_began(),
            asks: asks.map(|asks| (asks.approval.id.clone(), asks.approval.expires_at)),
            incident: state.incident().map(|incident| Hurt {
                opened_at: incident.opened_at.0,
                open: !incident.standing.over(),
            }),
            judged: state.judged().map(|judged| judged.judgement),
            answered: Answered::of(state),
            ratings: Ratings::of(state),
            questions: state
                .approvals()
                .map(|one| one.approval.id.clone())
                .collect(),
            autonomy: plan.policy.autonomy,
            requested_by: state.requested_by().to_owned(),
            requested_at: state.requested_at(),
            updated_at: state.updated_at(),
            over: state.watch_over(),
            case: Case::of(state),
            levels: report::levels(state),
        }
    }

    /// As far as trends go.
    #[must_use]
    pub fn release(&self) -> Release<'_> {
        Release {
            deployment: self.deployment.as_str(),
            version: self.to.as_str(),
            levels: &self.levels,
        }
    }

    /// Whether something is still expected of it: it has not reached an end, and is looked at.
    #[must_use]
    pub fn moves(&self) -> bool {
        let ended = matches!(
            self.status,
            Status::RolledBack | Status::Failed | Status::Superseded
        );
        !self.over && !ended
    }
}
