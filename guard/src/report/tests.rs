use super::*;
use crate::approval::Choice;
use crate::detect::{Change, Counted, Course, Direction, Limits, Measure, SignalKind};
use crate::duty::Duty;
use crate::finding::{Budget, Cured, Finding};
use crate::ids::SignalKey;
use crate::input::Happened;
use crate::judgement::Judgement;
use crate::measured::Measured;
use crate::plan::Plan;
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding, mei, plan};
use crate::timer::TimerName;
use crate::verdict::Attribution;

fn measured(key: &str, kind: SignalKind, before: f64, after: f64) -> Measured {
    Measured {
        signal: SignalKey::new(key).unwrap(),
        comparison: Comparison::CanaryVsStable,
        of_dependency: false,
        measure: Measure {
            key: key.to_owned(),
            kind,
            direction: Direction::Up,
            unit: match kind {
                SignalKind::Histogram => "seconds",
                SignalKind::Ratio | SignalKind::Availability => "ratio",
                _ => "cores",
            }
            .to_owned(),
            before: Some(before),
            after: Some(after),
            change: Some(Change {
                effect: after - before,
                interval: (after - before - 0.001, after - before + 0.001),
                window_s: 60.0,
            }),
            tolerated: Some(0.002),
            smallest_visible: Some(0.004),
            limits: Limits {
                warn: Some(0.01),
                hard: Some(0.05),
                quantile: 0.99,
            },
            p95: (kind == SignalKind::Histogram).then_some(after),
            nearness: 0.1,
            no_data: None,
            counted: None,
            control: None,
            past: Course::default(),
            beside: Course::default(),
            course: Course::default(),
        },
    }
}

fn up(share: f64) -> Measured {
    let mut up = measured("up", SignalKind::Availability, 1.0, share);
    up.measure.direction = Direction::Down;
    up
}

fn healthy() -> Vec<Measured> {
    let mut latency = measured("latency", SignalKind::Histogram, 0.1, 0.1);
    latency.measure.limits = Limits {
        warn: Some(1.0),
        hard: Some(2.0),
        quantile: 0.95,
    };
    vec![
        measured("errors", SignalKind::Ratio, 0.002, 0.002),
        latency,
        up(1.0),
    ]
}

fn severe() -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        hard_limit_crossed: true,
        ..finding()
    }
}

fn keep(story: &mut Story, signals: Vec<Measured>) {
    let kept = story.tell(Happened::Measured { signals });
    assert_eq!(kept.len(), 1, "nothing asked for measures");
}

fn found(story: &mut Story, findings: Vec<Finding>) {
    let assessed = assessment(Verdict::Degraded, findings);
    story.wait(5).tell(Happened::Assessed(assessed));
}

fn report(story: &Story) -> Report {
    Report::of(&story.records).unwrap().unwrap()
}

/// Everywhere, with nothing found.
fn promoted(plan: Plan) -> Story {
    let mut story = Story::gray_of(plan);
    story
        .wait(9)
        .tell(Happened::Assessed(assessment(Verdict::Healthy, Vec::new())));
    story.wait(30).tell(Happened::TimerFired {
        timer: TimerName::Bake { step: 0 },
    });
    keep(&mut story, healthy());
    story.wait(2).finish_running();
    story.wait(10).tell(Happened::TimerFired {
        timer: TimerName::Bake { step: 1 },
    });
    keep(&mut story, healthy());
    story
}

fn rolled_back() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    found(&mut story, vec![severe()]);
    let mut errors = measured("errors", SignalKind::Ratio, 0.002, 0.2);
    errors.measure.counted = Some(Counted {
        total: 1000.0,
        bad: 310.0,
    });
    errors.measure.control = Some(Counted {
        total: 3000.0,
        bad: 6.0,
    });
    keep(&mut story, vec![errors.clone(), up(1.0)]);
    story.wait(2).finish_running();
    keep(&mut story, vec![errors.clone(), up(1.0)]);
    story.wait(12).tell(Happened::Cured {
        signals: vec![Cured {
            signal: SignalKey::new("errors").unwrap(),
            current: 0.002,
            effect: 0.0,
            interval: (0.0, 0.0),
            unit: "ratio".to_owned(),
            evidence: None,
        }],
    });
    errors.measure.after = Some(0.002);
    keep(&mut story, vec![errors, up(1.0)]);
    story
}

#[test]
fn a_healthy_release_has_a_row_for_each_signal_and_a_full_score() {
    let report = report(&promoted(plan(Autonomy::Rollback)));
    assert_eq!(report.outcome, Outcome::Promoted);
    assert_eq!((report.changed, report.instances), (3, 3));
    let rows: Vec<_> = report
        .signals
        .iter()
        .map(|r| (&r.signal[..], r.verdict))
        .collect();
    let good = SignalVerdict::Healthy;
    assert_eq!(rows, [("errors", good), ("latency", good), ("up", good)]);
    assert_eq!((&report.incident, &report.impact), (&None, &None));
    assert_eq!(report.times.to_detect_s, None);
    assert!(report.score.own.unwrap() > 99.0, "{:?}", report.score);
    assert_eq!(report.score.checks.percent, Some(100.0));
    assert_eq!(report.score.checks.healthy, Some(true));
    assert!((report.score.coverage - 1.0).abs() < 1e-12);
}

#[test]
fn measures_are_kept_once_each_time_that_something_ends() {
    let mut story = Story::gray(Autonomy::Rollback);
    let signals = healthy();
    let tell = |story: &mut Story| {
        story
            .tell(Happened::Measured {
                signals: signals.clone(),
            })
            .len()
    };
    assert_eq!(tell(&mut story), 0);
    found(&mut story, vec![severe()]);
    assert_eq!((tell(&mut story), tell(&mut story)), (1, 0));
    story.wait(2).finish_running();
    assert_eq!((tell(&mut story), tell(&mut story)), (1, 0));
    let nothing = Happened::Measured {
        signals: Vec::new(),
    };
    story.write(Event::CureFailed {
        action: story.state().actions().last().unwrap().action.id.clone(),
        watch_until: None,
    });
    assert!(story.tell(nothing).is_empty());
    assert_eq!(tell(&mut story), 1);
}

#[test]
fn after_a_rollback_the_rows_show_the_change_and_not_what_came_after() {
    let report = report(&rolled_back());
    assert_eq!(report.outcome, Outcome::RolledBack);
    let errors = &report.signals[0];
    assert_eq!(errors.verdict, SignalVerdict::OverLimit);
    // A finding's own numbers: they decided.
    assert_eq!((errors.before, errors.after), (Some(0.002), Some(0.31)));
    let finding = &report.findings[0];
    assert_eq!(finding.end, FindingEnd::Cured);
    assert!(finding.ended_at.unwrap() > finding.opened_at);
    let deed = report.deeds.last().unwrap();
    assert_eq!((&deed.word, &deed.ended), (&Word::Policy, &Ended::Verified));
    assert_eq!(deed.because, ["errors"]);
    assert!(report.score.own.unwrap() <= 50.0, "{:?}", report.score);
    assert_eq!(report.score.checks.healthy, Some(false));
}

#[test]
fn what_was_shown_against_a_control_is_not_lost_when_there_is_none_any_more() {
    let mut story = promoted(plan(Autonomy::Rollback));
    story.write(Event::BakeEnded {
        verdict: Verdict::Healthy,
        known_good: true,
    });
    let mut last = healthy();
    let errors = &mut last[0].measure;
    (errors.before, errors.after, errors.change) = (None, None, None);
    keep(&mut story, last);
    let told = report(&story);
    let errors = told.signals.iter().find(|row| row.signal == "errors");
    assert_eq!(errors.unwrap().verdict, SignalVerdict::Healthy);
}

#[test]
fn the_excess_over_the_normal_is_counted_and_the_share_of_the_traffic() {
    let impact = report(&rolled_back()).impact.unwrap();
    let failed = impact.requests_failed.unwrap();
    assert!((failed - 308.0).abs() < 1e-6, "{failed}");
    assert_eq!(impact.counted_by.as_deref(), Some("errors"));
    assert_eq!(impact.share_of_traffic, Some(0.25));
    assert_eq!((impact.requests, impact.users), (Some(1000.0), None));
}

#[test]
fn times_are_told_apart_and_add_up() {
    let times = report(&rolled_back()).times;
    let all = [
        times.to_detect_s,
        times.to_decide_s,
        times.to_roll_back_s,
        times.to_prove_s,
    ];
    let sum: f64 = all.iter().flatten().sum();
    assert_eq!(all.iter().flatten().count(), 4, "{times:?}");
    assert!(
        (times.to_recover_s.unwrap() - sum).abs() < 1e-6,
        "{times:?}"
    );
    assert_eq!(times.decided_by_people, Some(false));
}

#[test]
fn a_question_that_nobody_answers_is_a_gap_and_a_suggestion() {
    let mut story = Story::gray(Autonomy::Pause);
    found(&mut story, vec![severe()]);
    assert_eq!(report(&story).outcome, Outcome::Waiting);
    let approval = story.state().open_approval().unwrap().approval.id.clone();
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::Approval { approval },
    });
    let told = report(&story);
    assert_eq!(told.outcome, Outcome::Expired);
    let gaps: Vec<_> = told
        .gaps
        .iter()
        .map(|gap| (&gap.missing, gap.to.is_some()))
        .collect();
    assert_eq!(
        gaps,
        [(&Missing::Answer, true), (&Missing::Decision, false)]
    );
    assert!((told.gaps[0].seconds - 1800.0).abs() < 1e-6);
    let nobody = Suggestion::NobodyAnswered { seconds: 1800.0 };
    assert!(told.suggestions.contains(&nobody), "{:?}", told.suggestions);
    assert!(told.suggestions.contains(&Suggestion::LetRollBack));
    // Somebody decides hours later.
    story.wait(3600).tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: crate::input::Command::Rollback,
        reason: None,
    });
    story.wait(3).finish_running();
    let told = report(&story);
    assert_eq!(told.times.decided_by_people, Some(true));
    assert!(told.times.to_decide_s.unwrap() > 5000.0);
    assert!(told.gaps[1].to.is_some());
    let slow = |s: &Suggestion| matches!(s, Suggestion::SlowToDecide { .. });
    assert!(told.suggestions.iter().any(slow));
}

#[test]
fn an_answer_to_hold_is_an_outcome_of_its_own_and_no_decision() {
    let mut story = Story::gray(Autonomy::Pause);
    found(&mut story, vec![severe()]);
    story.wait(20).answer(Choice::Hold);
    let told = report(&story);
    assert_eq!(told.outcome, Outcome::Held);
    assert_eq!(told.times.to_decide_s, None);
    assert!(!told.finished);
}

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

#[test]
fn the_same_events_give_the_same_document_and_times_have_milliseconds() {
    let story = rolled_back();
    let document = |story: &Story| serde_json::to_value(report(story)).unwrap();
    assert_eq!(document(&story), document(&story));
    let told = document(&story);
    assert_eq!(told["outcome"], "rolled_back");
    assert_eq!(told["tier"], 3);
    assert_eq!(told["findings"][0]["scope"], "group");
    assert_eq!(told["incident"]["standing"], "cured");
    assert_eq!(told["incident"]["moments"][1]["what"], "escalated");
    let at = told["requested_at"].as_str().unwrap();
    assert!(at.ends_with(".000Z"), "{at}");
}

#[test]
fn a_postmortem_says_what_went_well_where_time_was_lost_and_what_is_known_of_the_cause() {
    let told = Postmortem::of(&report(&rolled_back())).unwrap();
    assert!(told.closed);
    let has = |wanted: fn(&Well) -> bool| told.went_well.iter().any(wanted);
    assert!(has(|well| matches!(well, Well::FoundInTime { .. })));
    assert!(has(|well| matches!(well, Well::OverInTime { .. })));
    assert!(has(|well| matches!(
        well,
        Well::Contained {
            instances: 1,
            of: 3
        }
    )));
    assert!(has(|well| *well == Well::RolledBackAlone));
    assert!(has(|well| *well == Well::CureProven));
    let cause = told.cause.unwrap();
    assert_eq!(
        (cause.attribution, cause.to.as_str()),
        (Attribution::Change, "v2")
    );
    let most = told.time_lost.first().unwrap();
    assert_eq!(most.part, Part::Prove, "{:?}", told.time_lost);
    let shares: f64 = told.time_lost.iter().map(|lost| lost.share).sum();
    assert!(shares <= 1.0 + 1e-9);
}

#[test]
fn of_a_release_that_hurt_nobody_there_is_no_postmortem() {
    let told = report(&promoted(plan(Autonomy::Rollback)));
    assert!(Postmortem::of(&told).is_none());
}

#[test]
fn of_nothing_there_is_no_report() {
    assert!(Report::of(&[]).unwrap().is_none());
    assert!(Report::beside(&[], &[]).unwrap().is_none());
}
