//! The search: what fires now, what must stay, and what could go.

use super::firing::{Excursions, Period};
use super::levels::levels;
use super::steady::Past;
use super::truth::{Kind, later};
use super::{
    Blocker, Candidate, Comparison, Condition, Course, HeldOut, Truth, Tuned, Verdict, WORTH,
    by_hour, steady,
};

/// Shorter than this nothing is held out, in seconds: a week.
const ENOUGH_S: i64 = 7 * 86_400;

/// What the past says about a condition.
#[must_use]
pub fn tune(course: &Course, comparison: Comparison, present: Condition, truth: &Truth) -> Tuned {
    let mut tuned = search(course, comparison, present, truth);
    if tuned.best().is_some() {
        tuned.held_out = held_out(course, comparison, present, truth);
    }
    tuned
}

fn search(course: &Course, comparison: Comparison, present: Condition, truth: &Truth) -> Tuned {
    let mildest = present.mildest(comparison);
    let excursions = Excursions::of(course, comparison, mildest);
    let firings = excursions.firings(&present);
    let truth = &truth.grown(&firings);
    let before = truth.outcome(&firings);
    let nothing = |verdict| Tuned {
        before,
        steady: None,
        by_hour: None,
        verdict,
        held_out: None,
    };
    if before.wrong == 0 {
        return nothing(Verdict::NothingFalse);
    }
    if before.real == 0 {
        return nothing(Verdict::NothingConfirmed);
    }
    let must = truth.kept(&firings);
    let worst = excursions.worst().unwrap_or(mildest);
    let past = Past {
        excursions: &excursions,
        truth,
        must: &must,
        levels: &levels(mildest, worst, comparison),
        present,
    };
    let fewer = |one: &Candidate, than: u32| one.outcome.wrong < than;
    let steady = steady::best(&past).filter(|one| fewer(one, before.wrong));
    let than = steady.map_or(before.wrong, |one| one.outcome.wrong);
    let by_hour = by_hour::best(&past, &firings, steady.as_ref()).filter(|one| fewer(one, than));
    let left = by_hour.or(steady).map(|best| best.outcome.wrong);
    let verdict = match left {
        Some(left) if f64::from(before.wrong - left) >= WORTH * f64::from(before.wrong) => {
            Verdict::Better
        }
        Some(_) => Verdict::NotHalf {
            blocker: blocker(&past, &firings),
        },
        None => Verdict::Inseparable {
            blocker: blocker(&past, &firings),
        },
    };
    Tuned {
        before,
        steady,
        by_hour,
        verdict,
        held_out: None,
    }
}

/// The true alarm that was the weakest, and how many false ones were as strong.
fn blocker(past: &Past<'_>, firings: &[Period]) -> Option<Blocker> {
    let comparison = past.excursions.comparison;
    let peaks = past.must.iter().filter_map(|period| {
        let peak = past.excursions.peak(period)?;
        Some((*period, peak))
    });
    let (period, peak) = peaks.reduce(|one, other| {
        if comparison.worse(one.1, other.1) == one.1 {
            other
        } else {
            one
        }
    })?;
    let as_strong = |firing: &&Period| {
        let own = past.excursions.peak(firing);
        past.truth.of(firing) == Kind::Wrong
            && own.is_some_and(|own| comparison.worse(own, peak) == own)
    };
    let beyond = firings.iter().filter(as_strong).count();
    Some(Blocker {
        period,
        peak,
        beyond: u32::try_from(beyond).unwrap_or(u32::MAX),
    })
}

/// Chooses on the first two thirds, and looks at the last.
fn held_out(
    course: &Course,
    comparison: Comparison,
    present: Condition,
    truth: &Truth,
) -> Option<HeldOut> {
    let seconds = course.end_s() - course.start_s;
    if seconds < ENOUGH_S {
        return None;
    }
    let (known, unknown) = course.split(course.start_s + seconds / 3 * 2);
    let chosen = *search(&known, comparison, present, truth).best()?;
    // Beyond every number that is one: what is chosen fires among all that there is.
    let all = Excursions::of(&unknown, comparison, mildest_of_all(comparison));
    let now = all.firings(&present);
    let truth = &truth.grown(&now);
    let then = all.firings(&chosen.condition);
    let must = truth.kept(&now);
    let lost = must
        .iter()
        .filter(|one| later(std::slice::from_ref(one), &then).is_none());
    Some(HeldOut {
        seconds: unknown.end_s() - unknown.start_s,
        before: truth.outcome(&now),
        after: truth.outcome(&then),
        lost: u32::try_from(lost.count()).unwrap_or(u32::MAX),
    })
}

fn mildest_of_all(comparison: Comparison) -> f64 {
    match comparison.side {
        super::Side::Above => f64::NEG_INFINITY,
        super::Side::Below => f64::INFINITY,
    }
}
