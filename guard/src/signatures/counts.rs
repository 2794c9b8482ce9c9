//! How often something was logged, in slots of a few seconds, for half an hour back.

use std::collections::VecDeque;

/// Seconds of a slot.
pub(super) const SLOT_S: i64 = 5;
/// Slots that are kept.
const SLOTS: i64 = 360;

/// The slot of a time in Unix seconds.
pub(super) fn slot(second: i64) -> i64 {
    second.div_euclid(SLOT_S)
}

/// Counts by slot, ordered; what is older than half an hour before the newest is forgotten.
#[derive(Debug, Default)]
pub(super) struct Counts(VecDeque<(i64, u64)>);

impl Counts {
    pub(super) fn add(&mut self, second: i64, times: u64) {
        let slot = slot(second);
        let newest = self.0.back().map_or(slot, |(newest, _)| *newest);
        if slot <= newest - SLOTS {
            return;
        }
        let place = self.0.partition_point(|(known, _)| *known < slot);
        match self.0.get_mut(place) {
            Some((known, count)) if *known == slot => *count = count.saturating_add(times),
            _ => self.0.insert(place, (slot, times)),
        }
        let newest = newest.max(slot);
        while self
            .0
            .front()
            .is_some_and(|(old, _)| *old <= newest - SLOTS)
        {
            self.0.pop_front();
        }
    }

    /// How often from one slot until before another.
    pub(super) fn between(&self, from: i64, until: i64) -> u64 {
        self.within(from, until).map(|(_, count)| count).sum()
    }

    /// How much more the counts of slots vary than those of events that come by chance: 1 or more.
    pub(super) fn unrest(&self, from: i64, until: i64) -> f64 {
        let slots = (until - from).max(1) as f64;
        let total: u64 = self.between(from, until);
        if total == 0 {
            return 1.0;
        }
        let squares: f64 = self
            .within(from, until)
            .map(|(_, count)| count as f64 * count as f64)
            .sum();
        let mean = total as f64 / slots;
        let variance = squares / slots - mean * mean;
        (variance / mean).max(1.0)
    }

    fn within(&self, from: i64, until: i64) -> impl Iterator<Item = (i64, u64)> + '_ {
        let inside = move |(slot, _): &(i64, u64)| (from..until).contains(slot);
        self.0.iter().copied().filter(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_records_find_their_slot_and_old_ones_are_forgotten() {
        let mut counts = Counts::default();
        counts.add(1000, 1);
        counts.add(990, 2);
        counts.add(1001, 3);
        assert_eq!(counts.between(slot(990), slot(1000)), 2);
        assert_eq!(counts.between(slot(1000), slot(1010)), 4);
        counts.add(1000 + SLOT_S * SLOTS, 1);
        assert_eq!(counts.between(0, i64::MAX), 1);
        counts.add(10, 1);
        assert_eq!(counts.between(0, i64::MAX), 1);
    }

    #[test]
    fn what_comes_in_bursts_is_more_restless_than_what_comes_evenly() {
        let (mut even, mut burst) = (Counts::default(), Counts::default());
        for slot in 0..60 {
            even.add(slot * SLOT_S, 2);
        }
        burst.add(0, 120);
        assert!(even.unrest(0, 60) < 1.1);
        assert!(burst.unrest(0, 60) > 50.0);
    }
}
