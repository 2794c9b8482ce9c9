//! Which change did it, as far as it is known: what the ranking of a deployment's changes came to, for the record.

use crate::event::Event;
use crate::excess::Contribution;
use crate::finding::{Circumstance, Finding};
use crate::ids::SignalKey;
use crate::state::State;
use crate::suspects::{
    Case, Change, Context, Dependency, Deployment, Elsewhere, Moved, Neighbour, Place, Ranking,
    Reason, Symptoms, Traffic, Verdict,
};
use crate::verdict::Attribution;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// So many suspects are kept.
const KEPT: usize = 3;
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
    /// Changes that were looked at.
    pub changes: usize,
    /// What could not be looked at: how many, and of what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<Unseen, usize>,
    /// The signals that it is to explain.
    pub signals: BTreeSet<SignalKey>,
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
    /// By which request commits came, and so what was said of them there.
    Requests,
}

impl Cause {
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
            changes: case.changes.len(),
            missing,
            signals: findings
                .filter_map(|finding| SignalKey::new(finding.signal.as_str()).ok())
                .collect(),
        }
    }

    /// Whether people would be told something else.
    fn says_more_than(&self, other: &Self) -> bool {
        let first = |cause: &Self| cause.suspects.first().map(|one| one.id.clone());
        self.verdict != other.verdict || first(self) != first(other)
    }
}

/// What is asked of the ranking: the findings so far, and what was going on beside them. `accounts` are the values
/// of labels that account for a signal, as far as they were looked up.
#[must_use]
pub fn case(
    state: &State,
    changes: Vec<Change>,
    accounts: &BTreeMap<SignalKey, Vec<Contribution>>,
) -> Case {
    let plan = state.plan();
    let findings: Vec<&Finding> = state.open_findings().map(|known| &known.finding).collect();
    let moved = findings.iter().map(|finding| Moved {
        signal: finding.signal.to_string(),
        direction: if finding.effect < 0.0 { "down" } else { "up" }.to_owned(),
        onset: Some(finding.onset_at),
        labels: accounts
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
            errors: Vec::new(),
        },
        context: context(state, &findings),
    }
}

fn context(state: &State, findings: &[&Finding]) -> Context {
    let blamed = |on: Attribution| findings.iter().filter(move |one| one.attribution == on);
    let circumstances = || findings.iter().flat_map(|one| &one.circumstances);
    let more = circumstances().any(|one| matches!(one, Circumstance::MoreTraffic { .. }));
    let dependencies = blamed(Attribution::Dependency).map(|finding| Dependency {
        service: finding.signal.to_string(),
        moved: true,
        onset: Some(finding.onset_at),
    });
    let neighbours: BTreeMap<String, Neighbour> = circumstances()
        .filter_map(|one| match one {
            Circumstance::Neighbour(neighbour) => Some(neighbour),
            _ => None,
        })
        .map(|neighbour| {
            let told = Neighbour {
                service: neighbour.service.to_string(),
                version: neighbour.version.to_string(),
                deployed_at: Some(neighbour.at),
            };
            (told.service.clone(), told)
        })
        .collect();
    Context {
        first_instance_changed_at: state.renewed().map(|(_, at)| at).min(),
        traffic: more.then(|| Traffic {
            moved: true,
            explains: blamed(Attribution::Load).next().is_some(),
        }),
        // Once for all findings: the first one is what began it.
        dependencies: dependencies.take(1).collect(),
        neighbours: neighbours.into_values().collect(),
        ..Context::default()
    }
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
mod tests {
    use super::*;
    use crate::finding::Neighbour as Deployed;
    use crate::ids::{DeploymentId, ServiceName, Version};
    use crate::input::Happened;
    use crate::policy::Autonomy;
    use crate::testing::{Story, assessment, finding, names, start};
    use crate::verdict;

    fn told(finding: Finding) -> Story {
        let mut story = Story::gray(Autonomy::Rollback);
        let degraded = assessment(verdict::Verdict::Degraded, vec![finding]);
        story.tell(Happened::Assessed(degraded));
        story
    }

    fn changes() -> Vec<Change> {
        let change = |id: &str, title: &str| Change {
            id: id.to_owned(),
            title: title.to_owned(),
            author: "Ann <ann@example.com>".to_owned(),
            ..Change::default()
        };
        vec![change("aaa", "Retry payments"), change("bbb", "Say hello")]
    }

    fn cause(story: &Story, first: &str) -> Cause {
        let case = case(story.state(), changes(), &BTreeMap::new());
        let mut cause = Cause::of(&case, &crate::suspects::rank(&case), BTreeMap::new());
        cause.suspects.sort_by_key(|one| one.id != first);
        cause
    }

    #[test]
    fn the_case_says_what_moved_since_when_and_where() {
        let story = told(finding());
        let account = Contribution {
            label: "route".to_owned(),
            value: "/checkout".to_owned(),
            excess: 97.0,
            share: 0.95,
            of_events: 0.2,
            after: 0.49,
            before: 0.005,
        };
        let accounts = BTreeMap::from([(finding().signal, vec![account])]);
        let case = case(story.state(), changes(), &accounts);
        let moved = &case.symptoms.findings[0];
        assert_eq!(
            (moved.signal.as_str(), moved.direction.as_str()),
            ("errors", "up")
        );
        assert_eq!(moved.onset, Some(finding().onset_at));
        assert_eq!(moved.labels["route"], "/checkout");
        assert!(case.context.first_instance_changed_at.is_some());
        assert_eq!(case.context.traffic, None);
    }

    #[test]
    fn what_the_findings_are_blamed_on_is_in_the_context() {
        let neighbour = Deployed {
            service: ServiceName::new("catalog").unwrap(),
            deployment: DeploymentId::new("dep_2").unwrap(),
            version: Version::new("v7").unwrap(),
            called: true,
            at: start(),
        };
        let story = told(Finding {
            attribution: Attribution::Load,
            circumstances: vec![
                Circumstance::Neighbour(neighbour),
                Circumstance::MoreTraffic {
                    before: 10.0,
                    now: 40.0,
                    since: start(),
                },
            ],
            ..finding()
        });
        let context = case(story.state(), changes(), &BTreeMap::new()).context;
        assert!(context.traffic.unwrap().explains);
        assert_eq!(context.neighbours[0].service, "catalog");
        let story = told(Finding {
            attribution: Attribution::Dependency,
            ..finding()
        });
        let context = case(story.state(), changes(), &BTreeMap::new()).context;
        assert!(context.dependencies[0].moved);
    }

    #[test]
    fn it_is_said_once_and_again_only_when_it_says_something_else() {
        let mut story = told(finding());
        let (one, other) = (cause(&story, "aaa"), cause(&story, "bbb"));
        let say = |story: &mut Story, cause: &Cause| {
            names(&story.tell(Happened::Ranked(Box::new(cause.clone()))))
        };
        assert_eq!(say(&mut story, &one), ["cause_ranked"]);
        assert_eq!(story.state().cause().unwrap().0.suspects[0].id, "aaa");
        assert!(say(&mut story, &one).is_empty());
        assert_eq!(say(&mut story, &other), ["cause_ranked"]);
        assert_eq!(say(&mut story, &one), ["cause_ranked"]);
        assert!(say(&mut story, &other).is_empty(), "three times are enough");
    }

    #[test]
    fn of_what_did_not_hurt_no_cause_is_said() {
        let mut story = Story::gray(Autonomy::Rollback);
        let nothing = cause(&story, "aaa");
        assert!(story.tell(Happened::Ranked(Box::new(nothing))).is_empty());
    }
}
