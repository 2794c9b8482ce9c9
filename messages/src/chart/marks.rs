//! What was done while a signal went its way.

use super::Chart;
use crate::context::Context;
use crate::layout::plain;
use crate::say;
use guard::action::ActionKind;
use guard::approval::{Choice, Standing};
use guard::state::State;
use jiff::Timestamp;

/// Marks of one chart.
const MOST: usize = 4;
/// How far beyond the last point a mark may be, as a part of the time since the deployment.
const BEYOND: f64 = 0.15;

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Seconds since the deployment.
    pub at: f64,
    /// What.
    pub words: String,
}

/// People were asked, they answered, the old version was brought back: as far as it is within the picture.
pub(super) fn marks(state: &State, since: Timestamp, context: &Context) -> Vec<Mark> {
    let words = context.words();
    let after = |at: Timestamp| at.duration_since(since).as_secs_f64();
    let mut all = Vec::new();
    for record in state.approvals() {
        all.push(Mark {
            at: after(record.asked_at),
            words: plain::text(&say!(words, "chart-asked")),
        });
        if let Standing::Answered { choice, at, .. } = &record.standing {
            all.push(Mark {
                at: after(*at),
                words: plain::text(&words.choice(*choice)),
            });
        }
    }
    let back = state
        .actions()
        .filter(|record| record.action.kind == ActionKind::RollBack);
    // Who answered so asked for it: one line is enough for both.
    let answered = state.approvals().any(|record| {
        let Standing::Answered { choice, .. } = &record.standing else {
            return false;
        };
        *choice == Choice::Rollback
    });
    for record in back {
        if !answered {
            all.push(Mark {
                at: after(record.requested_at),
                words: plain::text(&words.action(Some(record.action.kind))),
            });
        }
        all.extend(record.done.values().max().map(|done| Mark {
            at: after(*done),
            words: plain::text(&say!(words, "chart-back")),
        }));
    }
    all.sort_by(|a, b| a.at.total_cmp(&b.at));
    all
}

impl Chart {
    /// Keeps the marks that are within what was measured, the newest of each word.
    pub(super) fn marked(mut self, marks: &[Mark]) -> Self {
        let Some((_, last)) = self.ends() else {
            return self;
        };
        let last = last.max(0.0) * (1.0 + BEYOND);
        for mark in marks.iter().rev() {
            let known = self.marks.iter().any(|one| one.words == mark.words);
            if !known && (0.0..=last).contains(&mark.at) && self.marks.len() < MOST {
                self.marks.push(mark.clone());
            }
        }
        self.marks.reverse();
        self
    }
}
