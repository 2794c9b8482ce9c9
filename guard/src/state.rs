//! A deployment as it stands: the fold of its events, and nothing else.

use crate::action::{Action, ActionKind, Progress};
use crate::approval::{Approval, Standing};
use crate::event::{Event, PauseReason, Recorded};
use crate::finding::{Cured, Finding, FindingKey, Need};
use crate::ids::{ActionId, ApprovalId, DeploymentId, InstanceId, SignalKey, Version};
use crate::incident::{self, Incident};
use crate::judgement::Judged;
use crate::plan::Plan;
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

mod apply;

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Requested; nothing has changed yet.
    Pending,
    /// Going on.
    Progressing,
    /// Frozen.
    Paused,
    /// The new version runs everywhere.
    Promoted,
    /// The old version runs everywhere again.
    RolledBack,
    /// It could not be made, or was given up.
    Failed,
    /// A newer deployment took over.
    Superseded,
}

impl Status {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Progressing => "progressing",
            Self::Paused => "paused",
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }
}

/// An action and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRecord {
    /// As requested.
    pub action: Action,
    /// How far it is.
    pub progress: Progress,
    /// The instances that it has finished.
    pub done: BTreeSet<InstanceId>,
    /// When it was requested.
    pub requested_at: Timestamp,
}

impl ActionRecord {
    /// Whether it brought the new version to any of its instances, or may have.
    #[must_use]
    pub fn brought_out(&self) -> bool {
        self.action.kind != ActionKind::RollBack
            && match &self.progress {
                Progress::Requested => false,
                // What was found out before the first instance touched none of them.
                Progress::Stale(_) => !self.done.is_empty(),
                _ => true,
            }
    }
}

/// A question and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalRecord {
    /// As asked.
    pub approval: Approval,
    /// Whether it is still open, and how it ended.
    pub standing: Standing,
    /// When it was asked.
    pub asked_at: Timestamp,
}

/// A finding and how it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRecord {
    /// As last journalled.
    pub finding: Finding,
    /// When it was first said.
    pub opened_at: Timestamp,
    /// When it ended by itself.
    pub ended_at: Option<Timestamp>,
    /// Whether a person has accepted it.
    pub accepted: bool,
    /// How often it opened or ended: a flapping signal is folded, not told.
    pub changes: u32,
    /// When it last did.
    pub changed_at: Timestamp,
}

/// A deployment as it stands. Only folding makes one: its fields are private, it has no default and
/// cannot be read from a document, because executors act on what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub(crate) plan: Plan,
    pub(crate) requested_by: String,
    pub(crate) requested_at: Timestamp,
    pub(crate) revision: u64,
    pub(crate) updated_at: Timestamp,
    pub(crate) status: Status,
    pub(crate) history_s: Option<f64>,
    pub(crate) blind: Vec<(SignalKey, String)>,
    /// The step that is under way or being watched.
    pub(crate) step: u32,
    pub(crate) bake_until: Option<Timestamp>,
    pub(crate) extensions: u32,
    pub(crate) actions: BTreeMap<ActionId, ActionRecord>,
    pub(crate) approvals: BTreeMap<ApprovalId, ApprovalRecord>,
    pub(crate) findings: BTreeMap<FindingKey, FindingRecord>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) verdict_changes: u32,
    pub(crate) verdict_changed_at: Timestamp,
    /// Whether it was shown healthy against a control and nothing has spoken against it since.
    pub(crate) shown_healthy: bool,
    /// Since when the new version runs everywhere.
    pub(crate) everywhere_since: Option<Timestamp>,
    /// How often only what is needed changed, and when it last did.
    pub(crate) needs_changes: u32,
    pub(crate) needs_changed_at: Timestamp,
    pub(crate) needs: Vec<Need>,
    pub(crate) tier: Tier,
    pub(crate) highest_tier: Tier,
    pub(crate) paused: Option<PauseReason>,
    pub(crate) unsure_accepted: bool,
    pub(crate) metrics_lost: Option<(String, String)>,
    pub(crate) metrics_incomplete: Option<(String, String)>,
    pub(crate) metrics_changes: u32,
    pub(crate) metrics_changed_at: Timestamp,
    pub(crate) cure: Cure,
    pub(crate) watch_over: bool,
    pub(crate) known_good: bool,
    pub(crate) failure: Option<String>,
    pub(crate) abandoned_by: Option<String>,
    pub(crate) superseded_by: Option<DeploymentId>,
    pub(crate) judged: Option<Judged>,
    /// Whether what was measured by now has yet to be kept.
    pub(crate) measures_wanted: bool,
    /// Signals of which it was looked up where they moved.
    pub(crate) located: BTreeSet<SignalKey>,
    /// The findings together, and what became of them.
    pub(crate) incidents: incident::Fold,
}

/// Whether a rollback helped.
#[derive(Debug, Clone, PartialEq)]
pub enum Cure {
    /// Nothing was rolled back yet.
    NotNeeded,
    /// Rolled back; the proof is awaited.
    Awaited {
        /// After which action.
        action: ActionId,
        /// Since when the old version runs everywhere.
        since: Timestamp,
    },
    /// Proven.
    Confirmed {
        /// When.
        at: Timestamp,
        /// Signal by signal.
        signals: Vec<Cured>,
    },
    /// It did not show in time.
    Failed {
        /// After which action.
        action: ActionId,
        /// Since when the old version runs everywhere.
        since: Timestamp,
        /// When this was said.
        at: Timestamp,
    },
}

/// Why events do not fold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The first event of a deployment is its request.
    #[error("the stream begins with `{0}`: expected `deployment_requested`")]
    NoBeginning(&'static str),
    /// A hole in the stream.
    #[error("revision {found} follows {last}: expected {}", last + 1)]
    Gap {
        /// The last good revision.
        last: u64,
        /// The one that came.
        found: u64,
    },
}

impl State {
    /// Folds a whole stream; none when it is empty.
    pub fn fold<'a>(
        records: impl IntoIterator<Item = &'a Recorded>,
    ) -> Result<Option<Self>, FoldError> {
        let mut state: Option<Self> = None;
        for record in records {
            match &mut state {
                Some(state) => state.push(record)?,
                None => state = Some(Self::begin(record)?),
            }
        }
        Ok(state)
    }

    /// Takes the next event of the stream.
    pub fn push(&mut self, record: &Recorded) -> Result<(), FoldError> {
        if record.revision != self.revision + 1 {
            return Err(FoldError::Gap {
                last: self.revision,
                found: record.revision,
            });
        }
        self.revision = record.revision;
        self.updated_at = record.at;
        self.apply(&record.event, record.at);
        Ok(())
    }

    /// As it will stand once these events are written.
    pub(crate) fn after(&self, events: &[Event], at: Timestamp) -> Self {
        let mut state = self.clone();
        for event in events {
            state.apply(event, at);
        }
        state
    }

    fn begin(record: &Recorded) -> Result<Self, FoldError> {
        let Event::DeploymentRequested { plan, by } = &record.event else {
            return Err(FoldError::NoBeginning(record.event.name()));
        };
        if record.revision != 1 {
            return Err(FoldError::Gap {
                last: 0,
                found: record.revision,
            });
        }
        Ok(Self {
            plan: plan.clone(),
            requested_by: by.name().to_owned(),
            requested_at: record.at,
            revision: 1,
            updated_at: record.at,
            status: Status::Pending,
            history_s: None,
            blind: Vec::new(),
            step: 0,
            bake_until: None,
            extensions: 0,
            actions: BTreeMap::new(),
            approvals: BTreeMap::new(),
            findings: BTreeMap::new(),
            verdict: None,
            verdict_changes: 0,
            verdict_changed_at: record.at,
            shown_healthy: false,
            everywhere_since: None,
            needs_changes: 0,
            needs_changed_at: record.at,
            needs: Vec::new(),
            tier: Tier::Quiet,
            highest_tier: Tier::Quiet,
            paused: None,
            unsure_accepted: false,
            metrics_lost: None,
            metrics_incomplete: None,
            metrics_changes: 0,
            metrics_changed_at: record.at,
            cure: Cure::NotNeeded,
            watch_over: false,
            known_good: false,
            failure: None,
            abandoned_by: None,
            superseded_by: None,
            judged: None,
            measures_wanted: false,
            located: BTreeSet::new(),
            incidents: incident::Fold::default(),
        })
    }

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

    /// Whether it holds its lane, so that no other deployment may begin: until it is promoted or ends,
    /// and again while it is being rolled back.
    #[must_use]
    pub fn holds_lane(&self) -> bool {
        match self.status {
            Status::Pending | Status::Progressing | Status::Paused => true,
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
            .filter(|record| record.done.contains(instance))
            .max_by_key(|record| record.requested_at)
            .map(|record| &record.action.version);
        newest.or(self.plan.from.as_ref())
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
