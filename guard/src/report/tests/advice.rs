//! What is suggested, and what is a gap.

use super::*;

#[test]
fn what_nearly_fired_what_is_blind_and_what_is_near_its_limit_is_suggested() {
    let mut plan = plan(Autonomy::Rollback);
    plan.from_known_good = false;
    let mut story = Story::gray_of(plan);
    story.wait(30).tell(Happened::Assessed(assessment(
        Verdict::Inconclusive,
        Vec::new(),
    )));
    story.tell(Happened::TimerFired {
        timer: TimerName::Bake { step: 0 },
    });
    let mut errors = measured("errors", SignalKind::Ratio, 0.009, 0.009);
    errors.measure.nearness = 0.9;
    let mut latency = measured("latency", SignalKind::Histogram, 0.02, 0.02);
    latency.measure.smallest_visible = Some(0.1);
    let mut cpu = measured("cpu", SignalKind::Rate, 0.2, 0.2);
    cpu.measure.limits.warn = Some(0.1);
    cpu.measure.limits.hard = None;
    keep(&mut story, vec![errors, latency, cpu]);
    let told = report(&story);
    assert_eq!(told.signals[1].verdict, SignalVerdict::Inconclusive);
    let has = |wanted: fn(&Suggestion) -> bool| told.suggestions.iter().any(wanted);
    assert!(has(
        |s| matches!(s, Suggestion::NearlyWarned { signal, .. } if signal == "errors")
    ));
    assert!(has(
        |s| matches!(s, Suggestion::NearLimit { signal, .. } if signal == "errors")
    ));
    assert!(has(
        |s| matches!(s, Suggestion::WatchLonger { signal, .. } if signal == "latency")
    ));
    assert!(has(
        |s| matches!(s, Suggestion::BeyondLimitBefore { signal, .. } if signal == "cpu")
    ));
    assert!(has(|s| matches!(s, Suggestion::DeclareKnownGood)));
    assert!(has(|s| matches!(
        s,
        Suggestion::TestRollback { deployments: 1 }
    )));
}

#[test]
fn what_the_service_does_not_export_is_neither_a_risk_nor_a_suggestion() {
    let mut story = Story::new();
    story.tell(Happened::DeployAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
    });
    let key = |name: &str| SignalKey::new(name).unwrap();
    story.tell(Happened::BaselineCaptured {
        history_s: 700.0,
        blind: vec![
            (key("disk"), "not_exported".to_owned()),
            (key("cpu"), "no_series".to_owned()),
        ],
    });
    let told = report(&story);
    assert!(
        told.risk
            .factors
            .contains(&RiskFactor::Blind { signals: 1 })
    );
    let blind: Vec<_> = told
        .suggestions
        .iter()
        .filter(|s| matches!(s, Suggestion::MendBlind { .. }))
        .collect();
    assert_eq!(blind.len(), 1, "{blind:?}");
}

#[test]
fn a_drift_over_releases_is_told_though_each_was_within_its_tolerance() {
    let release = |value: f64| {
        let mut story = promoted(plan(Autonomy::Rollback));
        story.write(Event::Promoted {
            bake_until: story.now,
        });
        let mut signals = healthy();
        signals[0].measure.after = Some(value);
        keep(&mut story, signals);
        story
    };
    let [a, b, c] = [0.0020, 0.0035, 0.0050].map(release);
    let before = [report(&b), report(&a)];
    let told = Report::beside(&c.records, &before).unwrap().unwrap();
    let trend = told.trends.iter().find(|t| t.signal == "errors").unwrap();
    assert_eq!(trend.points.len(), 3);
    assert!(trend.worsening && trend.drift.unwrap() > 1.4, "{trend:?}");
    assert_eq!(told.earlier.len(), 2);
    assert!(told.risk.factors.contains(&RiskFactor::RollbackUntested));
    let drifts = |s: &Suggestion| matches!(s, Suggestion::StopDrift { signal, releases: 3, .. } if signal == "errors");
    assert!(told.suggestions.iter().any(drifts));
    let steady = told.trends.iter().find(|t| t.signal == "latency").unwrap();
    assert!(!steady.worsening);
}

#[test]
fn what_a_dependency_did_is_told_to_its_owners_and_a_false_alarm_widens_a_tolerance() {
    let mut story = Story::gray(Autonomy::Pause);
    let of_others = Finding {
        attribution: Attribution::Dependency,
        ..finding()
    };
    found(&mut story, vec![of_others]);
    story.tell(Happened::Judged {
        by: mei(),
        judgement: Judgement::FalseAlarm,
        note: None,
        since: None,
    });
    let told = report(&story);
    let signal = || "errors".to_owned();
    assert!(
        told.suggestions
            .contains(&Suggestion::TellDependency { signal: signal() })
    );
    assert!(
        told.suggestions
            .contains(&Suggestion::WidenTolerance { signal: signal() })
    );
    assert_eq!(told.judged.as_deref(), Some("false_alarm"));
}

#[test]
fn silent_sources_are_gaps_until_they_answer() {
    let mut story = Story::gray(Autonomy::Rollback);
    let source = || "prometheus".to_owned();
    story.wait(5).tell(Happened::MetricsLost {
        source: source(),
        error: "connection refused".to_owned(),
    });
    story
        .wait(40)
        .tell(Happened::MetricsBack { source: source() });
    let gaps = report(&story).gaps;
    let lost = gaps.iter().find(|gap| {
        gap.missing
            == Missing::Source {
                source: "prometheus".to_owned(),
            }
    });
    assert!((lost.unwrap().seconds - 40.0).abs() < 1e-6, "{gaps:?}");
}
