use super::firing::Excursions;
use super::truth::later;
use super::*;
use proptest::prelude::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// Midnight, in Unix seconds.
const START: i64 = 20_000 * DAY;

const ABOVE: Comparison = Comparison {
    side: Side::Above,
    or_equal: false,
};

fn condition(threshold: f64, for_s: i64) -> Condition {
    Condition {
        threshold,
        for_s,
        at_hours: None,
    }
}

/// A quiet course with these episodes: from which second, for how many, how high.
fn course(days: i64, episodes: &[(i64, i64, f64)]) -> Course {
    let steps = usize::try_from(days * DAY / MINUTE).unwrap();
    let mut values = vec![0.001; steps];
    for (from, lasts, height) in episodes {
        let first = usize::try_from(from / MINUTE).unwrap();
        let steps = usize::try_from(lasts / MINUTE).unwrap();
        for value in values.iter_mut().skip(first).take(steps) {
            *value = height.max(*value);
        }
    }
    Course {
        start_s: START,
        step_s: MINUTE,
        series: vec![values],
    }
}

fn period(from: i64, lasts: i64) -> Period {
    Period {
        from_s: START + from,
        until_s: START + from + lasts,
    }
}

fn real(periods: &[Period]) -> Truth {
    Truth {
        real: periods.to_vec(),
        ..Truth::default()
    }
}

#[test]
fn an_alert_fires_after_its_time_and_what_fires_again_soon_is_the_same_alarm() {
    let course = course(
        1,
        &[
            (HOUR, 4 * MINUTE, 0.5),
            (2 * HOUR, 10 * MINUTE, 0.5),
            (2 * HOUR + 12 * MINUTE, 10 * MINUTE, 0.5),
        ],
    );
    let excursions = Excursions::of(&course, ABOVE, 0.01);
    assert_eq!(
        excursions.firings(&condition(0.01, 5 * MINUTE)),
        [
            Period {
                from_s: START + 2 * HOUR + 5 * MINUTE,
                until_s: START + 2 * HOUR + 9 * MINUTE
            },
            Period {
                from_s: START + 2 * HOUR + 17 * MINUTE,
                until_s: START + 2 * HOUR + 21 * MINUTE
            },
        ]
    );
    assert_eq!(excursions.firings(&condition(0.01, 0)).len(), 2);
    assert_eq!(excursions.firings(&condition(0.5, 0)), []);
}

#[test]
fn what_is_no_number_interrupts_as_in_prometheus() {
    let mut course = course(1, &[(HOUR, 10 * MINUTE, 0.5)]);
    course.series[0][65] = f64::NAN;
    let excursions = Excursions::of(&course, ABOVE, 0.01);
    assert_eq!(excursions.firings(&condition(0.01, 5 * MINUTE)), []);
}

#[test]
fn low_false_alarms_go_by_a_higher_threshold_well_away_from_the_true_ones() {
    let mut episodes: Vec<(i64, i64, f64)> = (0..20)
        .map(|day| (day * DAY + (day * 5 % 24) * HOUR, 20 * MINUTE, 0.02))
        .collect();
    let incident = (7 * DAY + 15 * HOUR, HOUR, 0.2);
    episodes.push(incident);
    let truth = real(&[period(incident.0, incident.1)]);
    let tuned = tune(&course(30, &episodes), ABOVE, condition(0.01, 300), &truth);
    assert_eq!((tuned.before.wrong, tuned.before.real), (20, 1));
    assert_eq!(tuned.verdict, Verdict::Better);
    let best = tuned.best().unwrap();
    assert_eq!((best.outcome.wrong, best.outcome.real), (0, 1));
    assert_eq!((best.condition.for_s, best.later_s), (300, 0));
    assert!((0.03..0.15).contains(&best.condition.threshold), "{best:?}");
    assert_eq!(tuned.by_hour, None, "one threshold is enough");
    let held_out = tuned.held_out.unwrap();
    assert_eq!((held_out.after.wrong, held_out.lost), (0, 0));
}

#[test]
fn short_false_alarms_go_by_waiting_a_little_longer() {
    let mut episodes: Vec<(i64, i64, f64)> = (0..20)
        .map(|day| (day * DAY + (day * 7 % 24) * HOUR, 3 * MINUTE, 0.9))
        .collect();
    let incident = (3 * DAY + 5 * HOUR + 30 * MINUTE, HOUR, 0.05);
    episodes.push(incident);
    let truth = real(&[period(incident.0, incident.1)]);
    let tuned = tune(&course(30, &episodes), ABOVE, condition(0.01, 60), &truth);
    let best = tuned.best().unwrap();
    assert_eq!((best.outcome.wrong, best.outcome.real), (0, 1));
    assert!(
        best.condition.for_s >= 180 && best.later_s <= PATIENCE_S,
        "{best:?}"
    );
}

#[test]
fn what_comes_every_night_gets_a_threshold_of_its_own_and_the_day_keeps_its_own() {
    let nightly = (0..30).map(|day| (day * DAY + 2 * HOUR + 10 * MINUTE, 40 * MINUTE, 0.3));
    let mut episodes: Vec<(i64, i64, f64)> = nightly.collect();
    let incidents = [
        (6 * DAY + 14 * HOUR, HOUR, 0.05),
        (17 * DAY + 9 * HOUR, HOUR, 0.08),
    ];
    episodes.extend(incidents);
    let truth = real(&incidents.map(|(from, lasts, _)| period(from, lasts)));
    let tuned = tune(&course(30, &episodes), ABOVE, condition(0.01, 300), &truth);
    assert_eq!((tuned.before.wrong, tuned.before.real), (30, 2));
    assert_eq!(tuned.steady, None, "no single threshold tells them apart");
    let best = tuned.by_hour.unwrap();
    assert_eq!((best.outcome.wrong, best.outcome.real), (0, 2));
    let night = best.condition.at_hours.unwrap();
    assert_eq!(night.hours, Hours { from: 2, until: 3 });
    assert!(
        night.threshold >= 0.3 && best.condition.threshold < 0.05,
        "{best:?}"
    );
    assert_eq!(tuned.verdict, Verdict::Better);
}

#[test]
fn what_cannot_be_told_apart_is_said_with_the_true_alarm_that_keeps_it() {
    let mut episodes: Vec<(i64, i64, f64)> = (0..20)
        .map(|day| (day * DAY + (day * 7 % 24) * HOUR, 30 * MINUTE, 0.3))
        .collect();
    let incident = (5 * DAY + 3 * HOUR + 30 * MINUTE, 20 * MINUTE, 0.02);
    episodes.push(incident);
    let truth = real(&[period(incident.0, incident.1)]);
    let tuned = tune(&course(30, &episodes), ABOVE, condition(0.01, 300), &truth);
    assert_eq!(tuned.best(), None);
    let Verdict::Inseparable {
        blocker: Some(blocker),
    } = tuned.verdict
    else {
        panic!("{tuned:?}");
    };
    assert_eq!((blocker.peak, blocker.beyond), (0.02, 20));
    assert!(blocker.period.meets(&period(incident.0, incident.1)));
}

#[test]
fn without_a_false_alarm_or_a_confirmed_one_nothing_is_changed() {
    let episodes = [(DAY, HOUR, 0.2), (3 * DAY, HOUR, 0.02)];
    let course = course(10, &episodes);
    let both = real(&[period(DAY, HOUR), period(3 * DAY, HOUR)]);
    let present = condition(0.01, 300);
    let tuned = tune(&course, ABOVE, present, &both);
    assert_eq!(tuned.verdict, Verdict::NothingFalse);
    let open = Truth {
        open: vec![period(DAY, HOUR)],
        ..Truth::default()
    };
    let tuned = tune(&course, ABOVE, present, &open);
    assert_eq!(tuned.verdict, Verdict::NothingConfirmed);
    assert_eq!((tuned.before.open, tuned.before.wrong), (1, 1));
    assert_eq!(tuned.best(), None);
}

#[test]
fn an_alarm_that_somebody_called_false_may_go_whatever_else_was_going_on() {
    let course = course(10, &[(DAY, HOUR, 0.02), (3 * DAY, HOUR, 0.2)]);
    let truth = Truth {
        real: vec![period(0, 5 * DAY)],
        dismissed: vec![period(DAY, HOUR)],
        ..Truth::default()
    };
    let tuned = tune(&course, ABOVE, condition(0.01, 300), &truth);
    assert_eq!((tuned.before.real, tuned.before.wrong), (1, 1));
    assert_eq!(tuned.best().unwrap().outcome.wrong, 0);
}

#[test]
fn less_can_be_worse() {
    let mut course = course(10, &[]);
    for value in &mut course.series[0] {
        *value = 1.0;
    }
    let mut dip = |from: i64, lasts: i64, depth: f64| {
        let first = usize::try_from(from / MINUTE).unwrap();
        let steps = usize::try_from(lasts / MINUTE).unwrap();
        course.series[0][first..first + steps].fill(depth);
    };
    dip(DAY, HOUR, 0.985);
    dip(2 * DAY, HOUR, 0.98);
    dip(3 * DAY, HOUR, 0.8);
    let below = Comparison {
        side: Side::Below,
        or_equal: true,
    };
    let truth = real(&[period(3 * DAY, HOUR)]);
    let tuned = tune(&course, below, condition(0.99, 300), &truth);
    assert_eq!((tuned.before.wrong, tuned.before.real), (2, 1));
    let best = tuned.best().unwrap();
    assert_eq!((best.outcome.wrong, best.outcome.real), (0, 1));
    assert!((0.8..0.98).contains(&best.condition.threshold), "{best:?}");
}

#[test]
fn a_usual_day_has_its_peak_its_trough_and_what_comes_at_the_same_time() {
    let step = 15 * MINUTE;
    let values: Vec<f64> = (0..7 * DAY / step)
        .map(|slot| {
            let second = slot * step % DAY;
            let busy = (9 * HOUR..18 * HOUR).contains(&second);
            let batch = (2 * HOUR..2 * HOUR + 2 * step).contains(&second);
            if batch {
                90.0
            } else if busy {
                100.0
            } else {
                20.0
            }
        })
        .collect();
    let load = Load::of(START, step, &values).unwrap();
    assert_eq!(load.days, 7);
    assert_eq!(load.peak, Some(Hours { from: 9, until: 18 }));
    assert_eq!(load.trough.usual, 20.0);
    assert_eq!(load.spikes.len(), 1, "{:?}", load.spikes);
    let spike = load.spikes[0];
    assert_eq!((spike.from_min, spike.until_min), (120, 150));
    assert_eq!(spike.times, 4.5);
    let flat = Load::of(START, step, &vec![5.0; 700]).unwrap();
    assert_eq!((flat.peak, flat.spikes.len()), (None, 0));
    assert_eq!(Load::of(START, step, &values[..150]), None);
}

fn any_episodes() -> impl Strategy<Value = Vec<(i64, i64, f64, u8)>> {
    let episode = (0..20 * 24 * 6_i64, 1..60_i64, 0.0..0.4_f64, 0..4_u8);
    prop::collection::vec(
        episode.prop_map(|(ten, lasts, height, kind)| {
            (ten * 10 * MINUTE, lasts * MINUTE, height, kind)
        }),
        0..40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_true_alarm_is_lost_none_comes_too_late_and_the_false_ones_only_get_fewer(
        episodes in any_episodes(), for_s in prop::sample::select(vec![0, 60, 300, 600]),
    ) {
        let all: Vec<(i64, i64, f64)> = episodes.iter().map(|(at, lasts, high, _)| (*at, *lasts, *high)).collect();
        let of = |wanted: u8| episodes.iter().filter(|one| one.3 == wanted)
            .map(|(at, lasts, ..)| period(*at, *lasts)).collect::<Vec<_>>();
        let truth = Truth { real: of(0), open: of(1), dismissed: of(2) };
        let course = course(21, &all);
        let present = condition(0.05, for_s);
        let tuned = tune(&course, ABOVE, present, &truth);
        prop_assert_eq!(&tune(&course, ABOVE, present, &truth), &tuned);

        // Evaluated by a way of its own: from all that was measured.
        let excursions = Excursions::of(&course, ABOVE, f64::NEG_INFINITY);
        let now = excursions.firings(&present);
        let truth = truth.grown(&now);
        prop_assert_eq!(truth.outcome(&now), tuned.before);
        let must = truth.kept(&now);
        for best in [tuned.steady, tuned.by_hour].into_iter().flatten() {
            let then = excursions.firings(&best.condition);
            prop_assert_eq!(truth.outcome(&then), best.outcome);
            prop_assert_eq!(later(&must, &then), Some(best.later_s));
            prop_assert!(best.later_s <= PATIENCE_S);
            prop_assert!(best.outcome.wrong < tuned.before.wrong);
            prop_assert!(best.condition.threshold >= present.threshold);
            for one in &must {
                prop_assert!(then.iter().any(|firing| firing.meets(one)));
            }
        }
        if tuned.verdict == Verdict::Better {
            prop_assert!(tuned.best().unwrap().outcome.wrong * 2 <= tuned.before.wrong);
        }
    }
}
