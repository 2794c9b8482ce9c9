//! A deployment as it stands: the fold of its events, and nothing else.

use crate::alert::{AlertKey, AlertRecord};
use crate::cause::Cause;
use crate::culprit::Named;
use crate::event::{Event, PauseReason, Recorded, Reported};
use crate::finding::{FindingKey, Need};
use crate::fix::{FixRecord, SuggestionRecord};
use crate::ids::{ActionId, ApprovalId, DeploymentId, SignalKey};
use crate::incident;
use crate::judgement::Judged;
use crate::measured::Measured;
use crate::plan::Plan;
use crate::queue::{Behind, TurnLost};
use crate::request::RequestRecord;
use crate::root_cause::RootCauseReport;
use crate::share::Share;
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

mod apply;
mod levels;
mod moments;
mod parts;
mod reads;

pub(crate) use moments::Moments;
pub use parts::{ActionRecord, AnswerRecord, ApprovalRecord, Cure, FindingRecord, Rated, Status};

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
    /// The deployment behind which it waits, or waited in vain.
    pub(crate) queued: Option<Behind>,
    /// What became of that, where it lost its turn by it.
    pub(crate) turn_lost: Option<TurnLost>,
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
    /// Since when.
    pub(crate) over_at: Option<Timestamp>,
    pub(crate) known_good: bool,
    pub(crate) failure: Option<String>,
    pub(crate) abandoned_by: Option<String>,
    pub(crate) superseded_by: Option<DeploymentId>,
    pub(crate) judged: Option<Judged>,
    /// Whether what was measured by now has yet to be kept.
    pub(crate) measures_wanted: bool,
    /// What was measured of each signal when it was last kept.
    pub(crate) measured: Vec<Measured>,
    /// Signals of which it was looked up where they moved.
    pub(crate) located: BTreeSet<SignalKey>,
    /// Whose changes came with it, as commits and requests name them.
    pub(crate) authors: Vec<String>,
    /// Which change did it, as last said, and how often it was said.
    pub(crate) cause: Option<(Cause, u32)>,
    /// What a model wrote about which ranking, as far as it stands.
    pub(crate) explained: Option<(u64, Box<RootCauseReport>)>,
    /// Whether the root-cause report was of use, as each person last said.
    pub(crate) rated: BTreeMap<String, Rated>,
    /// Links that show it to whoever has them, the newest last.
    pub(crate) shares: Vec<Share>,
    /// What the analyst answered people, the newest last; old ones are forgotten.
    pub(crate) answers: VecDeque<AnswerRecord>,
    /// Alerts of others, and whether they are over.
    pub(crate) alerts: BTreeMap<AlertKey, AlertRecord>,
    /// Whether there are so many that each says little.
    pub(crate) alert_storm: bool,
    /// How it went, by the word of whoever deploys.
    pub(crate) reported: Option<Reported>,
    /// What each person last said of it.
    pub(crate) named: BTreeMap<String, Named>,
    /// What clients of models asked people for.
    pub(crate) requests: BTreeMap<ActionId, RequestRecord>,
    /// What people asked to be proposed where the code is.
    pub(crate) fixes: BTreeMap<ActionId, FixRecord>,
    /// The fixes that clients of models asked people for.
    pub(crate) suggestions: BTreeMap<ActionId, SuggestionRecord>,
    /// The findings together, and what became of them.
    pub(crate) incidents: incident::Fold,
    /// When what figures count first happened.
    pub(crate) moments: Moments,
    /// What the signals were with the new version.
    pub(crate) levels: levels::Levels,
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
            queued: None,
            turn_lost: None,
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
            over_at: None,
            known_good: false,
            failure: None,
            abandoned_by: None,
            superseded_by: None,
            judged: None,
            measures_wanted: false,
            measured: Vec::new(),
            located: BTreeSet::new(),
            authors: Vec::new(),
            cause: None,
            explained: None,
            rated: BTreeMap::new(),
            shares: Vec::new(),
            answers: VecDeque::new(),
            alerts: BTreeMap::new(),
            alert_storm: false,
            reported: None,
            named: BTreeMap::new(),
            requests: BTreeMap::new(),
            fixes: BTreeMap::new(),
            suggestions: BTreeMap::new(),
            incidents: incident::Fold::default(),
            moments: Moments::default(),
            levels: levels::Levels::default(),
        })
    }
}
