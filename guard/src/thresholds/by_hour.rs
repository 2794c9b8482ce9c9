//! The best with another threshold at some hours of the day: what comes every day at the same hour is no incident.

use super::condition::hour_of;
use super::firing::Period;
use super::steady::Past;
use super::truth::Kind;
use super::{AtHours, Candidate, Condition, Hours};
use std::collections::{BTreeMap, BTreeSet};

/// It must have been so on so many days: what happened once has no hour.
const DAYS: usize = 3;
/// Longer than this it is not an hour of the day but most of it.
const LONGEST: u8 = 8;
/// So many windows are tried, those with the most false alarms first.
const MOST: usize = 12;

/// The one with the fewest false alarms; of those, the one with the fewest hours.
pub(super) fn best(
    past: &Past<'_>,
    firings: &[Period],
    steady: Option<&Candidate>,
) -> Option<Candidate> {
    let wrong: Vec<Period> = firings
        .iter()
        .filter(|one| past.truth.of(one) == Kind::Wrong)
        .copied()
        .collect();
    let waits: BTreeSet<i64> = steady
        .map(|known| known.condition.for_s)
        .into_iter()
        .chain([past.present.for_s])
        .collect();
    let mut best: Option<(Candidate, u8)> = None;
    for hours in windows(&wrong) {
        for for_s in &waits {
            let Some(found) = at(past, hours, *for_s) else {
                continue;
            };
            let key = |one: &Candidate, count: u8| (one.outcome.wrong, count);
            let better =
                best.is_none_or(|(known, count)| key(&found, hours.count()) < key(&known, count));
            if better {
                best = Some((found, hours.count()));
            }
        }
    }
    best.map(|(found, _)| found)
}

/// The best thresholds outside and inside these hours, one after the other.
fn at(past: &Past<'_>, hours: Hours, for_s: i64) -> Option<Candidate> {
    let both = |outside, inside| Condition {
        threshold: outside,
        for_s,
        at_hours: Some(AtHours {
            hours,
            threshold: inside,
        }),
    };
    let present = past.present.threshold;
    // While the hours are as noisy as now, what is false outside them decides.
    let outside = |one: &Candidate| {
        let firings = past.excursions.firings(&one.condition);
        let mut wrong = firings.into_iter();
        let counts =
            |firing: &Period| past.truth.of(firing) == Kind::Wrong && !hours.at(firing.from_s);
        wrong.by_ref().filter(counts).count()
    };
    let found = past.middle(|level| both(level, present), outside)?;
    let outside = found.condition.threshold;
    past.middle(|level| both(outside, level), |one| one.outcome.wrong)
}

/// Whether many more began in these hours than would if all hours were alike: any eight hours of a day have some.
fn is_no_chance(begun: usize, of: usize, hours: Hours) -> bool {
    let alike = of as f64 * f64::from(hours.count()) / 24.0;
    let begun = begun as f64;
    begun >= 2.0 * alike && begun >= alike + 3.0 * libm::sqrt(alike)
}

/// Hours that begin and end with false alarms, on several days.
fn windows(wrong: &[Period]) -> Vec<Hours> {
    let mut days: BTreeMap<u8, BTreeSet<i64>> = BTreeMap::new();
    let mut hit: BTreeSet<u8> = BTreeSet::new();
    for firing in wrong {
        let begun = days.entry(hour_of(firing.from_s)).or_default();
        begun.insert(firing.from_s.div_euclid(86_400));
        let last = firing
            .until_s
            .min(firing.from_s + i64::from(LONGEST) * 3600);
        let hours = firing.from_s.div_euclid(3600)..=last.div_euclid(3600);
        hit.extend(hours.map(|hour| hour_of(hour * 3600)));
    }
    let mut all: Vec<(usize, Hours)> = Vec::new();
    for from in &hit {
        for count in 1..=LONGEST {
            let until = (from + count) % 24;
            if !hit.contains(&((from + count - 1) % 24)) {
                continue;
            }
            let hours = Hours { from: *from, until };
            let inside = days.iter().filter(|(hour, _)| hours.has(**hour));
            let on: BTreeSet<i64> = inside.flat_map(|(_, days)| days.iter().copied()).collect();
            let begun = wrong.iter().filter(|one| hours.at(one.from_s)).count();
            if on.len() >= DAYS && is_no_chance(begun, wrong.len(), hours) {
                all.push((begun, hours));
            }
        }
    }
    all.sort_by_key(|(begun, hours)| (std::cmp::Reverse(*begun), hours.count(), hours.from));
    all.into_iter().map(|(_, hours)| hours).take(MOST).collect()
}
