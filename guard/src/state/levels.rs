//! What each signal was with the new version, kept while folding: no trend over releases reads a stream for it.

use crate::detect::Course;
use crate::event::Event;
use crate::ids::SignalKey;
use crate::measured::Measured;
use std::collections::BTreeMap;

/// The measures that a report shows of the change, without their courses: see `report::measures`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Levels {
    /// None before anything was measured.
    newest: Option<Vec<Measured>>,
    /// The newest of each signal that had numbers.
    numbered: BTreeMap<SignalKey, Measured>,
    went_back: bool,
    /// Whether what is measured from now on no longer shows the change.
    closed: bool,
}

impl Levels {
    pub(super) fn push(&mut self, event: &Event) {
        match event {
            Event::RolledBack { .. } if !self.went_back => {
                self.went_back = true;
                // Where nothing was measured before, what comes afterwards is all that there is.
                self.closed = self.newest.is_some();
            }
            Event::SignalsMeasured { signals } if !self.closed => {
                let signals: Vec<Measured> = signals.iter().map(without_courses).collect();
                // Of those of the same name the first one counts.
                for one in signals.iter().rev().filter(|one| one.has_numbers()) {
                    self.numbered.insert(one.signal.clone(), one.clone());
                }
                self.newest = Some(signals);
            }
            _ => {}
        }
    }

    pub(crate) fn of_the_change(&self) -> impl Iterator<Item = &Measured> {
        let newest = self.newest.iter().flatten();
        newest.map(|one| self.numbered.get(&one.signal).unwrap_or(one))
    }
}

fn without_courses(measured: &Measured) -> Measured {
    let mut one = Measured {
        signal: measured.signal.clone(),
        comparison: measured.comparison,
        of_dependency: measured.of_dependency,
        measure: measured.measure.clone(),
    };
    let measure = &mut one.measure;
    for course in [&mut measure.past, &mut measure.course, &mut measure.beside] {
        *course = Course::default();
    }
    one
}
