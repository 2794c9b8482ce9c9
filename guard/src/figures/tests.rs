use super::*;
use crate::action::Basis;
use crate::duty::Duty;
use crate::event::{Event, Recorded};
use crate::finding::{Budget, Cured};
use crate::input::{Happened, Outcome};
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding, mei, start};
use crate::verdict::Verdict;
use proptest::prelude::*;

fn case(day: i64) -> Case {
    Case {
        at: start() - SignedDuration::from_hours(24 * day),
        tier: Tier::Quiet,
        status: Status::Promoted,
        judged: None,
        detect_s: None,
        decide_s: None,
        recover_s: None,
        spared: None,
    }
}

fn caught(day: i64) -> Case {
    Case {
        tier: Tier::RollBack,
        status: Status::RolledBack,
        ..case(day)
    }
}

fn figures(cases: &[Case], days: i64) -> Figures {
    let since = start() - SignedDuration::from_hours(24 * days);
    Figures::of(cases, (since, start()), NOTICED_AFTER)
}

#[test]
fn each_deployment_counts_once_as_caught_warned_or_silent_and_false_alarms_are_no_catch() {
    let cases = [
        case(1),
        case(2),
        Case {
            judged: Some(Judgement::Missed),
            ..case(3)
        },
        Case {
            tier: Tier::Warn,
            ..case(4)
        },
        caught(5),
        Case {
            judged: Some(Judgement::Real),
            tier: Tier::Pause,
            ..caught(6)
        },
        Case {
            judged: Some(Judgement::FalseAlarm),
            ..caught(7)
        },
        caught(200),
    ];
    let figures = figures(&cases, 90);
    assert_eq!(
        (
            figures.deployments,
            figures.caught,
            figures.warned,
            figures.silent,
            figures.false_alarms,
            figures.missed,
            figures.rolled_back
        ),
        (7, 2, 1, 3, 1, 1, 3)
    );
    assert!((figures.per_week - 7.0 / (90.0 / 7.0)).abs() < 1e-9);
}

#[test]
fn weeks_begin_on_monday_and_empty_ones_are_shown() {
    // 2026-11-21 is a Saturday.
    let figures = figures(&[case(0), case(5), case(6), case(15)], 21);
    let weeks: Vec<(String, u32)> = figures
        .weeks
        .iter()
        .map(|(monday, n)| (monday.to_string(), *n))
        .collect();
    let expected = [
        ("2026-10-26", 0),
        ("2026-11-02", 1),
        ("2026-11-09", 1),
        ("2026-11-16", 2),
    ];
    assert_eq!(weeks, expected.map(|(monday, n)| (monday.to_owned(), n)));
}

#[test]
fn times_are_the_median_and_the_ninth_of_ten() {
    assert_eq!(Times::of([]), None);
    let one = Times::of([7.0]).unwrap();
    assert_eq!((one.of, one.median_s, one.p90_s), (1, 7.0, 7.0));
    let ten = Times::of((1..=10).rev().map(f64::from)).unwrap();
    assert_eq!((ten.of, ten.median_s, ten.p90_s), (10, 5.0, 9.0));
}

/// The moments as whoever reads the whole stream finds them.
pub(crate) fn moments_read(records: &[Recorded]) -> Moments {
    let first = |wanted: &dyn Fn(&Event) -> bool| {
        let found = records.iter().find(|record| wanted(&record.event));
        found.map(|record| record.at)
    };
    let by_people = |basis: &Basis| !matches!(basis, Basis::Release { .. });
    Moments {
        told: first(&|event| matches!(event, Event::FindingOpened { .. })),
        decided: first(&|event| match event {
            Event::ActionAuthorised { basis, .. } => by_people(basis),
            Event::ApprovalAnswered { .. } | Event::Abandoned { .. } => true,
            _ => false,
        }),
        cured: first(&|event| matches!(event, Event::CureConfirmed { .. })),
        back: first(&|event| matches!(event, Event::RolledBack { .. })),
    }
}

/// A story of errors that are found 8 s after their onset and rolled back.
fn rolled_back(traffic: Option<f64>) -> Story {
    let bad = Finding {
        onset_at: start() + SignedDuration::from_secs(2),
        budget: Budget::RollBack,
        severe: true,
        effect: 0.3,
        traffic,
        of_requests: true,
        ..finding()
    };
    let mut story = Story::gray(Autonomy::Rollback);
    story
        .wait(10)
        .tell(Happened::Assessed(assessment(Verdict::Degraded, vec![bad])));
    story.wait(22).finish_running();
    story.wait(30).tell(Happened::Cured {
        signals: Vec::<Cured>::new(),
    });
    story
}

#[test]
fn a_rollback_has_its_times_and_spares_what_would_have_been_harmed_everywhere() {
    let story = rolled_back(Some(90.0));
    let case = Case::of(story.state());
    assert_eq!(case.detect_s, Some(8.0));
    assert_eq!(case.decide_s, Some(0.0), "by policy, at once");
    assert_eq!(case.recover_s, Some(60.0));
    let spared = case.spared.unwrap();
    assert!((spared.everywhere - 27.0).abs() < 1e-9, "{spared:?}");
    // One instance of three, for half a minute.
    assert!(
        (spared.harmed - 27.0 / 3.0 * 30.0).abs() < 1e-6,
        "{spared:?}"
    );
    let figures = figures(&[case], 7);
    let saved = figures.requests_saved.unwrap();
    assert!((saved - (27.0 * 900.0 - 270.0)).abs() < 1e-6, "{saved}");
    assert_eq!(figures.saved_of, 1);
}

#[test]
fn what_cannot_be_told_is_not_counted_as_nothing() {
    let story = rolled_back(None);
    let case = Case::of(story.state());
    assert_eq!(case.spared, None);
    let figures = figures(&[case], 7);
    assert_eq!((figures.requests_saved, figures.saved_of), (None, 0));
    assert_eq!(figures.rolled_back, 1);
}

#[test]
fn people_who_are_asked_decide_when_they_answer() {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(10).tell(Happened::Assessed(assessment(
        Verdict::Degraded,
        vec![finding()],
    )));
    let open = story.state().open_approval().unwrap().approval.id.clone();
    story.wait(45).tell(Happened::Answered {
        approval: open,
        by: mei(),
        duty: Duty::default(),
        choice: crate::approval::Choice::Rollback,
        reason: None,
    });
    story.end_running(Outcome::Done);
    let case = Case::of(story.state());
    assert_eq!(case.decide_s, Some(45.0));
    assert_eq!(case.recover_s, None, "the cure is not proven");
}

proptest! {
    #[test]
    fn nine_of_ten_take_no_less_than_half_of_them(seconds in prop::collection::vec(0.0..1e6_f64, 1..60)) {
        let times = Times::of(seconds.iter().copied()).unwrap();
        prop_assert!(times.median_s <= times.p90_s);
        let within = seconds.iter().filter(|s| **s <= times.p90_s).count();
        prop_assert!(within as f64 >= 0.9 * seconds.len() as f64);
        let half = seconds.iter().filter(|s| **s <= times.median_s).count();
        prop_assert!(half as f64 >= 0.5 * seconds.len() as f64);
    }
}
