//! The best with one threshold for all hours.

use super::firing::{Excursions, Period};
use super::truth::{Truth, later};
use super::{Candidate, Condition, PATIENCE_S};

/// Waiting times that are tried beside the present one, in seconds.
const WAITS_S: [i64; 8] = [60, 120, 180, 300, 600, 900, 1200, 1800];

/// What all candidates are held against.
pub(super) struct Past<'a> {
    pub(super) excursions: &'a Excursions,
    pub(super) truth: &'a Truth,
    /// The alarms that must stay.
    pub(super) must: &'a [Period],
    /// The thresholds to try, the mildest first.
    pub(super) levels: &'a [f64],
    pub(super) present: Condition,
}

impl Past<'_> {
    /// What a condition would have done; none where it would lose a true alarm.
    pub(super) fn candidate(&self, condition: Condition) -> Option<Candidate> {
        let firings = self.excursions.firings(&condition);
        Some(Candidate {
            condition,
            later_s: later(self.must, &firings)?,
            outcome: self.truth.outcome(&firings),
        })
    }

    /// Of the thresholds that come out best, the one in the middle: neither is what was false close to it, nor what was
    /// true.
    pub(super) fn middle<K: Ord>(
        &self,
        make: impl Fn(f64) -> Condition,
        wrong: impl Fn(&Candidate) -> K,
    ) -> Option<Candidate> {
        let tried = self.levels.iter();
        let kept: Vec<Candidate> = tried
            .filter_map(|level| self.candidate(make(*level)))
            .collect();
        let best = kept.iter().map(&wrong).min()?;
        let mut best: Vec<&Candidate> = kept.iter().filter(|one| wrong(one) == best).collect();
        let middle = (best.len() - 1) / 2;
        Some(*best.swap_remove(middle))
    }
}

/// The present waiting time first, then those that are closest to it.
fn waits(present_s: i64) -> Vec<i64> {
    let mut all: Vec<i64> = WAITS_S
        .into_iter()
        .filter(|wait| *wait <= present_s + PATIENCE_S && *wait != present_s)
        .chain([present_s])
        .collect();
    all.sort_by_key(|wait| ((wait - present_s).abs(), *wait));
    all
}

/// The one with the fewest false alarms; of those, the one that waits most like now.
pub(super) fn best(past: &Past<'_>) -> Option<Candidate> {
    let mut best: Option<Candidate> = None;
    for for_s in waits(past.present.for_s) {
        let make = |threshold| Condition {
            threshold,
            for_s,
            at_hours: None,
        };
        let found = past.middle(make, |one| one.outcome.wrong);
        let better =
            |found: &Candidate| best.is_none_or(|known| found.outcome.wrong < known.outcome.wrong);
        if let Some(found) = found.filter(better) {
            best = Some(found);
        }
    }
    best
}
