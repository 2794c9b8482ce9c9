//! A deployment for each scenario of the demo, with what was measured.

use crate::measured::{latency, measured, up};
use crate::story::{Story, assessed, errors, mei, plan};
use guard::approval::Choice;
use guard::detect::{Change, Course, NoData, SignalKind};
use guard::duty::Duty;
use guard::event::Event;
use guard::finding::{Assessment, Budget, Cured, Finding, Need, Scope};
use guard::ids::{InstanceId, SignalKey};
use guard::input::{Command, Happened, Outcome};
use guard::measured::Measured;
use guard::policy::Autonomy;
use guard::timer::TimerName;
use guard::verdict::{Attribution, Comparison, Verdict};

fn moved(key: &str, unit: &str, before: f64, after: f64) -> Finding {
    let effect = after - before;
    Finding {
        signal: SignalKey::new(key).unwrap(),
        baseline: before,
        current: after,
        effect,
        interval: (0.8 * effect, 1.2 * effect),
        unit: unit.to_owned(),
        query: format!("avg by (instance) (shop_{key})"),
        ..errors()
    }
}

fn severe(finding: Finding) -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        hard_limit_crossed: true,
        ..finding
    }
}

/// What was measured of a signal that moved.
fn shown(finding: &Finding, kind: SignalKind) -> Measured {
    let mut measured = measured(finding.signal.as_str());
    let measure = &mut measured.measure;
    measure.kind = kind;
    measure.unit.clone_from(&finding.unit);
    (measure.before, measure.after) = (Some(finding.baseline), Some(finding.current));
    measure.change = Some(Change {
        effect: finding.effect,
        interval: finding.interval,
        window_s: finding.window_s,
    });
    measure.nearness = 1.6;
    let (low, high) = (finding.baseline, finding.current);
    measure.past = course(&[low, low, low, low]);
    measure.course = course(&[low, low, high, high, high]);
    if let Some(counted) = &mut measure.counted {
        counted.bad = 310.0;
    }
    if kind != SignalKind::Ratio {
        measure.limits.warn = None;
        measure.limits.hard = None;
        (measure.counted, measure.control) = (None, None);
    }
    measured
}

fn course(values: &[f64]) -> Course {
    Course {
        step_s: 5.0,
        values: values.iter().map(|value| Some(*value)).collect(),
    }
}

fn keep(story: &mut Story, signals: Vec<Measured>) {
    let kept = story.tell(Happened::Measured { signals });
    assert_eq!(kept.len(), 1, "nothing asked for measures");
}

fn calm() -> Vec<Measured> {
    vec![measured("errors"), latency(), up()]
}

fn cured(finding: &Finding) -> Happened {
    Happened::Cured {
        signals: vec![Cured {
            signal: finding.signal.clone(),
            current: finding.baseline,
            effect: 0.0,
            interval: (-0.001, 0.001),
            unit: finding.unit.clone(),
            evidence: None,
        }],
    }
}

/// Found, rolled back by the policy, cured.
fn rolled_back(finding: Finding, kind: SignalKind) -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    let finding = severe(finding);
    let mut signals = vec![shown(&finding, kind), latency(), up()];
    if kind == SignalKind::Availability {
        signals.pop();
        signals.push(measured("errors"));
    }
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![finding.clone()]));
    keep(&mut story, signals.clone());
    story.wait(3).finish_running();
    keep(&mut story, signals.clone());
    story.wait(12).tell(cured(&finding));
    keep(&mut story, signals);
    story
}

pub(crate) fn error_spike() -> Story {
    let mut story = rolled_back(errors(), SignalKind::Ratio);
    let accounts = vec![guard::excess::Contribution {
        label: "route".to_owned(),
        value: "/checkout".to_owned(),
        excess: 291.0,
        share: 0.95,
        of_events: 0.2,
        after: 0.9,
        before: 0.002,
    }];
    story.record(Event::ExcessLocated {
        signal: SignalKey::new("errors").unwrap(),
        accounts,
        evidence: None,
    });
    story
}

fn crash() -> Story {
    rolled_back(moved("up", "ratio", 1.0, 0.0), SignalKind::Availability)
}

/// Found and asked about.
fn asked(finding: &Finding, kind: SignalKind) -> Story {
    let mut story = Story::gray(Autonomy::Pause);
    story
        .wait(20)
        .tell(assessed(Verdict::Degraded, vec![finding.clone()]));
    keep(
        &mut story,
        vec![shown(finding, kind), measured("errors"), up()],
    );
    story
}

/// Rolled back because a person said so, and cured.
fn slow() -> Story {
    let finding = moved("latency", "seconds", 0.12, 0.62);
    let mut story = asked(&finding, SignalKind::Histogram);
    story.wait(95).answer(Choice::Rollback);
    keep(&mut story, vec![shown(&finding, SignalKind::Histogram)]);
    story.wait(4).finish_running();
    keep(&mut story, vec![shown(&finding, SignalKind::Histogram)]);
    story.wait(15).tell(cured(&finding));
    story
}

/// A person keeps it paused.
fn pool_leak() -> Story {
    let finding = moved("pool-in-use", "count", 3.0, 17.0);
    let mut story = asked(&finding, SignalKind::Gauge);
    story.wait(30).answer(Choice::Hold);
    story
}

/// A person accepts it.
fn cpu() -> Story {
    let finding = moved("cpu", "cores", 0.08, 0.31);
    let mut story = asked(&finding, SignalKind::Rate);
    story.wait(30).answer(Choice::Resume);
    story
}

/// Nobody answers.
fn memory_leak() -> Story {
    let finding = Finding {
        severe: true,
        ..moved("memory", "bytes", 3.1e7, 4.6e7)
    };
    let mut story = asked(&finding, SignalKind::Gauge);
    let approval = story.state().open_approval().unwrap().approval.id.clone();
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::Approval { approval },
    });
    keep(&mut story, vec![shown(&finding, SignalKind::Gauge)]);
    story
}

/// Something that the service calls.
fn dependency() -> Story {
    let finding = Finding {
        attribution: Attribution::Dependency,
        comparison: Comparison::BeforeVsAfter,
        ..moved("warehouse-errors", "ratio", 0.0, 0.42)
    };
    let mut story = asked(&finding, SignalKind::Ratio);
    story.wait(30).answer(Choice::Hold);
    story
}

pub(crate) fn healthy() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(5).tell(assessed(Verdict::Healthy, Vec::new()));
    story.wait(25).bake(0);
    keep(&mut story, calm());
    story.wait(2).finish_running();
    story.wait(10).bake(1);
    keep(&mut story, calm());
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    keep(&mut story, calm());
    story
}

/// Too little traffic to be sure.
fn quiet() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(9).tell(Happened::Assessed(Assessment {
        verdict: Verdict::Inconclusive,
        findings: Vec::new(),
        needs: vec![Need {
            seconds: None,
            ..crate::story::need()
        }],
        blind: Vec::new(),
        history_s: 40.0,
    }));
    story.wait(30).bake(0);
    let mut signals = calm();
    signals[0].measure.smallest_visible = Some(0.3);
    signals[0].measure.nearness = 0.85;
    let silent = &mut signals[1].measure;
    (silent.before, silent.after, silent.change) = (None, None, None);
    silent.no_data = Some(NoData::Silent("shop-1".to_owned()));
    (silent.past, silent.course) = (Course::default(), Course::default());
    keep(&mut story, signals);
    story
}

/// Metrics that were away, a rollback that did not help, and a person's command.
fn not_cured() -> Story {
    let mut story = Story::gray(Autonomy::Pause);
    let source = || "prometheus".to_owned();
    story.wait(5).tell(Happened::MetricsLost {
        source: source(),
        error: "connection refused".to_owned(),
    });
    story
        .wait(45)
        .tell(Happened::MetricsBack { source: source() });
    let finding = Finding {
        scope: Scope::Instance(InstanceId::new("shop-1").unwrap()),
        ..errors()
    };
    story
        .wait(5)
        .tell(assessed(Verdict::Degraded, vec![finding.clone()]));
    keep(&mut story, vec![shown(&finding, SignalKind::Ratio)]);
    story.wait(20).tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Rollback,
        reason: Some("customers call".to_owned()),
    });
    story.wait(3).finish_running();
    story.cure_is_late();
    story
}

fn failed() -> Story {
    let mut plan = plan(Autonomy::Rollback);
    (plan.from, plan.from_known_good) = (None, false);
    let mut story = Story::requested(plan);
    story.wait(1).tell(Happened::BaselineCaptured {
        history_s: 0.0,
        blind: vec![(SignalKey::new("cpu").unwrap(), "no_series".to_owned())],
    });
    story.wait(4).end_running(Outcome::Failed {
        instance: None,
        error: "package: 404 not found".to_owned(),
        restored: true,
    });
    story
}

pub(crate) fn scenarios() -> Vec<(&'static str, Story)> {
    vec![
        ("error-spike", error_spike()),
        ("crash", crash()),
        ("latency", slow()),
        ("pool-leak", pool_leak()),
        ("cpu", cpu()),
        ("memory-leak", memory_leak()),
        ("dependency", dependency()),
        ("healthy", healthy()),
        ("quiet", quiet()),
        ("not-cured", not_cured()),
        ("failed", failed()),
    ]
}
