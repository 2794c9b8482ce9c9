use super::*;
use guard::finding::FindingKey;
use guard::ids::{InstanceId, SignalKey};
use guard::verdict::{Attribution, Comparison};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn look(second: i64, said: &[(&str, Budget)]) -> Look {
    let standing = said.iter().map(|(signal, budget)| {
        (
            ((*signal).to_owned(), "a".to_owned()),
            (*budget, false, false),
        )
    });
    Look {
        now: at(second),
        standing: standing.collect(),
    }
}

fn finding(signal: &str, budget: Budget) -> Finding {
    Finding {
        signal: SignalKey::new(signal).unwrap(),
        scope: Scope::Instance(InstanceId::new("a").unwrap()),
        budget,
        hard_limit_crossed: false,
        severe: false,
        onset_at: at(0),
        baseline: 0.0,
        current: 0.5,
        effect: 0.5,
        interval: (0.4, 0.6),
        unit: "ratio".to_owned(),
        window_s: 3.0,
        confidence: 0.999,
        on_failure: None,
        comparison: Comparison::CanaryVsStable,
        attribution: Attribution::Change,
        query: "errors".to_owned(),
        evidence: None,
        traffic: None,
        of_requests: false,
        circumstances: Vec::new(),
    }
}

fn journal(rows: Vec<(i64, Event)>) -> Vec<Recorded> {
    let rows = (1..).zip(rows);
    rows.map(|(revision, (second, event))| Recorded {
        revision,
        at: at(second),
        event,
    })
    .collect()
}

fn opened(signal: &str, budget: Budget) -> Event {
    Event::FindingOpened {
        finding: finding(signal, budget),
    }
}

#[test]
fn a_finding_agrees_when_it_was_journalled_between_its_look_and_the_next() {
    let looks = [
        look(10, &[]),
        look(20, &[("errors", Budget::Warn)]),
        look(30, &[("errors", Budget::Pause)]),
    ];
    let worsened = Event::FindingWorsened {
        finding: finding("errors", Budget::Pause),
    };
    let records = journal(vec![(21, opened("errors", Budget::Warn)), (30, worsened)]);
    let found = compare(&looks, &records);
    assert_eq!(found.differences, Vec::<String>::new());
    assert_eq!((found.agreed, found.holds()), (2, true));
}

#[test]
fn a_look_too_late_or_too_early_another_budget_and_another_signal_are_differences() {
    let looks = [
        look(10, &[]),
        look(20, &[("errors", Budget::Pause)]),
        look(30, &[("errors", Budget::Pause)]),
    ];
    for (second, event) in [
        (5, opened("errors", Budget::Pause)),
        (19, opened("errors", Budget::Pause)),
        (21, opened("errors", Budget::Warn)),
        (21, opened("latency", Budget::Pause)),
    ] {
        let found = compare(&looks, &journal(vec![(second, event.clone())]));
        assert!(!found.holds(), "{second} {event:?}");
        assert_eq!(found.agreed, 0);
    }
}

#[test]
fn what_ended_and_is_said_again_was_journalled_again() {
    let looks = [
        look(10, &[("errors", Budget::Pause)]),
        look(20, &[]),
        look(30, &[("errors", Budget::Pause)]),
    ];
    let one = finding("errors", Budget::Pause);
    let ended = Event::FindingEnded {
        key: FindingKey {
            signal: one.signal.clone(),
            scope: one.scope.clone(),
        },
    };
    let records = journal(vec![
        (10, opened("errors", Budget::Pause)),
        (20, ended),
        (31, opened("errors", Budget::Pause)),
    ]);
    assert!(compare(&looks, &records).holds());
}

#[test]
fn a_recording_without_a_look_proves_nothing() {
    assert!(!compare(&[], &[]).holds());
}

/// A canary beside two stable instances, one look per second; from second 10 on it fails half of its
/// requests. What is up to `past` was caught up with afterwards.
fn recording(past: i64) -> Vec<u8> {
    use guard::detect::{Comparison, Direction, Head, RECORDING, Role, SignalKind, SignalSpec};
    use guard::detect::{SeriesSpec, Step, Use, WatchSpec};
    let signal = SignalSpec::new("errors", SignalKind::Ratio, Direction::Up);
    let comparison = Comparison::CanaryVsStable { canary_share: None };
    let head = Head {
        recording: RECORDING,
        episode: "e".to_owned(),
        service: "shop".to_owned(),
        part: 0,
        watch: WatchSpec::new(comparison, 0.0, 1.0, vec![signal]),
    };
    let mut text = serde_json::to_vec(&head).unwrap();
    for second in -60..30_i64 {
        let mut step = Step {
            now: second as f64 + 0.5,
            judged: second >= 0,
            past: (0..past).contains(&second),
            ..Step::default()
        };
        for (place, instance) in ["a", "b", "c"].into_iter().enumerate() {
            let role = if instance == "a" {
                Role::Canary
            } else {
                Role::Stable
            };
            for (bad, used) in [(0, Use::Total), (1, Use::Bad)] {
                if second == -60 {
                    step.declare.push(SeriesSpec {
                        uses: vec![("errors".to_owned(), used)],
                        instance: instance.to_owned(),
                        role,
                    });
                }
                let failed = if instance == "a" {
                    (second - 10).max(0) * 50
                } else {
                    0
                };
                let count = if bad == 1 {
                    failed
                } else {
                    (second + 61) * 100
                };
                if second > 0 || role == Role::Stable {
                    step.samples
                        .push((place * 2 + bad, second as f64, Some(count as f64)));
                }
            }
        }
        text.push(b'\n');
        serde_json::to_writer(&mut text, &step).unwrap();
    }
    text
}

/// The looks at which something new stands, in milliseconds.
fn news(looks: &[Look]) -> Vec<i64> {
    let mut before = BTreeMap::new();
    let mut found = Vec::new();
    for look in looks {
        if look.standing != before {
            found.push(look.now.as_millisecond());
            before.clone_from(&look.standing);
        }
    }
    found
}

#[test]
fn what_a_watch_finds_while_it_catches_up_it_says_at_its_first_look() {
    let live = looks(&*recording(0)).unwrap();
    assert_eq!(live.len(), 30);
    let first = news(&live)[0];
    assert!((11_000..15_000).contains(&first), "{first}");
    let late = looks(&*recording(25)).unwrap();
    assert_eq!((late.len(), news(&late)[0]), (5, 25_500));
}
