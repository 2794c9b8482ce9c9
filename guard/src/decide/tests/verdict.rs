//! What is known and what is not: verdicts, what is still needed, and what silence means.

use super::*;

#[test]
fn an_inconclusive_bake_is_prolonged_while_certainty_is_in_reach_and_then_held() {
    let mut story = Story::gray(Autonomy::Rollback);
    let need = |seconds| Need {
        signal: SignalKey::new("errors").unwrap(),
        smallest_visible: Some(0.08),
        tolerance: 0.01,
        unit: "ratio".into(),
        seconds: Some(seconds),
        requests: None,
    };
    let mut open = assessment(Verdict::Inconclusive, vec![]);
    open.needs = vec![need(20.0)];
    story.tell(Happened::Assessed(open.clone()));
    assert_eq!(names(&story.wait(30).tell(bake(0))), ["bake_extended"]);
    assert_eq!(names(&story.wait(30).tell(bake(0))), ["bake_extended"]);
    assert_eq!(
        names(&story.wait(30).tell(bake(0))),
        ["paused", "approval_asked"]
    );
    assert_eq!(story.state().highest_tier(), Tier::Quiet);
    let press = answer(&story, mei(), Choice::Resume);
    let events = story.tell(press);
    assert_eq!(
        names(&events),
        [
            "approval_answered",
            "resumed",
            "action_requested",
            "action_authorised"
        ]
    );
}

#[test]
fn without_metrics_nothing_is_promoted_and_nothing_is_rolled_back() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(healthy());
    let lost = Happened::MetricsLost {
        source: "prometheus".into(),
        error: "connection refused".into(),
    };
    assert_eq!(
        names(&story.tell(lost.clone())),
        ["metrics_lost", "verdict_changed"]
    );
    assert_eq!(story.tell(lost), []);
    assert_eq!(
        names(&story.wait(30).tell(bake(0))),
        ["paused", "approval_asked"]
    );
    assert!(story.state().running_action().is_none());
    assert_eq!(
        names(&story.tell(Happened::MetricsBack {
            source: "prometheus".into()
        })),
        ["metrics_back"]
    );
    assert_eq!(names(&story.tell(healthy())), ["verdict_changed"]);
}

#[test]
fn with_half_an_answer_nothing_is_called_healthy_and_nothing_that_was_found_is_over() {
    let mut story = Story::gray(Autonomy::Observe);
    let incomplete = Happened::MetricsIncomplete {
        source: "thanos".into(),
        warning: "a store is away".into(),
    };
    let complete = Happened::MetricsComplete {
        source: "thanos".into(),
    };
    story.tell(healthy());
    assert_eq!(
        names(&story.tell(incomplete.clone())),
        ["metrics_incomplete", "verdict_changed"]
    );
    assert_eq!(story.tell(incomplete.clone()), []);
    assert_eq!(story.tell(healthy()), []);
    assert_eq!(story.state().verdict(), Some(Verdict::Inconclusive));
    assert!(names(&story.tell(degraded(finding()))).contains(&"finding_opened"));
    assert!(!names(&story.tell(healthy())).contains(&"finding_ended"));

    assert_eq!(names(&story.tell(complete.clone())), ["metrics_complete"]);
    assert_eq!(story.tell(complete), []);
    assert!(names(&story.tell(healthy())).contains(&"finding_ended"));
}

#[test]
fn half_an_answer_proves_no_cure() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    story.finish_running();
    story.tell(Happened::MetricsIncomplete {
        source: "thanos".into(),
        warning: "a store is away".into(),
    });
    let cured = Happened::Cured { signals: vec![] };
    assert_eq!(story.tell(cured.clone()), []);
    story.tell(Happened::MetricsComplete {
        source: "thanos".into(),
    });
    assert_eq!(names(&story.tell(cured)), ["cure_confirmed"]);
}

#[test]
fn a_finding_does_not_end_because_the_metrics_went_silent() {
    let mut story = Story::gray(Autonomy::Observe);
    story.tell(degraded(severe()));
    let silent = Happened::Assessed(assessment(Verdict::Unmeasured, vec![]));
    assert!(!names(&story.tell(silent)).contains(&"finding_ended"));
}

#[test]
fn a_flapping_watch_of_48_hours_writes_under_300_events() {
    let mut story = Story::gray(Autonomy::Observe);
    for tick in 0..(48 * 3600 / 10) {
        let bad = tick % 2 == 0;
        story.wait(10);
        story.tell(if bad { degraded(finding()) } else { healthy() });
        if tick % 7 == 0 {
            story.tell(Happened::MetricsLost {
                source: "prometheus".into(),
                error: "timeout".into(),
            });
            story.tell(Happened::MetricsBack {
                source: "prometheus".into(),
            });
        }
    }
    assert!(story.records.len() < 300, "{} events", story.records.len());
}

#[test]
fn news_of_what_is_still_needed_does_not_hold_back_the_good_verdict() {
    let mut story = Story::gray(Autonomy::Rollback);
    let need = |signal: &str| Need {
        signal: SignalKey::new(signal).unwrap(),
        smallest_visible: None,
        tolerance: 0.01,
        unit: "ratio".into(),
        seconds: Some(5.0),
        requests: None,
    };
    for signal in [
        "errors", "latency", "errors", "latency", "errors", "latency",
    ] {
        let mut open = assessment(Verdict::Inconclusive, vec![]);
        open.needs = vec![need(signal)];
        story.wait(1).tell(Happened::Assessed(open));
    }
    story.wait(1).tell(healthy());
    assert_eq!(story.state().verdict(), Some(Verdict::Healthy));
}

#[test]
fn with_the_new_version_everywhere_a_weaker_comparison_takes_nothing_back_but_brings_bad_news() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(healthy());
    story.wait(30).tell(bake(0));
    story.finish_running();
    for weaker in [Verdict::Inconclusive, Verdict::Unmeasured] {
        let said = Happened::Assessed(assessment(weaker, vec![]));
        assert_eq!(story.wait(5).tell(said), []);
    }
    assert_eq!(story.state().verdict(), Some(Verdict::Healthy));
    let bad = story.wait(5).tell(degraded(severe()));
    assert!(names(&bad).contains(&"verdict_changed"));
    assert_eq!(story.state().verdict(), Some(Verdict::Degraded));
}

#[test]
fn while_the_old_version_still_runs_somewhere_a_healthy_verdict_can_be_taken_back() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(healthy());
    let unsure = Happened::Assessed(assessment(Verdict::Inconclusive, vec![]));
    assert_eq!(names(&story.wait(5).tell(unsure)), ["verdict_changed"]);
}

#[test]
fn silence_with_the_new_version_everywhere_takes_the_verdict_back_until_it_is_measured_again() {
    let mut story = promoted(Autonomy::Pause);
    let silent = || Happened::Assessed(assessment(Verdict::Unmeasured, vec![]));
    assert_eq!(
        story.wait(5).tell(silent()),
        [],
        "the comparison has just begun"
    );
    assert_eq!(names(&story.wait(60).tell(silent())), ["verdict_changed"]);
    assert_eq!(story.state().verdict(), Some(Verdict::Unmeasured));
    let mut ended = story.clone();
    let end = Happened::TimerFired {
        timer: TimerName::FinalBake,
    };
    assert_eq!(
        ended.wait(1800).tell(end),
        [Event::BakeEnded {
            verdict: Verdict::Unmeasured,
            known_good: false
        }]
    );
    let weaker = Happened::Assessed(assessment(Verdict::Inconclusive, vec![]));
    assert_eq!(names(&story.wait(5).tell(weaker)), ["verdict_changed"]);
    assert_eq!(story.state().verdict(), Some(Verdict::Healthy));
}

#[test]
fn what_was_never_held_against_a_control_is_not_healthy_because_it_looked_so_once() {
    let mut story = Story::gray_of(Plan {
        steps: plan(Autonomy::Pause).steps[..1].to_vec(),
        comparison: Comparison::BeforeVsAfter,
        ..plan(Autonomy::Pause)
    });
    story.wait(1).tell(healthy());
    story.wait(30).tell(bake(0));
    assert_eq!(story.state().status(), Status::Promoted);
    let unsure = Happened::Assessed(assessment(Verdict::Inconclusive, vec![]));
    assert_eq!(names(&story.wait(5).tell(unsure)), ["verdict_changed"]);
    assert_eq!(story.state().verdict(), Some(Verdict::Inconclusive));
}

#[test]
fn what_degraded_with_the_new_version_everywhere_is_not_healthy_by_an_earlier_proof() {
    let mut story = promoted(Autonomy::Observe);
    story.wait(5).tell(degraded(finding()));
    let unsure = Happened::Assessed(assessment(Verdict::Inconclusive, vec![]));
    story.wait(5).tell(unsure);
    assert_eq!(story.state().verdict(), Some(Verdict::Inconclusive));
}

#[test]
fn a_step_that_ends_without_metrics_is_held_although_it_was_only_warned_about_before() {
    let mut story = Story::gray(Autonomy::Rollback);
    let warning = Finding {
        budget: Budget::Warn,
        ..finding()
    };
    story.tell(degraded(warning));
    story.wait(1).tell(Happened::MetricsLost {
        source: "prometheus".into(),
        error: "connection refused".into(),
    });
    assert_eq!(
        names(&story.wait(30).tell(bake(0))),
        ["paused", "approval_asked"]
    );
    assert!(matches!(
        story.state().paused(),
        Some(crate::event::PauseReason::Unsure {
            verdict: Verdict::Unmeasured
        })
    ));
}

#[test]
fn a_finding_that_is_explained_later_is_blamed_anew_and_no_more_often_than_is_of_use() {
    let mut story = Story::gray(Autonomy::Observe);
    let seen = |attribution| {
        let finding = Finding {
            attribution,
            ..finding()
        };
        Happened::Assessed(assessment(Verdict::Degraded, vec![finding]))
    };
    story.tell(seen(Attribution::Change));
    assert_eq!(
        names(&story.wait(1).tell(seen(Attribution::Load))),
        ["finding_reattributed"]
    );
    let blamed = story.state().open_findings().next().unwrap();
    assert_eq!(blamed.finding.attribution, Attribution::Load);
    assert_eq!(story.wait(1).tell(seen(Attribution::Load)), []);
    let turns = [Attribution::Change, Attribution::Load];
    let told = (0..10).map(|turn| story.wait(1).tell(seen(turns[turn % 2])).len());
    assert_eq!(told.sum::<usize>(), 2);
}
