//! Under which name and in which shape the journal keeps an event.

use super::Event;

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
