//! Everything that happened, in order.

use crate::context::Context;
use crate::happened::{happened, severity};
use crate::known::Known;
use crate::model::Severity;
use crate::say;
use crate::text::Text;
use crate::words::duration;
use guard::event::{Event, Recorded};
use jiff::Timestamp;

/// A pause shorter than this is not worth a word, in seconds.
const SHORTEST_GAP_S: f64 = 1.0;

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineLine {
    /// The event's place in the stream.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// When, to be shown.
    pub time: Text,
    /// What.
    pub text: Text,
    /// How loud it is.
    pub severity: Severity,
    /// Seconds since the line before; none for the first.
    pub gap_s: Option<f64>,
    /// The same in words, where it is worth one.
    pub gap: Option<Text>,
}

/// The timeline of a stream. An action's request and its execution have no line of their own: the event
/// beside each says the same and more. What was measured for the
/// report is in the report.
#[must_use]
pub fn timeline(records: &[Recorded], context: &Context) -> Vec<TimelineLine> {
    let mut known = Known::default();
    let mut lines: Vec<TimelineLine> = Vec::new();
    for record in records {
        known.learn(record);
        if matches!(
            record.event,
            Event::ActionRequested { .. }
                | Event::ActionExecuted { .. }
                | Event::SignalsMeasured { .. }
        ) {
            continue;
        }
        let gap_s = lines
            .last()
            .map(|before| record.at.duration_since(before.at).as_secs_f64());
        lines.push(TimelineLine {
            revision: record.revision,
            at: record.at,
            time: context.time(record.at),
            text: happened(&record.event, &known, context),
            severity: severity(&record.event),
            gap_s,
            gap: gap_s.filter(|gap| *gap >= SHORTEST_GAP_S).map(|gap| {
                say!(
                    context,
                    "timeline-gap",
                    duration = duration(context.words(), gap)
                )
            }),
        });
    }
    lines
}
