//! What comes and goes is one line: the first of them, edited, and how often it came.

use crate::context::Context;
use crate::model::Message;
use crate::reply;
use crate::say;
use guard::event::{Event, Recorded};
use guard::state::State;
use jiff::SignedDuration;

/// After so long a silence what comes again is news.
const NEWS_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// A reply that is shown in the place of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The revision of the event whose reply it replaces.
    pub first: u64,
    /// What that reply shows from now on.
    pub message: Message,
}

/// What belongs together: a loss with its end, and each of them with the next. Foreign names tell them apart.
#[derive(Debug, PartialEq, Eq)]
enum Family<'e> {
    Answers(&'e str),
    WholeAnswers(&'e str),
    Alert(&'e str, &'e str),
}

impl<'e> Family<'e> {
    /// The family of an event, and whether it is where the trouble begins.
    fn of(event: &'e Event) -> Option<(Self, bool)> {
        Some(match event {
            Event::MetricsLost { source, .. } => (Self::Answers(source), true),
            Event::MetricsBack { source } => (Self::Answers(source), false),
            Event::MetricsIncomplete { source, .. } => (Self::WholeAnswers(source), true),
            Event::MetricsComplete { source } => (Self::WholeAnswers(source), false),
            Event::AlertJoined { alert, .. } => {
                (Self::Alert(&alert.key.source, &alert.key.fingerprint), true)
            }
            _ => return None,
        })
    }
}

/// The reply of an event that goes on with what an earlier reply said; none where it is said on its own.
#[must_use]
pub fn folded(
    state: &State,
    records: &[Recorded],
    record: &Recorded,
    context: &Context,
) -> Option<Folded> {
    let (family, _) = Family::of(&record.event)?;
    let mut run: Vec<(&Recorded, bool)> = Vec::new();
    let before = records
        .iter()
        .filter(|one| one.revision <= record.revision)
        .rev();
    for one in before {
        let Some((_, begins)) = Family::of(&one.event).filter(|(other, _)| *other == family) else {
            continue;
        };
        let later = run.last().map_or(record.at, |(later, _)| later.at);
        if later.duration_since(one.at) > NEWS_AFTER {
            break;
        }
        run.push((one, begins));
    }
    let (first, _) = run.last().filter(|_| run.len() > 1)?;
    let mut message = reply(state, record, context)?;
    let times = run.iter().filter(|(_, begins)| *begins).count();
    if times > 1 {
        message.headline = say!(
            context,
            "folded",
            headline = message.headline,
            count = u32::try_from(times).unwrap_or(u32::MAX),
            since = context.time(first.at)
        );
    }
    Some(Folded {
        first: first.revision,
        message,
    })
}
