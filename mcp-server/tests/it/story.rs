//! Deployments to look at, made by the domain itself.

use guard::actor::{Actor, Role};
use guard::decide::decide;
use guard::event::Recorded;
use guard::finding::{Assessment, Budget, Finding, Scope};
use guard::ids::{
    DeploymentId, Environment, EvidenceId, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use guard::input::{Happened, Input, Outcome};
use guard::plan::{Pacing, Plan, steps};
use guard::policy::{Autonomy, Policy};
use guard::state::State;
use guard::verdict::{Attribution, Comparison, Verdict};
use jiff::{SignedDuration, Timestamp};

pub(crate) fn start() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

/// The plan of a deployment of `shop` in `prod`.
pub(crate) fn plan(id: &str, from: &str, to: &str) -> Plan {
    let names: Vec<InstanceId> = ["shop-1", "shop-2", "shop-3"]
        .iter()
        .map(|name| InstanceId::new(*name).unwrap())
        .collect();
    Plan {
        deployment: DeploymentId::new(id).unwrap(),
        service: ServiceName::new("shop").unwrap(),
        environment: Environment::new("prod").unwrap(),
        from: Some(Version::new(from).unwrap()),
        from_known_good: true,
        to: Version::new(to).unwrap(),
        package: None,
        from_package: None,
        origin: None,
        reversible: true,
        steps: steps(&names, &Pacing::default()).unwrap(),
        comparison: Comparison::CanaryVsStable,
        policy: Policy {
            autonomy: Autonomy::Pause,
            ..Policy::default()
        },
    }
}

fn finding() -> Finding {
    let json = serde_json::json!({
        "signal": SignalKey::new("errors").unwrap(),
        "scope": Scope::Group,
        "onset_at": start() + SignedDuration::from_secs(7),
        "baseline": 0.002, "current": 0.31, "effect": 0.308, "interval": (0.25, 0.36),
        "unit": "ratio", "window_s": 10.0, "confidence": 0.9999, "budget": Budget::Pause,
        "hard_limit_crossed": false, "severe": false, "rollback_on_failure": false,
        "comparison": Comparison::CanaryVsStable, "attribution": Attribution::Change,
        "query": "sum by (instance) (rate(http_requests_total{code=~\"5..\"}[1m]))",
        "evidence": EvidenceId::new("ev_1").unwrap(),
    });
    serde_json::from_value(json).unwrap()
}

pub(crate) fn mei() -> Actor {
    Actor::Person {
        id: PersonId::new("mei").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}

/// A deployment that was found wanting and waits for an answer.
pub(crate) fn paused(id: &str) -> Vec<Recorded> {
    let mut records = running(id);
    let assessment = Assessment {
        verdict: Verdict::Degraded,
        findings: vec![finding()],
        needs: Vec::new(),
        blind: Vec::new(),
        history_s: 40.0,
    };
    tell(&mut records, 12, Happened::Assessed(assessment));
    records
}

/// A deployment whose gray instance has the new version.
pub(crate) fn running(id: &str) -> Vec<Recorded> {
    let mut records = Vec::new();
    let plan = Box::new(plan(id, "v1", "v2"));
    tell(&mut records, 0, Happened::DeployAsked { plan, by: mei() });
    let captured = Happened::BaselineCaptured {
        history_s: 40.0,
        blind: Vec::new(),
    };
    tell(&mut records, 1, captured);
    let state = State::fold(&records).unwrap().unwrap();
    let action = state.running_action().unwrap().action.clone();
    for instance in action.instances {
        let action = action.id.clone();
        tell(&mut records, 3, Happened::InstanceDone { action, instance });
    }
    let done = Happened::ActionEnded {
        action: action.id,
        outcome: Outcome::Done,
    };
    tell(&mut records, 3, done);
    records
}

/// Something happens, and what the domain makes of it is recorded.
pub(crate) fn tell(records: &mut Vec<Recorded>, second: i64, what: Happened) {
    let at = start() + SignedDuration::from_secs(second);
    let input = Input {
        at,
        nonce: format!("nonce-{}", records.len()),
        what,
    };
    let state = State::fold(&*records).unwrap();
    for event in decide(state.as_ref(), &input) {
        let revision = records.len() as u64 + 1;
        records.push(Recorded {
            revision,
            at,
            event,
        });
    }
}
