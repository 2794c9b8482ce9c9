//! What can be asked of a state.

use super::{
    ActionRecord, AnswerRecord, ApprovalRecord, Cure, FindingRecord, Rated, State, Status,
};
use crate::action::{ActionKind, Progress};
use crate::alert::{AlertKey, AlertRecord};
use crate::approval::{Circumstances, Question, Standing};
use crate::cause::Cause;
use crate::culprit::Named;
use crate::event::{PauseReason, Reported};
use crate::finding::Need;
use crate::ids::{ActionId, ApprovalId, DeploymentId, InstanceId, ShareId, SignalKey, Version};
use crate::incident::Incident;
use crate::judgement::Judged;
use crate::measured::Measured;
use crate::plan::Plan;
use crate::queue::{Behind, TurnLost};
use crate::request::{Request, RequestRecord};
use crate::root_cause::RootCauseReport;
use crate::share::Share;
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;
use std::collections::BTreeMap;

impl State {
    /// What is to happen.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Who asked for the deployment.
    #[must_use]
    pub fn requested_by(&self) -> &str {
        &self.requested_by
    }

    /// Whose change it is, as far as it is known, as commits, requests and requesters are named.
    pub fn authors(&self) -> impl Iterator<Item = &str> {
        let asked = std::iter::once(&self.requested_by);
        asked.chain(&self.authors).map(String::as_str)
    }

    /// By what somebody's answer is weighed, as the question stands that is open.
    #[must_use]
    pub fn circumstances(&self) -> Circumstances<'_> {
        let open = self.open_approval();
        Circumstances {
            policy: &self.plan.policy,
            paused: self.status == Status::Paused,
            backings: open.map(|record| &record.backings[..]).unwrap_or_default(),
        }
    }

    /// Whether it was said whose changes came with it.
    #[must_use]
    pub fn authors_known(&self) -> bool {
        !self.authors.is_empty()
    }

    /// When.
    #[must_use]
    pub fn requested_at(&self) -> Timestamp {
        self.requested_at
    }

    /// The revision of the last event folded.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// When the last event happened.
    #[must_use]
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Seconds of history before the change; none before the baseline was captured.
    #[must_use]
    pub fn history_s(&self) -> Option<f64> {
        self.history_s
    }

    /// Signals without data, with the reason.
    #[must_use]
    pub fn blind(&self) -> &[(SignalKey, String)] {
        &self.blind
    }

    /// The step that is under way or being watched, from 0.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Until when the present step, or the promoted release, is watched.
    #[must_use]
    pub fn bake_until(&self) -> Option<Timestamp> {
        self.bake_until
    }

    /// One action.
    #[must_use]
    pub fn action(&self, id: &ActionId) -> Option<&ActionRecord> {
        self.actions.get(id)
    }

    /// All actions.
    pub fn actions(&self) -> impl Iterator<Item = &ActionRecord> {
        self.actions.values()
    }

    /// One question.
    #[must_use]
    pub fn approval(&self, id: &ApprovalId) -> Option<&ApprovalRecord> {
        self.approvals.get(id)
    }

    /// The question that is open, if one is. There is never more than one.
    #[must_use]
    pub fn open_approval(&self) -> Option<&ApprovalRecord> {
        self.approvals
            .values()
            .find(|record| record.standing == Standing::Open)
    }

    /// All questions.
    pub fn approvals(&self) -> impl Iterator<Item = &ApprovalRecord> {
        self.approvals.values()
    }

    /// One request of a client of models.
    #[must_use]
    pub fn request(&self, id: &ActionId) -> Option<&RequestRecord> {
        self.requests.get(id)
    }

    /// All requests of clients of models.
    pub fn requests(&self) -> impl Iterator<Item = &RequestRecord> {
        self.requests.values()
    }

    /// Whether this question was asked for the sake of this request.
    #[must_use]
    pub fn is_asked_by(&self, request: &Request, approval: &ApprovalId) -> bool {
        let asked = self
            .approval(approval)
            .map(|record| &record.approval.question);
        matches!(asked, Some(Question::Requested { request: of }) if of.id == request.id)
    }

    /// All findings, also those that ended.
    pub fn findings(&self) -> impl Iterator<Item = &FindingRecord> {
        self.findings.values()
    }

    /// The findings that stand.
    pub fn open_findings(&self) -> impl Iterator<Item = &FindingRecord> {
        self.findings
            .values()
            .filter(|record| record.ended_at.is_none())
    }

    /// The judgement as last journalled.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict
    }

    /// What an inconclusive verdict still needs.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// The answer in force: quiet again once people resumed, and only new or worse findings raise it.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// The strongest answer given so far.
    #[must_use]
    pub fn highest_tier(&self) -> Tier {
        self.highest_tier
    }

    /// Why progress is frozen.
    #[must_use]
    pub fn paused(&self) -> Option<&PauseReason> {
        self.paused.as_ref()
    }

    /// The metrics source that does not answer, and its error.
    #[must_use]
    pub fn metrics_lost(&self) -> Option<(&str, &str)> {
        self.metrics_lost
            .as_ref()
            .map(|(source, error)| (source.as_str(), error.as_str()))
    }

    /// The metrics source whose answers may be incomplete, and its warning.
    #[must_use]
    pub fn metrics_incomplete(&self) -> Option<(&str, &str)> {
        self.metrics_incomplete
            .as_ref()
            .map(|(source, warning)| (source.as_str(), warning.as_str()))
    }

    /// Whether a rollback helped.
    #[must_use]
    pub fn cure(&self) -> &Cure {
        &self.cure
    }

    /// Whether nothing more will be judged.
    #[must_use]
    pub fn watch_over(&self) -> bool {
        self.watch_over
    }

    /// Whether the new version's bake ended healthy.
    #[must_use]
    pub fn known_good(&self) -> bool {
        self.known_good
    }

    /// Why the deployment failed.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Who gave it up, if somebody did.
    #[must_use]
    pub fn abandoned_by(&self) -> Option<&str> {
        self.abandoned_by.as_deref()
    }

    /// The newer deployment that took over, if one did.
    #[must_use]
    pub fn superseded_by(&self) -> Option<&DeploymentId> {
        self.superseded_by.as_ref()
    }

    /// What people last said in hindsight.
    #[must_use]
    pub fn judged(&self) -> Option<&Judged> {
        self.judged.as_ref()
    }

    /// What moved, as one incident; none where nothing ever did.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        self.incidents.incident.as_ref()
    }

    /// Whether what was measured by now has yet to be kept for the record.
    #[must_use]
    pub fn measures_wanted(&self) -> bool {
        self.measures_wanted
    }

    /// What was measured of each signal when it was last kept.
    #[must_use]
    pub fn all_measured(&self) -> &[Measured] {
        &self.measured
    }

    /// What was measured of a signal when it was last kept.
    #[must_use]
    pub fn measured(&self, signal: &SignalKey) -> Option<&Measured> {
        self.measured.iter().find(|one| one.signal == *signal)
    }

    /// Whether it was looked up which values of labels account for what this signal shows.
    #[must_use]
    pub fn is_located(&self, signal: &SignalKey) -> bool {
        self.located.contains(signal)
    }

    /// Since when the cure has been looked for, as long as it is: also after it was late.
    #[must_use]
    pub fn cure_sought_since(&self) -> Option<Timestamp> {
        match &self.cure {
            Cure::Awaited { since, .. } | Cure::Failed { since, .. } if !self.watch_over => {
                Some(*since)
            }
            _ => None,
        }
    }

    /// The deployment behind which it waits for its lane; none once it began or gave up.
    #[must_use]
    pub fn queued_behind(&self) -> Option<&Behind> {
        self.queued.as_ref().filter(|_| !self.ended())
    }

    /// Whether it waits for its lane: nothing is changed or watched.
    #[must_use]
    pub fn is_queued(&self) -> bool {
        self.queued_behind().is_some()
    }

    /// Whether it waited for its lane and ended without ever having had it.
    #[must_use]
    pub fn never_began(&self) -> bool {
        self.queued.is_some() && self.ended()
    }

    /// What became of the deployment before it, where it never began because of that.
    #[must_use]
    pub fn turn_lost(&self) -> Option<&TurnLost> {
        self.turn_lost.as_ref()
    }

    /// Whether there is something to give up: its lane, or its place in the queue for it.
    #[must_use]
    pub fn can_be_given_up(&self) -> bool {
        self.holds_lane() || self.is_queued()
    }

    /// Whether it holds its lane, so that no other deployment may begin: until it is promoted or ends,
    /// and again while it is being rolled back.
    #[must_use]
    pub fn holds_lane(&self) -> bool {
        match self.status {
            Status::Pending => !self.is_queued(),
            Status::Progressing | Status::Paused => true,
            Status::Promoted => self.rolling_back(),
            Status::RolledBack | Status::Failed | Status::Superseded => false,
        }
    }

    /// The version that an instance should have, as far as the journal knows.
    #[must_use]
    pub fn version_of(&self, instance: &InstanceId) -> Option<&Version> {
        let newest = self
            .actions
            .values()
            .filter(|record| record.done.contains_key(instance))
            .max_by_key(|record| record.requested_at)
            .map(|record| &record.action.version);
        newest.or(self.plan.from.as_ref())
    }

    /// The instances that got the new version, and when the change of each was finished.
    pub fn renewed(&self) -> impl Iterator<Item = (&InstanceId, Timestamp)> {
        let brought_out = self.actions().filter(|record| record.brought_out());
        brought_out.flat_map(|record| record.done.iter().map(|(instance, at)| (instance, *at)))
    }

    /// When the first instance began to change.
    #[must_use]
    pub fn first_change(&self) -> Option<Timestamp> {
        let brought_out = self.actions().filter(|record| record.brought_out());
        brought_out.map(|record| record.requested_at).min()
    }

    /// Which change did it, as each person last said.
    #[must_use]
    pub fn named(&self) -> &BTreeMap<String, Named> {
        &self.named
    }

    /// Which change did it, as last said, and how often it was said.
    #[must_use]
    pub fn cause(&self) -> Option<(&Cause, u32)> {
        self.cause.as_ref().map(|(cause, times)| (cause, *times))
    }

    /// What a model wrote about why it hurts, as far as it stands, and about the ranking of which revision.
    #[must_use]
    pub fn explained(&self) -> Option<(u64, &RootCauseReport)> {
        self.explained.as_ref().map(|(of, report)| (*of, &**report))
    }

    /// Whether the root-cause report was of use, as each person last said.
    #[must_use]
    pub fn rated(&self) -> &BTreeMap<String, Rated> {
        &self.rated
    }

    /// What the analyst answered people lately, the newest last.
    pub fn answers(&self) -> impl DoubleEndedIterator<Item = &AnswerRecord> {
        self.answers.iter()
    }

    /// Links that show it to whoever has them, the newest last.
    #[must_use]
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// One of them.
    #[must_use]
    pub fn share(&self, id: &ShareId) -> Option<&Share> {
        self.shares.iter().find(|known| known.id == *id)
    }

    /// Since when nothing of it is watched any more.
    #[must_use]
    pub fn over_at(&self) -> Option<Timestamp> {
        self.over_at
    }

    /// What is known of an alert.
    #[must_use]
    pub fn alert(&self, key: &AlertKey) -> Option<&AlertRecord> {
        self.alerts.get(key)
    }

    /// The alerts that it has heard of.
    pub fn alerts(&self) -> impl Iterator<Item = &AlertRecord> {
        self.alerts.values()
    }

    /// The same, each with what tells it from all others.
    pub fn known_alerts(&self) -> impl Iterator<Item = (&AlertKey, &AlertRecord)> {
        self.alerts.iter()
    }

    /// Whether there were so many alerts that each says little.
    #[must_use]
    pub fn alert_storm(&self) -> bool {
        self.alert_storm
    }

    /// How it went, by the word of whoever deploys.
    #[must_use]
    pub fn reported(&self) -> Option<Reported> {
        self.reported
    }

    /// Whether anything of the new version has been brought out, or may have been.
    #[must_use]
    pub fn touched(&self) -> bool {
        self.actions.values().any(ActionRecord::brought_out)
    }

    /// Whether all instances run the new version.
    #[must_use]
    pub fn everywhere(&self) -> bool {
        self.plan
            .instances()
            .all(|instance| self.version_of(instance) == Some(&self.plan.to))
    }

    /// The action that has been authorised and has not ended.
    #[must_use]
    pub fn running_action(&self) -> Option<&ActionRecord> {
        self.actions
            .values()
            .find(|record| matches!(record.progress, Progress::Authorised(_)))
    }

    /// Whether a rollback has been authorised and has not ended.
    #[must_use]
    pub fn rolling_back(&self) -> bool {
        self.actions.values().any(|record| {
            record.action.kind == ActionKind::RollBack
                && matches!(record.progress, Progress::Authorised(_))
        })
    }

    /// Whether the deployment has reached an end from which it does not move by itself.
    #[must_use]
    pub fn ended(&self) -> bool {
        matches!(
            self.status,
            Status::RolledBack | Status::Failed | Status::Superseded
        )
    }
}
