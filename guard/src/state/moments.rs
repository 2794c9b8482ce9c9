//! When what figures count first happened, kept while folding: no figure reads a stream for it.

use crate::action::Basis;
use crate::event::Event;
use jiff::Timestamp;

/// When each of these first happened.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moments {
    /// A finding was said.
    pub(crate) told: Option<Timestamp>,
    /// It was decided what to do: by policy, or by somebody's word.
    pub(crate) decided: Option<Timestamp>,
    /// The cure was proven.
    pub(crate) cured: Option<Timestamp>,
    /// The old version ran everywhere again.
    pub(crate) back: Option<Timestamp>,
}

impl Moments {
    pub(super) fn push(&mut self, event: &Event, at: Timestamp) {
        let moment = match event {
            Event::FindingOpened { .. } => &mut self.told,
            // That the release goes on is no answer to anything.
            Event::ActionAuthorised {
                basis: Basis::Release { .. },
                ..
            } => return,
            Event::ActionAuthorised { .. }
            | Event::ApprovalAnswered { .. }
            | Event::Abandoned { .. } => &mut self.decided,
            Event::CureConfirmed { .. } => &mut self.cured,
            Event::RolledBack { .. } => &mut self.back,
            _ => return,
        };
        moment.get_or_insert(at);
    }
}
