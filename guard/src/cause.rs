//! Which change did it, as far as it is known: what the ranking of a deployment's changes came to, for the record.

use crate::duty::author_name;
use crate::event::Event;
use crate::excess::Contribution;
use crate::finding::{Circumstance, Finding, Neighbour as Near};
use crate::ids::SignalKey;
use crate::redact::redact;
use crate::signatures::Signature;
use crate::state::State;
use crate::suspects::{
    Case, Change, Context, Control, Dependency, Deployment, Elsewhere, Moved, Neighbour, Place,
    Ranking, Reason, SameHour, Supports, Symptoms, Traffic, Verdict,
};
use crate::verdict::{Attribution, Comparison};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The control of a comparison with those that were not changed yet.
const OLD_VERSION: &str = "the old version";
/// So many suspects are kept.
const KEPT: usize = 3;
/// The names of so many changes are kept, for people who name one.
const LISTED: usize = 200;
/// So often it is said anew because more is known.
const MOST_TIMES: u32 = 3;

/// What the ranking came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Whether it was this deployment.
    pub verdict: Verdict,
    /// How likely it was this deployment, 0 to 1.
    pub probability: f64,
    /// The most suspect changes, the first one first.
    pub suspects: Vec<Accused>,
    /// What speaks for another cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// What speaks for this deployment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supports: Vec<Supports>,
    /// The names of the changes, the most suspect first; of very many the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// Changes that were looked at.
    pub changes: usize,
    /// What could not be looked at: how many, and of what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<Unseen, usize>,
    /// The signals that it is to explain.
    pub signals: BTreeSet<SignalKey>,
    /// Errors that are logged since, and were not before or not as often.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Signature>,
}

/// A change that may have done it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accused {
    /// The commit.
    pub id: String,
    /// Its first line.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
    /// How likely it did it, 0 to 1.
    pub probability: f64,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
    /// Where to look.
    pub hunks: Vec<Place>,
    /// Its page at the code host, where it is on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Of what something could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unseen {
    /// Commits before the newest.
    Commits,
    /// Files of a very large change.
    Files,
    /// What changed in files.
    Patches,
    /// Logs.
    Logs,
    /// By which request commits came, and so what was said of them there.
    Requests,
}

impl Cause {
    /// The same, with authors by their names alone: as whoever asks is shown it.
    #[must_use]
    pub fn without_addresses(mut self) -> Self {
        for accused in &mut self.suspects {
            // A secret that is cut with the address would not be known for one.
            accused.author = author_name(&redact(&accused.author)).to_owned();
        }
        self
    }

    /// What is kept of a ranking.
    #[must_use]
    pub fn of(case: &Case, ranking: &Ranking, missing: BTreeMap<Unseen, usize>) -> Self {
        let known: BTreeMap<&str, &Change> = case
            .changes
            .iter()
            .map(|change| (change.id.as_str(), change))
            .collect();
        let accused = ranking.suspects.iter().filter_map(|suspect| {
            let change = known.get(suspect.id.as_str())?;
            Some(Accused {
                id: suspect.id.clone(),
                title: change.title.clone(),
                author: change.author.clone(),
                merged_at: change.merged_at,
                probability: suspect.probability,
                reasons: suspect.reasons.clone(),
                hunks: suspect.hunks.clone(),
                url: change.url.clone(),
            })
        });
        let findings = case.symptoms.findings.iter();
        Self {
            verdict: ranking.verdict,
            probability: ranking.probability,
            suspects: accused.take(KEPT).collect(),
            elsewhere: ranking.elsewhere.clone(),
            supports: ranking.supports.clone(),
            order: ranking.order.iter().take(LISTED).cloned().collect(),
            changes: case.changes.len(),
            missing,
            signals: findings
                .filter_map(|finding| SignalKey::new(finding.signal.as_str()).ok())
                .collect(),
            signatures: Vec::new(),
        }
    }

    /// Whether people would be told something else.
    fn says_more_than(&self, other: &Self) -> bool {
        let first = |cause: &Self| cause.suspects.first().map(|one| one.id.clone());
        let errors = other.signatures.is_empty() && !self.signatures.is_empty();
        errors || self.verdict != other.verdict || first(self) != first(other)
    }
}

/// What was looked up beside the findings.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The values of labels that account for a signal, as far as they were looked up.
    pub accounts: BTreeMap<SignalKey, Vec<Contribution>>,
    /// Signals that measure what the service calls.
    pub of_dependency: BTreeSet<SignalKey>,
    /// Whether it hurt at this hour on other days too; none where their metrics are gone.
    pub same_hour: Option<bool>,
    /// Deployments of neighbours within the half hour before.
    pub neighbours: Vec<Near>,
    /// Errors that are logged since.
    pub signatures: Vec<Signature>,
}

/// What is to be explained: what the change is blamed for, where it is blamed for anything; else what is new, else
/// all that moved.
fn to_explain(state: &State) -> Vec<&Finding> {
    let open = || state.open_findings().map(|known| &known.finding);
    let blamed: Vec<&Finding> = open()
        .filter(|finding| finding.attribution == Attribution::Change)
        .collect();
    let new: Vec<&Finding> = open().filter(|finding| !finding.is_older()).collect();
    if !blamed.is_empty() {
        blamed
    } else if !new.is_empty() {
        new
    } else {
        open().collect()
    }
}

/// The finding of which the same hour on other days is worth a look: where anything was held against instances that
/// were not changed, they lived through the same hour.
#[must_use]
pub fn of_this_hour(state: &State) -> Option<&Finding> {
    let asked = to_explain(state);
    let by_time = |one: &&Finding| one.comparison == Comparison::BeforeVsAfter;
    let first = asked.iter().min_by_key(|one| one.onset_at).copied();
    first.filter(|_| asked.iter().all(by_time))
}

/// When it began, where it was so before the change.
fn began(finding: &Finding) -> Timestamp {
    let older = finding.circumstances.iter().find_map(|one| match one {
        Circumstance::Older { since, .. } => Some(*since),
        _ => None,
    });
    older.unwrap_or(finding.onset_at)
}

/// What is asked of the ranking: the findings so far, and what was going on beside them.
#[must_use]
pub fn case(state: &State, changes: Vec<Change>, beside: &Beside) -> Case {
    let plan = state.plan();
    let findings = to_explain(state);
    let moved = findings.iter().map(|finding| Moved {
        signal: finding.signal.to_string(),
        direction: if finding.effect < 0.0 { "down" } else { "up" }.to_owned(),
        onset: Some(began(finding)),
        labels: beside
            .accounts
            .get(&finding.signal)
            .into_iter()
            .flatten()
            .map(|account| (account.label.clone(), account.value.clone()))
            .collect(),
    });
    Case {
        deployment: Deployment {
            id: plan.deployment.to_string(),
            service: plan.service.to_string(),
            from: plan
                .from
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            to: plan.to.to_string(),
            environment: plan.environment.to_string(),
            ..Deployment::default()
        },
        changes,
        symptoms: Symptoms {
            findings: moved.collect(),
            errors: beside
                .signatures
                .iter()
                .map(|one| one.sample.clone())
                .collect(),
        },
        context: context(state, &findings, beside),
    }
}

fn context(state: &State, findings: &[&Finding], beside: &Beside) -> Context {
    let blamed = |on: Attribution| findings.iter().filter(move |one| one.attribution == on);
    let circumstances = || findings.iter().flat_map(|one| &one.circumstances);
    let more = circumstances().any(|one| matches!(one, Circumstance::MoreTraffic { .. }));
    let known = more || findings.iter().any(|one| one.traffic.is_some());
    Context {
        controls: controls(findings),
        first_instance_changed_at: state.first_change(),
        traffic: known.then(|| Traffic {
            moved: more,
            explains: blamed(Attribution::Load).next().is_some(),
        }),
        same_hour_before: beside.same_hour.map(|seen| SameHour { seen }),
        dependencies: dependencies(findings, beside),
        neighbours: neighbours(findings, beside),
    }
}

/// Instances that still ran the old version at the same time, where what moved was held against them.
fn controls(findings: &[&Finding]) -> Vec<Control> {
    let controlled = |one: &&Finding| {
        one.comparison == Comparison::CanaryVsStable && one.attribution == Attribution::Change
    };
    let stayed = !findings.is_empty() && findings.iter().all(controlled);
    let control = Control {
        name: OLD_VERSION.to_owned(),
        moved: false,
        onset: None,
    };
    stayed.then_some(control).into_iter().collect()
}

/// Once for all findings that are blamed on it: the first one is what began it. Else those that were looked at.
fn dependencies(findings: &[&Finding], beside: &Beside) -> Vec<Dependency> {
    let blamed = findings
        .iter()
        .filter(|one| one.attribution == Attribution::Dependency);
    let first = blamed.min_by_key(|finding| {
        let its_own = beside.of_dependency.contains(&finding.signal);
        (!its_own, finding.onset_at)
    });
    match first {
        Some(finding) => vec![Dependency {
            service: finding.signal.to_string(),
            moved: true,
            onset: Some(finding.onset_at),
        }],
        None => {
            let stayed = beside.of_dependency.iter().map(|signal| Dependency {
                service: signal.to_string(),
                ..Dependency::default()
            });
            stayed.collect()
        }
    }
}

/// Each service once.
fn neighbours(findings: &[&Finding], beside: &Beside) -> Vec<Neighbour> {
    let circumstances = findings.iter().flat_map(|one| &one.circumstances);
    let named = circumstances.filter_map(|one| match one {
        Circumstance::Neighbour(neighbour) => Some(neighbour),
        _ => None,
    });
    let told: BTreeMap<String, Neighbour> = named
        .chain(&beside.neighbours)
        .map(|neighbour| {
            let told = Neighbour {
                service: neighbour.service.to_string(),
                version: neighbour.version.to_string(),
                deployed_at: Some(neighbour.at),
            };
            (told.service.clone(), told)
        })
        .collect();
    told.into_values().collect()
}

/// Said once, and again when more is known and it says something else.
pub(crate) fn ranked(state: &State, cause: &Cause) -> Vec<Event> {
    let said = match state.cause() {
        None => true,
        Some((before, times)) => times < MOST_TIMES && cause.says_more_than(before),
    };
    if !said || cause.signals.is_empty() {
        return Vec::new();
    }
    vec![Event::CauseRanked {
        cause: Box::new(cause.clone()),
    }]
}

#[cfg(test)]
mod tests;
