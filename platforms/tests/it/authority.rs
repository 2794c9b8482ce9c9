//! Authorities as the product gets them: by folding the domain's events.

use guard::actor::{Actor, Role};
use guard::authorise::{Authority, authorise};
use guard::decide::decide;
use guard::event::Recorded;
use guard::ids::{DeploymentId, Environment, InstanceId, PersonId, ServiceName, Version};
use guard::input::{Command, Happened, Input, Outcome};
use guard::plan::{Batch, Pacing, Package, Plan, steps};
use guard::policy::Policy;
use guard::state::State;
use guard::verdict::Comparison;
use jiff::Timestamp;

/// A deployment that is driven by inputs, as the engine drives it.
pub(crate) struct Story {
    records: Vec<Recorded>,
    state: Option<State>,
    name: String,
    inputs: u32,
}

pub(crate) fn plan(
    name: &str,
    instances: &[InstanceId],
    from: Option<(&str, &Package)>,
    to: (&str, &Package),
) -> Plan {
    let pacing = Pacing {
        batch: Batch::Count(9),
        ..Pacing::default()
    };
    Plan {
        deployment: DeploymentId::new(name).unwrap(),
        service: ServiceName::new("shop").unwrap(),
        environment: Environment::new("test").unwrap(),
        from: from.map(|(version, _)| Version::new(version).unwrap()),
        from_known_good: true,
        to: Version::new(to.0).unwrap(),
        package: Some(to.1.clone()),
        from_package: from.map(|(_, package)| package.clone()),
        origin: None,
        reversible: true,
        steps: steps(instances, &pacing).unwrap(),
        comparison: Comparison::CanaryVsStable,
        policy: Policy::default(),
    }
}

impl Story {
    /// A deployment whose first step is authorised. The same plan gives the same action ids.
    pub(crate) fn of(plan: Plan) -> Self {
        let mut story = Self {
            records: Vec::new(),
            state: None,
            name: plan.deployment.to_string(),
            inputs: 0,
        };
        story.tell(Happened::DeployAsked {
            plan: Box::new(plan),
            by: operator(),
        });
        story.tell(Happened::BaselineCaptured {
            history_s: 0.0,
            blind: Vec::new(),
        });
        story
    }

    fn tell(&mut self, what: Happened) {
        self.inputs += 1;
        let input = Input {
            at: Timestamp::now(),
            nonce: format!("{}-{}", self.name, self.inputs),
            what,
        };
        for event in decide(self.state.as_ref(), &input) {
            let record = Recorded {
                revision: self.records.len() as u64 + 1,
                at: input.at,
                event,
            };
            match &mut self.state {
                Some(state) => state.push(&record).unwrap(),
                None => self.state = State::fold([&record]).unwrap(),
            }
            self.records.push(record);
        }
    }

    /// The authority for the action that is under way.
    pub(crate) fn authority(&self) -> Authority {
        let state = self.state.as_ref().unwrap();
        let running = state.running_action().expect("no action is under way");
        authorise(state, &running.action.id, Timestamp::now()).unwrap()
    }

    /// Says that the action under way is done.
    pub(crate) fn done(mut self) -> Self {
        let state = self.state.as_ref().unwrap();
        let action = state.running_action().unwrap().action.clone();
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
        self
    }

    /// A person says so.
    pub(crate) fn command(mut self, command: Command) -> Self {
        self.tell(Happened::Commanded {
            by: operator(),
            duty: guard::duty::Duty::default(),
            command,
            reason: None,
        });
        self
    }
}

fn operator() -> Actor {
    Actor::Person {
        id: PersonId::new("mei").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}
