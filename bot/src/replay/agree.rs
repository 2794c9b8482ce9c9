//! Whether a watch said what its recording says: the findings of the journal against those of a replay.

use super::{ReplayError, Seen, follow};
use guard::detect::{Evidence, Scope as Place, Statement};
use guard::event::{Event, Recorded};
use guard::finding::{Budget, Finding, Scope};
use guard::state::State;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::BufRead;

/// What came of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Agreement {
    /// Looks of the recording at which something could be said.
    pub(crate) looks: usize,
    /// Findings that were journalled, and that the replay makes at the same look.
    pub(crate) agreed: usize,
    /// What only one of them said, or each at another look, in words.
    pub(crate) differences: Vec<String>,
}

impl Agreement {
    /// Whether there is something to compare, and no difference.
    pub(crate) fn holds(&self) -> bool {
        self.looks > 0 && self.differences.is_empty()
    }
}

/// Signal and place.
type Key = (String, String);
/// How strongly it is put: the budget, whether the hard limit is crossed, whether it is severe.
type Weight = (Budget, bool, bool);

/// One look of the watch, as replayed.
struct Look {
    now: Timestamp,
    /// What stands then.
    standing: BTreeMap<Key, Weight>,
}

/// Compares the events of a deployment with the replay of its recording. Both say the same where each finding
/// was journalled after the look at which the replay makes it and before the next one.
///
/// # Errors
/// A recording that cannot be replayed.
pub(crate) fn agreement(
    recording: impl BufRead,
    records: &[Recorded],
) -> Result<Agreement, ReplayError> {
    Ok(compare(&looks(recording)?, records))
}

fn looks(recording: impl BufRead) -> Result<Vec<Look>, ReplayError> {
    let mut looks: Vec<Look> = Vec::new();
    // By part of the comparison.
    let mut standing: BTreeMap<usize, BTreeMap<Key, Weight>> = BTreeMap::new();
    let mut said: Vec<Statement> = Vec::new();
    follow(recording, None, |seen| {
        match seen {
            Seen::Began(part, _) => {
                standing.split_off(&part);
                said.clear();
            }
            Seen::Said(statement, _) => said.push(statement.clone()),
            Seen::Judged(step, detector) => {
                let own = standing.entry(step.part).or_default();
                own.extend(said.drain(..).map(|said| (key_of(&said), weight_of(&said))));
                let signals = detector.summary().signals;
                own.retain(|(signal, _), _| {
                    let mut states = signals.iter();
                    states.any(|state| state.key == *signal && state.now.is_some())
                });
                if !step.past {
                    note(&mut looks, step.now, standing.values());
                }
            }
            Seen::Series(..) | Seen::Sample(..) => {}
        }
        Ok(())
    })?;
    Ok(looks)
}

/// The parts that are judged side by side are judged at one look.
fn note<'a>(
    looks: &mut Vec<Look>,
    now: f64,
    standing: impl Iterator<Item = &'a BTreeMap<Key, Weight>>,
) {
    let now = Timestamp::from_millisecond((now * 1000.0).round() as i64).unwrap_or_default();
    if looks.last().is_some_and(|last| last.now == now) {
        looks.pop();
    }
    let standing = standing
        .flatten()
        .map(|(key, weight)| (key.clone(), *weight));
    looks.push(Look {
        now,
        standing: standing.collect(),
    });
}

fn compare(looks: &[Look], records: &[Recorded]) -> Agreement {
    let mut agreement = Agreement {
        looks: looks.len(),
        agreed: 0,
        differences: Vec::new(),
    };
    let mut told: BTreeMap<Key, Weight> = BTreeMap::new();
    let mut rest = records;
    let first = looks.first().map_or(Timestamp::MAX, |look| look.now);
    for finding in upto(&mut rest, first, &mut told) {
        let early = format!("{} was journalled before the first look", shown(&finding));
        agreement.differences.push(early);
    }
    for (at, look) in looks.iter().enumerate() {
        let next = looks.get(at + 1).map_or(Timestamp::MAX, |next| next.now);
        let until = records.len() - rest.len();
        let known = told.clone();
        let journalled = upto(&mut rest, next, &mut told);
        let by_then = records.len() - rest.len();
        for finding in &journalled {
            match look.standing.get(&finding.0) {
                Some(weight) if weight.0 == finding.1.0 => agreement.agreed += 1,
                _ => agreement.differences.push(format!(
                    "{} was journalled after the look at {:.3}, at which the replay does not say so",
                    shown(finding),
                    look.now
                )),
            }
        }
        let news = look.standing.iter().filter(|(key, weight)| {
            let known = known.get(key);
            known.is_none_or(|known| worse(*known, **weight))
                && !journalled.iter().any(|finding| finding.0 == **key)
        });
        let missing: Vec<String> = news
            .map(|(key, weight)| shown(&(key.clone(), *weight)))
            .collect();
        if missing.is_empty() || !listens(&records[..until]) || !listens(&records[..by_then]) {
            continue;
        }
        for finding in missing {
            let now = look.now;
            let missed = format!("the replay says at {now:.3} {finding}, which was not journalled");
            agreement.differences.push(missed);
        }
    }
    agreement
}

/// The findings that were journalled before `end` and have not been looked at; what is told by then is noted.
fn upto(
    rest: &mut &[Recorded],
    end: Timestamp,
    told: &mut BTreeMap<Key, Weight>,
) -> Vec<(Key, Weight)> {
    let mut found = Vec::new();
    let all = *rest;
    let due = all.partition_point(|record| record.at < end);
    for record in &all[..due] {
        match &record.event {
            Event::FindingOpened { finding } | Event::FindingWorsened { finding } => {
                let told_now = (key(finding), weight(finding));
                told.insert(told_now.0.clone(), told_now.1);
                found.push(told_now);
            }
            Event::FindingEnded { key } => {
                told.remove(&(key.signal.to_string(), place(&key.scope)));
            }
            _ => {}
        }
    }
    *rest = &all[due..];
    found
}

/// Whether what the detector says is heard at all: not before there is a baseline, and not while the cure of a
/// rollback is looked for.
fn listens(records: &[Recorded]) -> bool {
    let Ok(Some(state)) = State::fold(records) else {
        return false;
    };
    state.touched()
        && state.history_s().is_some()
        && state.cure_sought_since().is_none()
        && !state.ended()
        && !state.watch_over()
        && !state.rolling_back()
}

fn worse(before: Weight, now: Weight) -> bool {
    now.0 > before.0 || (now.1 && !before.1) || (now.2 && !before.2)
}

fn key(finding: &Finding) -> Key {
    (finding.signal.to_string(), place(&finding.scope))
}

fn weight(finding: &Finding) -> Weight {
    (finding.budget, finding.hard_limit_crossed, finding.severe)
}

fn place(scope: &Scope) -> String {
    match scope {
        Scope::Group => Place::Group.name().to_owned(),
        Scope::Instance(instance) => instance.to_string(),
    }
}

fn key_of(said: &Statement) -> Key {
    (said.signal.clone(), said.scope.name().to_owned())
}

fn weight_of(said: &Statement) -> Weight {
    let budget = match said.evidence {
        Evidence::Warn => Budget::Warn,
        Evidence::Pause => Budget::Pause,
        Evidence::Rollback => Budget::RollBack,
    };
    (budget, said.hard_limit_crossed, said.severe)
}

fn shown(((signal, place), (budget, ..)): &(Key, Weight)) -> String {
    format!("{signal} ({place}, {budget:?})")
}

#[cfg(test)]
mod tests {
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
}
