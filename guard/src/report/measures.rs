//! What was measured, found in the events.

use crate::event::{Event, Recorded};
use crate::measured::Measured;

/// The newest measures before the old version ran everywhere again: they show the change, not its end.
pub(super) fn of_the_change(records: &[Recorded]) -> &[Measured] {
    let back = records
        .iter()
        .position(|record| matches!(record.event, Event::RolledBack { .. }));
    let before = back.map_or(records, |back| &records[..back]);
    newest(before).or_else(|| newest(records)).unwrap_or(&[])
}

/// The newest measures of all: they have counted everything.
pub(super) fn at_the_end(records: &[Recorded]) -> &[Measured] {
    newest(records).unwrap_or(&[])
}

fn newest(records: &[Recorded]) -> Option<&[Measured]> {
    records.iter().rev().find_map(|record| match &record.event {
        Event::SignalsMeasured { signals } => Some(&signals[..]),
        _ => None,
    })
}
