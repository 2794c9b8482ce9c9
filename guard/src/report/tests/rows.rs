//! What the rows of signals show.

use super::*;

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
