//! A deployment to look at, made by the domain itself.

use guard::actor::{Actor, Role};
use guard::decide::decide;
use guard::detect::{Change, Course, Direction, Limits, Measure, SignalKind};
use guard::event::{Event, Recorded};
use guard::finding::{Assessment, Budget, Finding, Scope};
use guard::ids::{
    DeploymentId, Environment, EvidenceId, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use guard::input::{Happened, Input, Outcome};
use guard::measured::Measured;
use guard::plan::{Pacing, Plan, steps};
use guard::policy::{Autonomy, Policy};
use guard::queue::Behind;
use guard::state::State;
use guard::verdict::{Attribution, Comparison, Verdict};
use jiff::{SignedDuration, Timestamp};

pub(super) fn start() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

pub(super) fn plan() -> Plan {
    let names: Vec<InstanceId> = ["shop-1", "shop-2", "shop-3"]
        .iter()
        .map(|name| InstanceId::new(*name).unwrap())
        .collect();
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
        steps: steps(&names, &Pacing::default()).unwrap(),
        comparison: Comparison::CanaryVsStable,
        policy: Policy {
            autonomy: Autonomy::Pause,
            ..Policy::default()
        },
    }
}

pub(super) fn finding(query: &str) -> Finding {
    let json = serde_json::json!({
        "signal": SignalKey::new("errors").unwrap(),
        "scope": Scope::Group,
        "onset_at": start() + SignedDuration::from_secs(7),
        "baseline": 0.002, "current": 0.31, "effect": 0.308, "interval": (0.25, 0.36),
        "unit": "ratio", "window_s": 10.0, "confidence": 0.9999, "budget": Budget::Pause,
        "hard_limit_crossed": false, "severe": false, "rollback_on_failure": false,
        "comparison": Comparison::CanaryVsStable, "attribution": Attribution::Change,
        "query": query, "evidence": EvidenceId::new("ev_1").unwrap(),
    });
    serde_json::from_value(json).unwrap()
}

pub(super) fn mei() -> Actor {
    Actor::Person {
        id: PersonId::new("mei").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}

/// A deployment that was found wanting and waits for an answer.
pub(super) fn paused() -> Vec<Recorded> {
    let query = "sum by (instance) (rate(http_requests_total{code=~\"5..\"}[1m]))";
    let mut records = asked();
    let assessment = Assessment {
        verdict: Verdict::Degraded,
        findings: vec![finding(query)],
        needs: Vec::new(),
        blind: Vec::new(),
        history_s: 40.0,
    };
    tell(&mut records, 12, Happened::Assessed(assessment));
    records
}

/// The same, with what was measured of its signals by then: one moved, one did not.
pub(crate) fn measured() -> Vec<Recorded> {
    let mut records = paused();
    let signals = signals();
    tell(&mut records, 13, Happened::Measured { signals });
    records
}

/// The same, rolled back by somebody, and cured by that; more was measured of it.
pub(super) fn rolled_back() -> Vec<Recorded> {
    let mut records = paused();
    let mut signals = signals();
    for name in ["latency", "cpu", "memory", "queue"] {
        let mut one = signals[0].clone();
        one.signal = SignalKey::new(name).unwrap();
        signals.push(one);
    }
    for one in &mut signals {
        let courses = &mut one.measure;
        for course in [&mut courses.past, &mut courses.course, &mut courses.beside] {
            // As long as they are kept at most.
            course.values = course.values.iter().copied().cycle().take(60).collect();
        }
    }
    let signals = || Happened::Measured {
        signals: signals.clone(),
    };
    tell(&mut records, 13, signals());
    let state = State::fold(&records).unwrap().unwrap();
    let answered = Happened::Answered {
        approval: state.open_approval().unwrap().approval.id.clone(),
        by: mei(),
        duty: guard::duty::Duty::default(),
        choice: guard::approval::Choice::Rollback,
        reason: Some("errors".to_owned()),
    };
    tell(&mut records, 50, answered);
    let state = State::fold(&records).unwrap().unwrap();
    let action = state.running_action().unwrap().action.clone();
    for instance in action.instances {
        let action = action.id.clone();
        tell(
            &mut records,
            55,
            Happened::InstanceDone { action, instance },
        );
    }
    let done = Happened::ActionEnded {
        action: action.id,
        outcome: Outcome::Done,
    };
    tell(&mut records, 56, done);
    tell(&mut records, 57, signals());
    let cured = Happened::Cured {
        signals: Vec::new(),
    };
    tell(&mut records, 90, cured);
    tell(&mut records, 91, signals());
    records
}

/// One of some days before that stayed, with so many errors.
pub(super) fn stayed(days: i64, errors: f64) -> (String, Vec<Recorded>) {
    let id = format!("dep_{days}_days_before");
    let at = start() - SignedDuration::from_hours(24 * days);
    let plan = Plan {
        deployment: DeploymentId::new(id.as_str()).unwrap(),
        to: Version::new(format!("v0.{}", 10 - days)).unwrap(),
        ..plan()
    };
    let mut signals = signals();
    signals.retain(|one| one.signal.as_str() == "errors");
    signals[0].measure.after = Some(errors);
    let known_good = Event::BakeEnded {
        verdict: Verdict::Healthy,
        known_good: true,
    };
    let events = [
        Event::DeploymentRequested { plan, by: mei() },
        Event::Promoted { bake_until: at },
        Event::SignalsMeasured { signals },
        known_good,
    ];
    let records = (1..).zip(events).map(|(revision, event)| Recorded {
        revision,
        at,
        event,
    });
    (id, records.collect())
}

fn signals() -> Vec<Measured> {
    let course = |step_s, values: &[f64]| Course {
        step_s,
        values: values.iter().map(|value| Some(*value)).collect(),
    };
    let moved = |key: &str, after: &[f64]| Measured {
        signal: SignalKey::new(key).unwrap(),
        comparison: Comparison::CanaryVsStable,
        of_dependency: false,
        measure: Measure {
            key: key.to_owned(),
            kind: SignalKind::Ratio,
            direction: Direction::Up,
            unit: "ratio".to_owned(),
            before: Some(0.002),
            after: after.last().copied(),
            change: Some(Change {
                effect: 0.308,
                interval: (0.25, 0.36),
                window_s: 10.0,
            }),
            tolerated: Some(0.005),
            smallest_visible: Some(0.004),
            limits: Limits {
                warn: Some(0.01),
                hard: Some(0.05),
                quantile: 0.99,
            },
            p95: None,
            nearness: 2.0,
            no_data: None,
            counted: None,
            control: None,
            past: course(
                5.0,
                &[0.002, 0.001, 0.003, 0.002, 0.002, 0.001, 0.003, 0.002],
            ),
            course: course(1.0, after),
            beside: course(
                1.0,
                &[0.002, 0.003, 0.001, 0.002, 0.002, 0.001, 0.002, 0.003],
            ),
        },
    };
    vec![
        moved(
            "quiet",
            &[0.002, 0.001, 0.002, 0.003, 0.002, 0.002, 0.001, 0.002],
        ),
        moved(
            "errors",
            &[0.002, 0.003, 0.002, 0.004, 0.002, 0.08, 0.27, 0.31],
        ),
    ]
}

/// Another one, `dep_2`, that waits behind it.
pub(super) fn queued() -> Vec<Recorded> {
    let mut records = Vec::new();
    let behind = Behind {
        deployment: plan().deployment,
        version: plan().to,
    };
    let waits = Plan {
        deployment: DeploymentId::new("dep_2").unwrap(),
        from: Some(plan().to),
        to: Version::new("v3").unwrap(),
        ..plan()
    };
    let queued = Happened::QueueAsked {
        plan: Box::new(waits),
        by: mei(),
        behind,
    };
    tell(&mut records, 20, queued);
    records
}

/// The gray instance has the new version.
pub(super) fn asked() -> Vec<Recorded> {
    let mut records = Vec::new();
    let plan = Box::new(plan());
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

fn tell(records: &mut Vec<Recorded>, second: i64, what: Happened) {
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
