//! Deployments to talk about, made by the domain itself.

use guard::actor::{Actor, Role};
use guard::approval::Choice;
use guard::decide::decide;
use guard::duty::Duty;
use guard::event::{Event, Recorded};
use guard::finding::{Assessment, Budget, Finding, Need, Scope};
use guard::ids::{
    DeploymentId, Environment, EvidenceId, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use guard::input::{Happened, Input, Outcome};
use guard::plan::{Batch, Pacing, Package, Plan, steps};
use guard::policy::{Autonomy, Policy};
use guard::state::State;
use guard::timer::TimerName;
use guard::verdict::{Attribution, Comparison, Verdict};
use jiff::{SignedDuration, Timestamp};
use messages::{BaseUrl, Context, Locale};

pub(crate) fn start() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

pub(crate) fn context(locale: Locale) -> Context {
    Context {
        locale,
        now: start() + SignedDuration::from_mins(2),
        base_url: Some(BaseUrl::new("https://tawny.example/").unwrap()),
    }
}

pub(crate) fn errors() -> Finding {
    Finding {
        signal: SignalKey::new("errors").unwrap(),
        scope: Scope::Group,
        onset_at: start() + SignedDuration::from_secs(7),
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
        query: "sum(rate(http_requests_total{code=~\"5..\"}[1m]))".to_owned(),
        evidence: Some(EvidenceId::new("ev_1").unwrap()),
        traffic: None,
        of_requests: true,
        circumstances: Vec::new(),
    }
}

pub(crate) fn latency() -> Finding {
    Finding {
        signal: SignalKey::new("latency").unwrap(),
        scope: Scope::Instance(InstanceId::new("shop-1").unwrap()),
        baseline: 0.12,
        current: 0.85,
        effect: 0.73,
        interval: (0.55, 0.94),
        unit: "seconds".to_owned(),
        confidence: 0.997,
        attribution: Attribution::Unknown,
        evidence: None,
        ..errors()
    }
}

pub(crate) fn plan(autonomy: Autonomy) -> Plan {
    let names: Vec<InstanceId> = ["shop-1", "shop-2", "shop-3"]
        .iter()
        .map(|name| InstanceId::new(*name).unwrap())
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
        package: Some(package("v2")),
        from_package: Some(package("v1")),
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

fn package(version: &str) -> Package {
    Package {
        url: format!("https://packages.example.com/shop/{version}.tar.gz"),
        md5: None,
        sha256: None,
        size: None,
        created_at: None,
    }
}

pub(crate) fn mei() -> Actor {
    Actor::Person {
        id: PersonId::new("mei").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}

pub(crate) fn need() -> Need {
    Need {
        signal: SignalKey::new("errors").unwrap(),
        smallest_visible: Some(0.04),
        tolerance: 0.01,
        unit: "ratio".to_owned(),
        seconds: Some(180.0),
        requests: Some(1200.0),
    }
}

pub(crate) fn assessed(verdict: Verdict, findings: Vec<Finding>) -> Happened {
    let needs = if verdict == Verdict::Inconclusive {
        vec![need()]
    } else {
        Vec::new()
    };
    Happened::Assessed(Assessment {
        verdict,
        findings,
        needs,
        blind: Vec::new(),
        history_s: 40.0,
    })
}

/// A deployment driven by inputs, as the engine drives it.
pub(crate) struct Story {
    pub(crate) records: Vec<Recorded>,
    state: Option<State>,
    now: Timestamp,
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

    pub(crate) fn requested(plan: Plan) -> Self {
        let mut story = Self::new();
        story.tell(Happened::DeployAsked {
            plan: Box::new(plan),
            by: mei(),
        });
        story
    }

    /// Its gray instance runs the new version.
    pub(crate) fn gray(autonomy: Autonomy) -> Self {
        Self::gray_of(plan(autonomy))
    }

    pub(crate) fn gray_of(plan: Plan) -> Self {
        let mut story = Self::requested(plan);
        story.wait(1).tell(Happened::BaselineCaptured {
            history_s: 40.0,
            blind: Vec::new(),
        });
        story.wait(2).finish_running();
        story
    }

    /// Paused, with a question open.
    pub(crate) fn paused() -> Self {
        let mut story = Self::gray(Autonomy::Pause);
        story
            .wait(9)
            .tell(assessed(Verdict::Degraded, vec![errors(), latency()]));
        story
    }

    /// Everywhere, and watched.
    pub(crate) fn promoted() -> Self {
        let mut story = Self::gray(Autonomy::Rollback);
        story.wait(5).tell(assessed(Verdict::Healthy, Vec::new()));
        story.wait(25).bake(0);
        story.wait(2).finish_running();
        story.wait(10).bake(1);
        story
    }

    pub(crate) fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    pub(crate) fn wait(&mut self, seconds: i64) -> &mut Self {
        self.now += SignedDuration::from_secs(seconds);
        self
    }

    pub(crate) fn tell(&mut self, what: Happened) -> Vec<Recorded> {
        self.inputs += 1;
        let input = Input {
            at: self.now,
            nonce: format!("nonce-{}", self.inputs),
            what,
        };
        let events = decide(self.state.as_ref(), &input);
        events.into_iter().map(|event| self.record(event)).collect()
    }

    /// Appends an event, whatever the domain would have decided.
    pub(crate) fn record(&mut self, event: Event) -> Recorded {
        let record = Recorded {
            revision: self.records.len() as u64 + 1,
            at: self.now,
            event,
        };
        match &mut self.state {
            Some(state) => state.push(&record).unwrap(),
            None => self.state = State::fold([&record]).unwrap(),
        }
        self.records.push(record.clone());
        record
    }

    pub(crate) fn finish_running(&mut self) {
        let action = self
            .state()
            .running_action()
            .expect("no action is running")
            .action
            .clone();
        for instance in action.instances {
            self.tell(Happened::InstanceDone {
                action: action.id.clone(),
                instance,
            });
        }
        self.tell(Happened::ActionEnded {
            action: action.id,
            outcome: Outcome::Done,
        });
    }

    /// The time in which a rollback should have helped is over.
    pub(crate) fn cure_is_late(&mut self) {
        let Event::RolledBack { action, .. } = self.last("rolled_back").event.clone() else {
            unreachable!()
        };
        self.wait(300).tell(Happened::TimerFired {
            timer: TimerName::Cure { action },
        });
    }

    pub(crate) fn end_running(&mut self, outcome: Outcome) {
        let action = self
            .state()
            .running_action()
            .expect("no action is running")
            .action
            .id
            .clone();
        self.tell(Happened::ActionEnded { action, outcome });
    }

    pub(crate) fn bake(&mut self, step: u32) {
        let events = self.tell(Happened::TimerFired {
            timer: guard::timer::TimerName::Bake { step },
        });
        assert!(!events.is_empty(), "the bake of step {step} was not over");
    }

    pub(crate) fn answer(&mut self, choice: Choice) {
        let approval = self
            .state()
            .open_approval()
            .expect("no question is open")
            .approval
            .id
            .clone();
        self.tell(Happened::Answered {
            approval,
            by: mei(),
            duty: Duty::default(),
            choice,
            reason: Some("the spike is ours".to_owned()),
        });
    }

    /// The last event of this name.
    pub(crate) fn last(&self, name: &str) -> &Recorded {
        self.records
            .iter()
            .rfind(|record| record.event.name() == name)
            .unwrap_or_else(|| panic!("{name} did not happen"))
    }
}

/// A snapshot in each language.
pub(crate) fn each_locale(name: &str, show: impl Fn(Locale) -> String) {
    for locale in Locale::ALL {
        let file = format!("{name}_{}", locale.tag());
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(file, show(locale));
        });
    }
}
