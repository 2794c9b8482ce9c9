use super::*;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

fn ledger(real: u32, false_alarms: u32) -> Ledger {
    Ledger {
        real,
        false_alarms,
        ..Ledger::default()
    }
}

fn suggested(ledger: &Ledger, has: Autonomy) -> Suggestion {
    ledger.suggestion(has, Autonomy::Rollback, now())
}

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// Less autonomy, as it is, more.
fn direction(suggestion: Suggestion) -> i8 {
    match suggestion {
        Suggestion::Lower { .. } => -1,
        Suggestion::Raise { .. } => 1,
        Suggestion::Wait { .. } | Suggestion::Keep | Suggestion::NotEnough { .. } => 0,
    }
}

#[test]
fn the_interval_is_wilsons() {
    // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for (part, of, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let share = Share::new(part, of).unwrap();
        assert!(
            (share.low - low).abs() < 5e-5 && (share.high - high).abs() < 5e-5,
            "{share:?}"
        );
    }
    assert_eq!(Share::new(0, 0), None);
}

#[test]
fn only_what_was_asked_for_within_the_horizon_is_counted_each_in_its_place() {
    let case = |days, judgement| Case {
        at: days_ago(days),
        judgement,
        rolled_back_unasked: true,
    };
    let cases = [
        case(1, Judgement::Real),
        case(2, Judgement::Fine),
        case(50, Judgement::FalseAlarm),
        case(40, Judgement::FalseAlarm),
        case(3, Judgement::Missed),
        case(181, Judgement::Missed),
    ];
    let ledger = Ledger::of(&cases, now());
    assert_eq!(
        ledger,
        Ledger {
            real: 1,
            false_alarms: 2,
            missed: 1,
            fine: 1,
            wrongly_undone_at: Some(days_ago(40)),
        }
    );
    let (precision, recall) = (ledger.precision().unwrap(), ledger.recall().unwrap());
    assert_eq!((precision.part, precision.of), (1, 3));
    assert_eq!((recall.part, recall.of), (1, 2));
    assert_eq!(ledger.judged(), 5);
}

#[test]
fn nothing_judged_gives_no_share_and_says_how_many_are_wanting() {
    let nothing = Ledger::default();
    assert_eq!((nothing.precision(), nothing.recall()), (None, None));
    for (has, more, proves) in [
        (Autonomy::Observe, 5, Autonomy::Pause),
        (Autonomy::Pause, 16, Autonomy::Rollback),
        (Autonomy::Rollback, 16, Autonomy::Rollback),
    ] {
        assert_eq!(
            suggested(&nothing, has),
            Suggestion::NotEnough { more, proves }
        );
    }
}

#[test]
fn real_alarms_earn_a_pause_and_then_a_rollback() {
    let raise = |to| Suggestion::Raise { to };
    assert_eq!(
        suggested(&ledger(5, 0), Autonomy::Observe),
        raise(Autonomy::Pause)
    );
    assert_eq!(
        suggested(&ledger(15, 0), Autonomy::Pause),
        Suggestion::NotEnough {
            more: 1,
            proves: Autonomy::Rollback
        }
    );
    assert_eq!(
        suggested(&ledger(16, 0), Autonomy::Pause),
        raise(Autonomy::Rollback)
    );
    assert_eq!(
        suggested(&ledger(16, 0), Autonomy::Rollback),
        Suggestion::Keep
    );
}

#[test]
fn who_can_only_be_watched_is_never_told_to_have_more() {
    let suggestion = ledger(50, 0).suggestion(Autonomy::Observe, Autonomy::Observe, now());
    assert_eq!(suggestion, Suggestion::Keep);
}

#[test]
fn false_alarms_cost_autonomy_once_they_are_no_accident() {
    let lower = |to, bar| Suggestion::Lower {
        to,
        because: TooMuch::FalseAlarms { bar },
    };
    assert_eq!(direction(suggested(&ledger(0, 2), Autonomy::Rollback)), 0);
    assert_eq!(
        suggested(&ledger(0, 3), Autonomy::Rollback),
        lower(Autonomy::Pause, BAR_TO_ROLL_BACK)
    );
    assert_eq!(direction(suggested(&ledger(0, 3), Autonomy::Pause)), 0);
    assert_eq!(
        suggested(&ledger(0, 4), Autonomy::Pause),
        lower(Autonomy::Observe, BAR_TO_PAUSE)
    );
    assert_eq!(direction(suggested(&ledger(0, 50), Autonomy::Observe)), 0);
}

#[test]
fn one_false_rollback_costs_its_autonomy_at_once_and_for_thirty_days() {
    let spoilt = |days| Ledger {
        wrongly_undone_at: Some(days_ago(days)),
        ..ledger(60, 1)
    };
    assert_eq!(
        suggested(&spoilt(29), Autonomy::Rollback),
        Suggestion::Lower {
            to: Autonomy::Pause,
            because: TooMuch::WronglyUndone
        }
    );
    assert_eq!(
        suggested(&spoilt(29), Autonomy::Pause),
        Suggestion::Wait {
            until: now() + SignedDuration::from_hours(24)
        }
    );
    assert_eq!(suggested(&spoilt(30), Autonomy::Rollback), Suggestion::Keep);
    assert_eq!(
        suggested(&spoilt(30), Autonomy::Pause),
        Suggestion::Raise {
            to: Autonomy::Rollback
        }
    );
}

fn any_ledger() -> impl Strategy<Value = Ledger> {
    let undone = proptest::option::of(0_i64..60);
    (0_u32..60, 0_u32..40, 0_u32..40, 0_u32..40, undone).prop_map(
        |(real, false_alarms, missed, fine, undone)| Ledger {
            real,
            false_alarms,
            missed,
            fine,
            wrongly_undone_at: undone.filter(|_| false_alarms > 0).map(days_ago),
        },
    )
}

fn any_autonomy() -> impl Strategy<Value = Autonomy> {
    prop_oneof![
        Just(Autonomy::Observe),
        Just(Autonomy::Pause),
        Just(Autonomy::Rollback)
    ]
}

proptest! {
    #[test]
    fn a_share_lies_in_its_interval_and_more_of_the_same_makes_it_narrower(
        part in 0_u32..200, rest in 0_u32..200
    ) {
        prop_assume!(part + rest > 0);
        let share = Share::new(part, part + rest).unwrap();
        prop_assert!(0.0 <= share.low && share.low <= share.value());
        prop_assert!(share.value() <= share.high && share.high <= 1.0);
        let more = Share::new(3 * part, 3 * (part + rest)).unwrap();
        prop_assert!(more.high - more.low < share.high - share.low);
    }

    #[test]
    fn another_real_alarm_never_speaks_for_less_autonomy(
        ledger in any_ledger(), has in any_autonomy()
    ) {
        let more = Ledger { real: ledger.real + 1, ..ledger };
        prop_assert!(direction(suggested(&more, has)) >= direction(suggested(&ledger, has)));
    }

    #[test]
    fn another_false_alarm_never_speaks_for_more_autonomy(
        ledger in any_ledger(), has in any_autonomy()
    ) {
        let more = Ledger { false_alarms: ledger.false_alarms + 1, ..ledger };
        prop_assert!(direction(suggested(&more, has)) <= direction(suggested(&ledger, has)));
    }

    #[test]
    fn as_many_real_alarms_as_are_said_to_be_wanting_suffice_and_fewer_do_not(
        ledger in any_ledger(), has in any_autonomy()
    ) {
        if let Suggestion::NotEnough { more, proves } = suggested(&ledger, has) {
            let with = |more| Ledger { real: ledger.real + more, ..ledger };
            prop_assert_eq!(with(more).more_for(proves), 0);
            prop_assert_eq!(with(more - 1).more_for(proves), 1);
        }
    }

    #[test]
    fn nobody_is_told_to_go_up_and_once_there_to_come_down(
        ledger in any_ledger(), has in any_autonomy()
    ) {
        if let Suggestion::Raise { to } = suggested(&ledger, has) {
            prop_assert!(direction(suggested(&ledger, to)) >= 0);
        }
    }
}
