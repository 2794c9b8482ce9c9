//! What was measured, found in the events.

use crate::event::{Event, Recorded};
use crate::measured::Measured;

/// The newest measures before the old version ran everywhere again: they show the change, not its end. A
/// signal that had no numbers then shows the newest that it ever had: with the new version everywhere there is
/// no control any more, and what was shown against one still counts.
pub(super) fn of_the_change(records: &[Recorded]) -> Vec<Measured> {
    let back = records
        .iter()
        .position(|record| matches!(record.event, Event::RolledBack { .. }));
    let before = &records[..back.unwrap_or(records.len())];
    let (before, newest) = match all(before).last() {
        Some(newest) => (before, newest),
        None => (records, at_the_end(records)),
    };
    let with_numbers = |measured: &Measured| {
        let older = all(before).rev().flatten();
        let mut same = older.filter(|older| older.signal == measured.signal);
        same.find(|older| older.has_numbers()).cloned()
    };
    let newest = newest.iter();
    newest
        .map(|measured| with_numbers(measured).unwrap_or_else(|| measured.clone()))
        .collect()
}

/// The newest measures of all: they have counted everything.
pub(super) fn at_the_end(records: &[Recorded]) -> &[Measured] {
    all(records).last().unwrap_or(&[])
}

fn all(records: &[Recorded]) -> impl DoubleEndedIterator<Item = &[Measured]> {
    records.iter().filter_map(|record| match &record.event {
        Event::SignalsMeasured { signals } => Some(&signals[..]),
        _ => None,
    })
}
