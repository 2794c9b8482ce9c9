//! What is said in the thread.

use crate::context::Context;
use crate::finding;
use crate::foreign::Foreign;
use crate::happened::{happened, severity};
use crate::known::Known;
use crate::model::{Fact, Message, Row, Table};
use crate::parent::missing;
use crate::say;
use crate::text::Text;
use crate::words::{amount, change, interval};
use guard::event::{Event, PauseReason, Recorded, Reported};
use guard::finding::{Cured, FindingKey};
use guard::state::{FindingRecord, State};

/// The reply for an event, where it deserves one: trouble and decisions, never plain success.
/// `state` is the deployment with at least this event folded in.
#[must_use]
pub fn reply(state: &State, record: &Recorded, context: &Context) -> Option<Message> {
    let event = &record.event;
    let line = || {
        Message::line(
            severity(event),
            happened(event, &Known::of_state(state), context),
        )
    };
    match event {
        Event::TierRaised { because, .. } => Some(Message {
            table: because_table(state, because, context),
            ..line()
        }),
        Event::Paused {
            reason: PauseReason::Person { .. },
            ..
        } => Some(line()),
        Event::Paused {
            reason: PauseReason::Unsure { .. },
            ..
        } => Some(Message {
            body: missing::sentences(state, context),
            ..line()
        }),
        Event::CureConfirmed { signals, .. } => Some(Message {
            table: cured_table(signals, context),
            ..line()
        }),
        Event::FixOpened { .. } | Event::FixFailed { .. } => {
            Some(crate::fix::reply(line(), event, context))
        }
        Event::FixSuggested { suggestion, .. } => {
            Some(crate::fix::suggestion(line(), suggestion, state, context))
        }
        Event::RolledBack { .. } => Some(Message {
            offers: crate::fix::offers(state, context),
            ..line()
        }),
        Event::CauseRanked { cause } => Some(crate::cause::message(cause, state, context)),
        Event::RootCauseReported { report, .. } => {
            Some(crate::root_cause::reply(report, state, context))
        }
        Event::AnswerShared { number, .. } => {
            Some(crate::root_cause::shared(state, *number, context).unwrap_or_else(line))
        }
        Event::BakeEnded {
            known_good: false, ..
        } => Some(Message {
            body: missing::sentences(state, context),
            ..line()
        }),
        Event::RequestMade { request, approval } => {
            (!state.is_asked_by(request, approval)).then(line)
        }
        Event::ActionFailed { .. }
        | Event::ActionStale { .. }
        | Event::AlertJoined { .. }
        | Event::AlertStorm { .. }
        | Event::DeployReported {
            outcome: Reported::Failed,
            ..
        }
        | Event::ApprovalBacked { .. }
        | Event::GlassBroken { .. }
        | Event::ApprovalAnswered { .. }
        | Event::ApprovalExpired { .. }
        | Event::CureFailed { .. }
        | Event::CauseNamed { .. }
        | Event::RequestTakenBack { .. }
        | Event::MetricsLost { .. }
        | Event::MetricsBack { .. }
        | Event::MetricsIncomplete { .. }
        | Event::MetricsComplete { .. }
        | Event::Failed { .. }
        | Event::Abandoned { .. } => Some(line()),
        _ => None,
    }
}

fn because_table(state: &State, because: &[FindingKey], context: &Context) -> Option<Table> {
    let records: Vec<&FindingRecord> = state
        .findings()
        .filter(|record| because.contains(&record.finding.key()))
        .collect();
    finding::table_of(&records, false, context)
}

fn cured_table(signals: &[Cured], context: &Context) -> Option<Table> {
    if signals.is_empty() {
        return None;
    }
    let words = context.words();
    let heads = ["column-signal", "column-now", "column-left"];
    Some(Table {
        title: say!(words, "table-cured"),
        columns: heads.map(|head| words.text(head, Vec::new())).into(),
        rows: signals
            .iter()
            .take(MOST_ROWS)
            .map(|cured| cured_row(cured, context))
            .collect(),
        more: signals
            .len()
            .checked_sub(MOST_ROWS + 1)
            .map(|rest| say!(words, "and-more", count = rest + 1)),
    })
}

/// Signals that a reply lists at most.
const MOST_ROWS: usize = 12;

fn cured_row(cured: &Cured, context: &Context) -> Row {
    let words = context.words();
    let left = say!(
        words,
        "effect-with-interval",
        effect = change(words, cured.effect, &cured.unit),
        interval = interval(words, cured.interval, &cured.unit)
    );
    let evidence = cured.evidence.iter().map(|evidence| Fact {
        label: say!(words, "fact-evidence"),
        value: Text::foreign(Foreign::from(evidence)),
    });
    Row {
        cells: vec![
            Text::foreign(&cured.signal),
            amount(words, cured.current, &cured.unit),
            left,
        ],
        details: evidence.collect(),
    }
}
