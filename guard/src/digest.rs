//! A stretch of time for those who were not there: what was deployed, what Tawny held, what went back, and what is open.

use crate::event::{Event, PauseReason, Recorded};
use crate::figures::{Case, Times};
use crate::ids::{DeploymentId, Environment, ServiceName, Version};
use crate::judgement::Judgement;
use crate::state::{State, Status};
use crate::verdict::Tier;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What happened in a stretch of time, and what is open at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// After this moment.
    pub since: Timestamp,
    /// Up to this one.
    pub until: Timestamp,
    /// Deployments that were asked for.
    pub deployments: u32,
    /// Of these, those that are everywhere by now.
    pub promoted: u32,
    /// Of these, those that could not be made or were given up.
    pub failed: u32,
    /// Deployments that Tawny paused because of what it found.
    pub paused: Paused,
    /// What went back, the first one first.
    pub rolled_back: Vec<Subject>,
    /// From onset to finding, where something was found.
    pub detect: Option<Times>,
    /// From finding to decision.
    pub decide: Option<Times>,
    /// From onset to cure.
    pub recover: Option<Times>,
    /// Where most went wrong.
    pub riskiest: Option<Riskiest>,
    /// What waits for somebody, the longest first.
    pub open: Vec<Open>,
    /// Where no deployment may begin.
    pub frozen: Vec<Frozen>,
}

/// How many deployments Tawny paused, and what people judged of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paused {
    /// All of them.
    pub deployments: u32,
    /// Judged right.
    pub real: u32,
    /// Judged a false alarm.
    pub false_alarms: u32,
}

/// A deployment, by what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub deployment: DeploymentId,
    /// Its service.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// The version that came.
    pub version: Version,
}

impl Subject {
    /// The deployment of this state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let plan = state.plan();
        Self {
            deployment: plan.deployment.clone(),
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            version: plan.to.clone(),
        }
    }
}

/// A service that had the most trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Riskiest {
    /// Which.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// Its deployments about which more than a warning was said, and nobody judged that wrong.
    pub troubled: u32,
    /// All of its deployments of the time.
    pub deployments: u32,
}

/// Something that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Which deployment.
    pub subject: Subject,
    /// Since when.
    pub since: Timestamp,
    /// Until when its question can be answered; none where it is paused and nobody is asked.
    pub asked_until: Option<Timestamp>,
}

/// Where no deployment may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Which service.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// Who froze it.
    pub by: String,
    /// Why, in their words.
    pub reason: Option<String>,
}

impl Digest {
    /// The digest of these deployments, each with its whole stream and the fold of it. Those to which nothing happened
    /// after `since` count for what is open alone.
    #[must_use]
    pub fn of<'d>(
        deployments: impl IntoIterator<Item = (&'d [Recorded], &'d State)>,
        frozen: Vec<Frozen>,
        (since, until): (Timestamp, Timestamp),
    ) -> Self {
        let mut digest = Self {
            since,
            until,
            deployments: 0,
            promoted: 0,
            failed: 0,
            paused: Paused::default(),
            rolled_back: Vec::new(),
            detect: None,
            decide: None,
            recover: None,
            riskiest: None,
            open: Vec::new(),
            frozen,
        };
        let within = |at: Timestamp| since < at && at <= until;
        let mut found: Vec<Case> = Vec::new();
        let mut risks: BTreeMap<(ServiceName, Environment), (u32, u32)> = BTreeMap::new();
        let mut undone: Vec<(Timestamp, Subject)> = Vec::new();
        for (records, state) in deployments {
            digest.open.extend(open(records, state));
            let recent: Vec<&Recorded> = records.iter().filter(|one| within(one.at)).collect();
            if within(state.requested_at()) {
                digest.deployments += 1;
                digest.promoted += u32::from(state.status() == Status::Promoted);
                digest.failed += u32::from(state.status() == Status::Failed);
            }
            if recent.iter().any(|one| pauses(&one.event)) {
                digest.paused.count(state);
            }
            let back = recent
                .iter()
                .find(|one| matches!(one.event, Event::RolledBack { .. }));
            undone.extend(back.map(|one| (one.at, Subject::of(state))));
            let told = recent
                .iter()
                .any(|one| matches!(one.event, Event::FindingOpened { .. }));
            let case = Case::of(state);
            if told || within(state.requested_at()) {
                let place = (
                    state.plan().service.clone(),
                    state.plan().environment.clone(),
                );
                let (troubled, all) = risks.entry(place).or_default();
                *troubled += u32::from(told && case.caught());
                *all += 1;
            }
            if told && case.tier >= Tier::Pause {
                found.push(case);
            }
        }
        undone.sort_by_key(|(at, _)| *at);
        digest.rolled_back = undone.into_iter().map(|(_, subject)| subject).collect();
        digest.open.sort_by_key(|open| open.since);
        let times = |of: fn(&Case) -> Option<f64>| Times::of(found.iter().filter_map(of));
        digest.detect = times(|case| case.detect_s);
        digest.decide = times(|case| case.decide_s);
        digest.recover = times(|case| case.recover_s);
        digest.riskiest = riskiest(risks);
        digest
    }

    /// Whether anything happened.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.deployments > 0 || self.paused.deployments > 0 || !self.rolled_back.is_empty()
    }

    /// Whether there is nothing to tell: nothing happened, and nothing waits for anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_news() && self.open.is_empty()
    }
}

impl Paused {
    fn count(&mut self, state: &State) {
        self.deployments += 1;
        match state.judged().map(|judged| judged.judgement) {
            Some(Judgement::Real) => self.real += 1,
            Some(Judgement::FalseAlarm) => self.false_alarms += 1,
            _ => {}
        }
    }
}

fn pauses(event: &Event) -> bool {
    matches!(
        event,
        Event::Paused {
            reason: PauseReason::Findings { .. },
            ..
        }
    )
}

fn open(records: &[Recorded], state: &State) -> Option<Open> {
    if let Some(asked) = state.open_approval() {
        return Some(Open {
            subject: Subject::of(state),
            since: asked.asked_at,
            asked_until: Some(asked.approval.expires_at),
        });
    }
    if state.status() != Status::Paused || state.rolling_back() {
        return None;
    }
    let paused = records
        .iter()
        .rfind(|one| matches!(one.event, Event::Paused { .. }))?;
    Some(Open {
        subject: Subject::of(state),
        since: paused.at,
        asked_until: None,
    })
}

/// Where most went wrong; among equals where fewer went well.
fn riskiest(risks: BTreeMap<(ServiceName, Environment), (u32, u32)>) -> Option<Riskiest> {
    let troubled = risks.into_iter().filter(|(_, (troubled, _))| *troubled > 0);
    let most = troubled.max_by(|(a_place, a), (b_place, b)| {
        let fewer = b.1.cmp(&a.1);
        // Of the rest the first by name.
        a.0.cmp(&b.0).then(fewer).then(b_place.cmp(a_place))
    });
    most.map(
        |((service, environment), (troubled, deployments))| Riskiest {
            service,
            environment,
            troubled,
            deployments,
        },
    )
}

#[cfg(test)]
mod tests;
