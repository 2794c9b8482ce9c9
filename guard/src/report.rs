//! The health report of a deployment: facts folded from its events, for every deployment, good or bad.
//! Pure: the same events give the same report. Words are made elsewhere.

use crate::at::At;
use crate::event::{Event, Recorded};
use crate::incident::Incident;
use crate::state::{FoldError, State, Status};
use crate::verdict::{Comparison, Tier, Verdict};
use serde::Serialize;

mod deeds;
mod earlier;
mod gaps;
mod impact;
mod measures;
mod postmortem;
mod risk;
mod score;
mod signals;
mod suggest;
#[cfg(test)]
mod tests;
mod times;

pub use deeds::{Deed, Ended, Question, QuestionEnd, Word};
pub use earlier::{Earlier, Level, Release, Trend, TrendPoint, levels, trends};
pub use gaps::{Gap, Missing};
pub use impact::{Contribution, Impact};
pub use postmortem::{Cause, Lost, Part, Postmortem, Well};
pub use risk::{Risk, RiskFactor, RiskLevel};
pub use score::{Check, Checks, Score};
pub use signals::{FindingEnd, FindingRow, SignalRow, SignalVerdict};
pub use suggest::Suggestion;
pub use times::{GOAL_DETECT_S, GOAL_RECOVER_S, Times};

/// What a deployment has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is still going on.
    UnderWay,
    /// It is paused, and people are asked or looked for.
    Waiting,
    /// A person keeps it paused.
    Held,
    /// Nobody answered in time; it stays paused.
    Expired,
    /// The new version runs everywhere.
    Promoted,
    /// The old version runs everywhere again.
    RolledBack,
    /// It could not be made; what ran before still runs.
    Failed,
    /// Somebody gave it up as it stood.
    Abandoned,
    /// A newer deployment took over.
    Superseded,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnderWay => "under_way",
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Expired => "expired",
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Superseded => "superseded",
        }
    }
}

/// A signal without data, with the reason as the watch journalled it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blind {
    /// Which.
    pub signal: String,
    /// Why: `no_series`, `not_exported`, `query_failed`, …
    pub why: String,
}

/// Why there is nothing of a signal that the service does not have.
const NOT_EXPORTED: &str = "not_exported";

impl Blind {
    /// Whether it was expected to have data: what a service does not export is left out on purpose.
    #[must_use]
    pub fn surprises(&self) -> bool {
        self.why != NOT_EXPORTED
    }
}

/// Everything that is known of a deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The deployment.
    pub deployment: String,
    /// What changed.
    pub service: String,
    /// Where.
    pub environment: String,
    /// The version before; none at a first release.
    pub from: Option<String>,
    /// The new version.
    pub to: String,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub requested_at: At,
    /// When something last happened to it.
    pub updated_at: At,
    /// What it has come to.
    pub outcome: Outcome,
    /// Why it failed, if it did.
    pub failure: Option<String>,
    /// The judgement as last journalled.
    pub verdict: Option<Verdict>,
    /// The strongest answer.
    pub tier: Tier,
    /// Whether the watch is over: until then the report may change.
    pub finished: bool,
    /// Whether the new version counts as known good.
    pub known_good: bool,
    /// Instances that run the new version, by what the journal knows.
    pub changed: usize,
    /// All instances.
    pub instances: usize,
    /// How the signals were compared.
    pub comparison: Comparison,
    /// Seconds of history before the change; none before the baseline was captured.
    pub history_s: Option<f64>,
    /// Signal by signal; none were measured before the first answer or end.
    pub signals: Vec<SignalRow>,
    /// Signals without data from the beginning.
    pub blind: Vec<Blind>,
    /// What moved, and what became of it.
    pub findings: Vec<FindingRow>,
    /// The findings together.
    pub incident: Option<Incident>,
    /// What it cost; none where nothing moved.
    pub impact: Option<Impact>,
    /// What was done, on whose word.
    pub deeds: Vec<Deed>,
    /// What people were asked.
    pub questions: Vec<Question>,
    /// How long things took, beside what they should.
    pub times: Times,
    /// When nothing was measured, or nobody answered.
    pub gaps: Vec<Gap>,
    /// What spoke against this deployment before it began.
    pub risk: Risk,
    /// Health in a number, counted in two ways.
    pub score: Score,
    /// What would make the next one safer.
    pub suggestions: Vec<Suggestion>,
    /// The deployments of the same service before, the newest first.
    pub earlier: Vec<Earlier>,
    /// What the signals were after each of them.
    pub trends: Vec<Trend>,
    /// What people said in hindsight: `real false_alarm missed fine`.
    pub judged: Option<String>,
    /// Which change did it, as far as it was ranked.
    pub cause: Option<crate::cause::Cause>,
    /// Which change did it, as each person last said; in the order in which they said it.
    pub named: Vec<Blamed>,
    /// What a model wrote about why it hurts, as far as it stands: a document of its own.
    #[serde(skip)]
    pub root_cause: Option<Box<crate::root_cause::RootCauseReport>>,
}

/// What a person says did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blamed {
    /// Who.
    pub by: String,
    /// What it was.
    pub culprit: crate::culprit::Culprit,
    /// Why, in their words.
    pub note: Option<String>,
    /// When they said so.
    pub at: At,
}

impl Report {
    /// The report of a stream; none when it is empty.
    pub fn of(records: &[Recorded]) -> Result<Option<Self>, FoldError> {
        Ok(State::fold(records)?.map(|state| Self::from(&state, records)))
    }

    fn from(state: &State, records: &[Recorded]) -> Self {
        let plan = state.plan();
        let incident = state.incident().cloned();
        let signals = signals::rows(state, records);
        let findings = signals::findings(state, records);
        let times = times::times(state, records, incident.as_ref());
        let gaps = gaps::gaps(records);
        let changed = |instance: &&crate::ids::InstanceId| {
            state.touched() && state.version_of(instance) == Some(&plan.to)
        };
        let mut report = Self {
            deployment: plan.deployment.to_string(),
            service: plan.service.to_string(),
            environment: plan.environment.to_string(),
            from: plan.from.as_ref().map(ToString::to_string),
            to: plan.to.to_string(),
            requested_by: state.requested_by().to_owned(),
            requested_at: At(state.requested_at()),
            updated_at: At(updated_at(state, records)),
            outcome: outcome(state, records),
            failure: state.failure().map(ToOwned::to_owned),
            verdict: state.verdict(),
            tier: state.highest_tier(),
            finished: state.watch_over(),
            known_good: state.known_good(),
            changed: plan.instances().filter(changed).count(),
            instances: plan.instances().count(),
            comparison: plan.comparison,
            history_s: state.history_s(),
            score: score::score(&signals, &findings),
            impact: impact::impact(records, &findings, incident.as_ref(), &times),
            signals,
            blind: blind(state),
            findings,
            incident,
            deeds: deeds::deeds(state, records),
            questions: deeds::questions(state),
            times,
            gaps,
            risk: Risk::default(),
            suggestions: Vec::new(),
            earlier: Vec::new(),
            trends: Vec::new(),
            judged: state
                .judged()
                .map(|judged| judged.judgement.as_str().to_owned()),
            cause: state.cause().map(|(cause, _)| cause.clone()),
            named: blamed(state),
            root_cause: state
                .explained()
                .map(|(_, report)| Box::new(report.clone())),
        };
        report.risk = risk::risk(plan, &report);
        report.suggestions = suggest::suggestions(plan, &report);
        report
    }

    /// The same, beside the reports of the deployments before it, the newest first.
    pub fn beside(records: &[Recorded], before: &[Self]) -> Result<Option<Self>, FoldError> {
        let Some(state) = State::fold(records)? else {
            return Ok(None);
        };
        let mut report = Self::from(&state, records);
        report.earlier = before.iter().map(Earlier::of).collect();
        report.trends = earlier::of_reports(&report, before);
        report.risk = risk::risk(state.plan(), &report);
        report.suggestions = suggest::suggestions(state.plan(), &report);
        Ok(Some(report))
    }
}

/// What was measured of each signal by the events of a deployment: what its report shows, with what was counted.
#[must_use]
pub fn measured(records: &[Recorded]) -> Vec<crate::measured::Measured> {
    measures::of_the_change(records)
}

/// What each person last said did it, in the order in which they said it.
#[must_use]
pub fn blamed(state: &State) -> Vec<Blamed> {
    let mut said: Vec<Blamed> = state
        .named()
        .iter()
        .map(|(by, named)| Blamed {
            by: by.clone(),
            culprit: named.culprit.clone(),
            note: named.note.clone(),
            at: At(named.at),
        })
        .collect();
    said.sort_by_key(|one| one.at.0);
    said
}

fn blind(state: &State) -> Vec<Blind> {
    let blind = state.blind().iter();
    blind
        .map(|(signal, why)| Blind {
            signal: signal.to_string(),
            why: why.clone(),
        })
        .collect()
}

/// When something last happened that is not said in hindsight, nor kept for reports alone.
fn updated_at(state: &State, records: &[Recorded]) -> jiff::Timestamp {
    let news = |record: &&Recorded| {
        !matches!(
            record.event,
            Event::SignalsMeasured { .. }
                | Event::Judged { .. }
                | Event::CauseNamed { .. }
                | Event::RootCauseReported { .. }
                | Event::RootCauseRated { .. }
                | Event::QuestionAnswered { .. }
                | Event::AnswerShared { .. }
                | Event::ShareMade { .. }
                | Event::ShareOpened { .. }
                | Event::ShareRevoked { .. }
                | Event::Refused { .. }
        )
    };
    let newest = records.iter().rfind(news);
    newest.map_or(state.requested_at(), |record| record.at)
}

fn outcome(state: &State, records: &[Recorded]) -> Outcome {
    match state.status() {
        Status::Pending | Status::Progressing => Outcome::UnderWay,
        Status::Promoted => Outcome::Promoted,
        Status::RolledBack => Outcome::RolledBack,
        Status::Superseded => Outcome::Superseded,
        Status::Failed if state.abandoned_by().is_some() => Outcome::Abandoned,
        Status::Failed => Outcome::Failed,
        Status::Paused => paused(state, records),
    }
}

/// How the last question of a paused deployment ended.
fn paused(state: &State, records: &[Recorded]) -> Outcome {
    if state.open_approval().is_some() || state.rolling_back() {
        return Outcome::Waiting;
    }
    let ended = records.iter().rev().find_map(|record| match &record.event {
        Event::ApprovalExpired { .. } => Some(Outcome::Expired),
        Event::ApprovalAnswered { .. } => Some(Outcome::Held),
        Event::Paused { .. } => Some(Outcome::Waiting),
        _ => None,
    });
    ended.unwrap_or(Outcome::Waiting)
}
