//! Builders for this crate's own tests.

use crate::actor::{Actor, Role};
use crate::approval::Choice;
use crate::detect::{Course, Direction, Limits, Measure, SignalKind};
use crate::duty::Duty;
use crate::event::{Event, Recorded};
use crate::finding::{Assessment, Budget, Finding, Scope};
use crate::ids::{
    DeploymentId, Environment, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use crate::input::{Happened, Input};
use crate::measured::Measured;
use crate::plan::{Batch, Pacing, Plan, steps};
use crate::policy::{Autonomy, Policy};
use crate::state::State;
use crate::verdict::{Attribution, Comparison, Verdict};
use jiff::{SignedDuration, Timestamp};

pub(crate) fn start() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

pub(crate) fn finding() -> Finding {
    Finding {
        signal: SignalKey::new("errors").unwrap(),
        scope: Scope::Group,
        onset_at: start(),
        baseline: 0.002,
        current: 0.31,
        effect: 0.308,
        interval: (0.25, 0.36),
        unit: "ratio".to_owned(),
        window_s: 10.0,
        confidence: 0.9999,
        budget: Budget::Pause,
        hard_limit_crossed: false,
        severe: false,
        on_failure: None,
        comparison: Comparison::CanaryVsStable,
        attribution: Attribution::Change,
        query: "q".to_owned(),
        evidence: None,
        traffic: None,
        of_requests: false,
        circumstances: Vec::new(),
    }
}

pub(crate) fn plan(autonomy: Autonomy) -> Plan {
    let names: Vec<InstanceId> = ["a", "b", "c"]
        .iter()
        .map(|n| InstanceId::new(*n).unwrap())
        .collect();
    let pacing = Pacing {
        gray: None,
        gray_bake_s: 30.0,
        batch: Batch::Count(2),
        batch_bake_s: 10.0,
    };
    Plan {
        deployment: DeploymentId::new("dep_1").unwrap(),
        service: ServiceName::new("shop").unwrap(),
        environment: Environment::new("prod").unwrap(),
        from: Some(Version::new("v1").unwrap()),
        from_known_good: true,
        to: Version::new("v2").unwrap(),
        package: None,
        from_package: None,
        origin: None,
        reversible: true,
        steps: steps(&names, &pacing).unwrap(),
        comparison: Comparison::CanaryVsStable,
        policy: Policy {
            autonomy,
            ..Policy::default()
        },
    }
}

pub(crate) fn mei() -> Actor {
    Actor::Person {
        id: PersonId::new("mei").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}

pub(crate) fn assessment(verdict: Verdict, findings: Vec<Finding>) -> Assessment {
    Assessment {
        verdict,
        findings,
        needs: Vec::new(),
        blind: Vec::new(),
        history_s: 40.0,
    }
}

/// A deployment that is driven by inputs, as the engine drives it.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) records: Vec<Recorded>,
    pub(crate) state: Option<State>,
    pub(crate) now: Timestamp,
    inputs: u32,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self {
            records: Vec::new(),
            state: None,
            now: start(),
            inputs: 0,
        }
    }

    /// A deployment whose gray instance runs the new version.
    pub(crate) fn gray(autonomy: Autonomy) -> Self {
        Self::gray_of(plan(autonomy))
    }

    pub(crate) fn gray_of(plan: Plan) -> Self {
        let mut story = Self::new();
        story.tell(Happened::DeployAsked {
            plan: Box::new(plan),
            by: mei(),
        });
        story.tell(Happened::BaselineCaptured {
            history_s: 40.0,
            blind: Vec::new(),
        });
        story.finish_running();
        story
    }

    pub(crate) fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    pub(crate) fn wait(&mut self, seconds: i64) -> &mut Self {
        self.now += SignedDuration::from_secs(seconds);
        self
    }

    /// Decides, folds, and returns what happened.
    pub(crate) fn tell(&mut self, what: Happened) -> Vec<Event> {
        self.inputs += 1;
        let input = Input {
            at: self.now,
            nonce: format!("nonce-{}", self.inputs),
            what,
        };
        let events = crate::decide::decide(self.state.as_ref(), &input);
        for event in &events {
            self.write(event.clone());
        }
        events
    }

    /// Writes an event that was not decided here.
    pub(crate) fn write(&mut self, event: Event) {
        let record = Recorded {
            revision: self.records.len() as u64 + 1,
            at: self.now,
            event,
        };
        match &mut self.state {
            Some(state) => state.push(&record).unwrap(),
            None => self.state = State::fold([&record]).unwrap(),
        }
        self.records.push(record);
    }

    /// Somebody answers the open question.
    pub(crate) fn answer(&mut self, choice: Choice) -> Vec<Event> {
        let open = self.state().open_approval().expect("nobody is asked");
        let approval = open.approval.id.clone();
        self.tell(Happened::Answered {
            approval,
            by: mei(),
            duty: Duty::default(),
            choice,
            reason: None,
        })
    }

    /// Ends the running action.
    pub(crate) fn end_running(&mut self, outcome: crate::input::Outcome) -> Vec<Event> {
        let running = self.state().running_action().expect("no action is running");
        let action = running.action.id.clone();
        self.tell(Happened::ActionEnded { action, outcome })
    }

    /// Lets the running action finish all of its instances.
    pub(crate) fn finish_running(&mut self) -> Vec<Event> {
        let action = self
            .state()
            .running_action()
            .expect("no action is running")
            .action
            .clone();
        let mut events = Vec::new();
        for instance in action.instances {
            events.extend(self.tell(Happened::InstanceDone {
                action: action.id.clone(),
                instance,
            }));
        }
        events.extend(self.tell(Happened::ActionEnded {
            action: action.id,
            outcome: crate::input::Outcome::Done,
        }));
        events
    }
}

/// The names of events, in order.
pub(crate) fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::name).collect()
}

/// A ratio of which nothing is known.
pub(crate) fn measured(key: &str) -> Measured {
    Measured {
        signal: SignalKey::new(key).unwrap(),
        comparison: Comparison::CanaryVsStable,
        of_dependency: false,
        measure: Measure {
            key: key.to_owned(),
            kind: SignalKind::Ratio,
            direction: Direction::Up,
            unit: "ratio".to_owned(),
            before: Some(0.002),
            after: None,
            change: None,
            tolerated: Some(0.002),
            smallest_visible: None,
            limits: Limits {
                warn: None,
                hard: None,
                quantile: 0.99,
            },
            p95: None,
            nearness: 0.0,
            no_data: None,
            counted: None,
            control: None,
            past: Course::default(),
            course: Course::default(),
            beside: Course::default(),
        },
    }
}
