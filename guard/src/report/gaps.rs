//! When nothing was measured, and when nobody answered.

use crate::approval::Choice;
use crate::at::At;
use crate::event::{Event, Recorded};
use crate::verdict::Verdict;
use serde::Serialize;

/// An answer that came within so many seconds kept nobody waiting.
const SOON_S: f64 = 60.0;

/// Nothing measured for no longer than this is how a process begins, in seconds.
const FIRST_SCRAPES_S: f64 = 15.0;

/// What was missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "missing")]
pub enum Missing {
    /// A metrics source did not answer.
    Source {
        /// Which.
        source: String,
    },
    /// A metrics source warned that its answers may be incomplete.
    Completeness {
        /// Which.
        source: String,
    },
    /// The new version was not measured.
    Measurements,
    /// People were asked and had not answered yet.
    Answer,
    /// Nobody answered in time, and nothing was decided afterwards.
    Decision,
}

/// A time in which something was missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// What.
    #[serde(flatten)]
    pub missing: Missing,
    /// Since when.
    pub from: At,
    /// Until when; none while it lasts.
    pub to: Option<At>,
    /// How long, in seconds; until the newest event while it lasts.
    pub seconds: f64,
}

/// All of them, in the order in which they began.
pub(super) fn gaps(records: &[Recorded]) -> Vec<Gap> {
    let newest = records.last().map(|record| At(record.at));
    let mut gaps: Vec<Gap> = Vec::new();
    for (place, record) in records.iter().enumerate() {
        if let Some(missing) = begins(&record.event) {
            let rest = &records[place + 1..];
            let over = |later: &&Recorded| ends(&missing, &later.event);
            let to = rest.iter().find(over).map(|later| At(later.at));
            let from = At(record.at);
            // Told again while it lasts, it is the same gap.
            let known = gaps
                .iter()
                .any(|gap| gap.missing == missing && gap.to.is_none_or(|end| end > from));
            let until = to.or(newest).unwrap_or(from);
            if !known {
                gaps.push(Gap {
                    missing,
                    from,
                    to,
                    seconds: from.until(until).max(0.0),
                });
            }
        }
    }
    gaps.retain(|gap| match gap.missing {
        Missing::Answer => gap.seconds >= SOON_S,
        // Until the first scrape of a new process there is nothing.
        Missing::Measurements => gap.to.is_none() || gap.seconds >= FIRST_SCRAPES_S,
        _ => true,
    });
    gaps
}

fn begins(event: &Event) -> Option<Missing> {
    match event {
        Event::MetricsLost { source, .. } => Some(Missing::Source {
            source: source.clone(),
        }),
        Event::MetricsIncomplete { source, .. } => Some(Missing::Completeness {
            source: source.clone(),
        }),
        Event::VerdictChanged {
            verdict: Verdict::Unmeasured,
            ..
        } => Some(Missing::Measurements),
        Event::ApprovalAsked { .. } => Some(Missing::Answer),
        Event::ApprovalExpired { .. } => Some(Missing::Decision),
        _ => None,
    }
}

fn ends(missing: &Missing, event: &Event) -> bool {
    let over = matches!(
        event,
        Event::BakeEnded { .. }
            | Event::Abandoned { .. }
            | Event::Failed { .. }
            | Event::Superseded { .. }
    );
    over || match missing {
        Missing::Source { source } => {
            matches!(event, Event::MetricsBack { source: back } if back == source)
        }
        Missing::Completeness { source } => {
            matches!(event, Event::MetricsComplete { source: whole } if whole == source)
        }
        Missing::Measurements => match event {
            Event::VerdictChanged { verdict, .. } => *verdict != Verdict::Unmeasured,
            Event::CureConfirmed { .. } => true,
            _ => false,
        },
        Missing::Answer => matches!(
            event,
            Event::ApprovalAnswered { .. }
                | Event::ApprovalExpired { .. }
                | Event::ApprovalWithdrawn { .. }
        ),
        Missing::Decision => {
            matches!(event, Event::Resumed { .. } | Event::RolledBack { .. })
                || matches!(event, Event::ApprovalAnswered { choice, .. } if *choice != Choice::Hold)
        }
    }
}
