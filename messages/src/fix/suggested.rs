//! What clients of models ask people for, and what became of everything that was asked for.

use super::short;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::happened::{happened, severity, with_reason};
use crate::known::Known;
use crate::model::Message;
use crate::say;
use crate::text::Text;
use guard::event::Event;
use guard::fix::{FixKind, FixRecord, FixStanding, Suggestion};
use guard::state::State;

/// A client of models asks for a fix: who, on whose behalf, of what and why.
pub(crate) fn suggested(
    suggestion: &Suggestion,
    suspect: &str,
    title: &str,
    context: &Context,
) -> Text {
    let client = match &suggestion.person {
        Some(person) => say!(
            context,
            "fix-client-for",
            client = Foreign::from(&suggestion.client),
            person = Foreign::from(person)
        ),
        None => Text::foreign(&suggestion.client),
    };
    let (change, title) = (short(suspect), Foreign::new(title));
    let said = match suggestion.kind {
        FixKind::Revert => say!(
            context,
            "event-fix-revert-suggested",
            client = client,
            change = change,
            title = title
        ),
        FixKind::Hotfix => say!(
            context,
            "event-fix-hotfix-suggested",
            client = client,
            change = change,
            title = title
        ),
    };
    with_reason(said, &suggestion.reason, context)
}

/// What clients ask people for and nobody has taken up.
#[must_use]
pub fn suggestions(state: &State, context: &Context) -> Vec<Text> {
    let open = state.suggestions().filter(|one| one.is_open(context.now));
    open.map(|one| suggested(&one.suggestion, &one.suspect, &one.title, context))
        .collect()
}

/// What people asked for, the oldest first: who, and where it is now.
#[must_use]
pub fn asked_for(state: &State, context: &Context) -> Vec<Message> {
    let mut all: Vec<&FixRecord> = state.fixes().collect();
    all.sort_by_key(|record| record.at);
    all.into_iter()
        .map(|record| stands(record, state, context))
        .collect()
}

fn stands(record: &FixRecord, state: &State, context: &Context) -> Message {
    let fix = record.fix.id.clone();
    let event = match &record.standing {
        FixStanding::UnderWay => Event::FixRequested {
            fix: record.fix.clone(),
            by: record.by.clone(),
            reason: None,
        },
        FixStanding::Opened(opened) => Event::FixOpened {
            fix,
            opened: opened.clone(),
        },
        FixStanding::Failed(trouble) => Event::FixFailed {
            fix,
            trouble: trouble.clone(),
        },
    };
    let line = happened(&event, &Known::of_state(state), context);
    super::reply(Message::line(severity(&event), line), &event, context)
}
