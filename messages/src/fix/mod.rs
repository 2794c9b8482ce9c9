//! Requests that undo or mend what did it: the offer, what became of it, and what the request itself says.

mod offer;
mod suggested;
mod trouble;
mod written;

pub use offer::offers;
pub(crate) use suggested::suggested;
pub use suggested::{asked_for, suggestions};
pub use trouble::trouble;
pub use written::{Request, written};

use crate::context::Context;
use crate::foreign::Foreign;
use crate::known::Known;
use crate::model::{Link, Message};
use crate::say;
use crate::text::Text;
use guard::event::Event;
use guard::fix::{Fix, FixKind, How, Opened, Suggestion};
use guard::state::State;

/// Digits of a commit that people read.
const SHORT: usize = 10;

/// What happened to a fix, in a sentence.
pub(crate) fn about(event: &Event, known: &Known<'_>, context: &Context) -> Text {
    match event {
        Event::FixSuggested {
            suggestion,
            suspect,
            title,
            ..
        } => suggested(suggestion, suspect, title, context),
        Event::FixRequested { fix, by, .. } => asked(fix, by, context),
        Event::FixOpened { fix, opened } => self::opened(known.fix(fix), opened, context),
        Event::FixFailed { fix, trouble: why } => failed(known.fix(fix), why, context),
        _ => Text::default(),
    }
}

/// A suggestion in the thread, with the button by which whoever may takes it up.
pub(crate) fn suggestion(
    line: Message,
    of: &Suggestion,
    state: &State,
    context: &Context,
) -> Message {
    let known = state.suggestion(&of.id);
    let offers = known.filter(|known| known.is_open(context.now));
    Message {
        offers: offers
            .map(|known| offer::taking_up(known, state, context))
            .into_iter()
            .collect(),
        ..line
    }
}

/// As it is told in the thread: with the way there.
pub(crate) fn reply(line: Message, event: &Event, context: &Context) -> Message {
    let Event::FixOpened { opened, .. } = event else {
        return line;
    };
    Message {
        links: link(opened, context).into_iter().collect(),
        ..line
    }
}

/// The way to a request, whose address is made of what is configured and of its number.
fn link(opened: &Opened, context: &Context) -> Option<Link> {
    let label = say!(context, "fix-link", number = number(opened));
    Link::checked(label, &opened.url)
}

fn asked(fix: &Fix, by: &str, context: &Context) -> Text {
    let (by, change) = (Foreign::from(by), short(&fix.suspect));
    let title = Foreign::new(&fix.title);
    match fix.kind {
        FixKind::Revert => say!(
            context,
            "event-fix-revert-asked",
            by = by,
            change = change,
            title = title
        ),
        FixKind::Hotfix => say!(
            context,
            "event-fix-hotfix-asked",
            by = by,
            change = change,
            title = title
        ),
    }
}

fn opened(fix: Option<&Fix>, opened: &Opened, context: &Context) -> Text {
    let what = what(&opened.how, fix, context);
    say!(
        context,
        "event-fix-opened",
        number = number(opened),
        what = what,
        into = Text::code(opened.into.as_str())
    )
}

/// What a request does, in a sentence.
fn what(how: &How, fix: Option<&Fix>, context: &Context) -> Text {
    let change = fix.map(|fix| short(&fix.suspect)).unwrap_or_default();
    match how {
        How::Reverted { files, merged: 0 } => {
            say!(context, "fix-how-reverted", change = change, files = *files)
        }
        How::Reverted { files, merged } => say!(
            context,
            "fix-how-merged",
            change = change,
            files = *files,
            merged = *merged
        ),
        How::Pinned {
            file,
            key,
            was,
            becomes,
            ..
        } => say!(
            context,
            "fix-how-pinned",
            file = Text::code(file.as_str()),
            key = Text::code(key.as_str()),
            was = Foreign::from(was),
            becomes = Foreign::from(becomes)
        ),
        How::Mended {
            files,
            added,
            removed,
            ..
        } => say!(
            context,
            "fix-how-mended",
            change = change,
            files = *files,
            added = *added,
            removed = *removed
        ),
    }
}

fn failed(fix: Option<&Fix>, why: &guard::fix::FixTrouble, context: &Context) -> Text {
    let change = fix.map(|fix| short(&fix.suspect)).unwrap_or_default();
    let why = trouble(why, context);
    match fix.map(|fix| fix.kind) {
        Some(FixKind::Hotfix) => {
            say!(
                context,
                "event-fix-hotfix-failed",
                change = change,
                why = why
            )
        }
        _ => say!(
            context,
            "event-fix-revert-failed",
            change = change,
            why = why
        ),
    }
}

fn number(opened: &Opened) -> Text {
    Text::code(opened.number.to_string().as_str())
}

fn short(id: &str) -> Text {
    let cut = id.char_indices().nth(SHORT).map_or(id.len(), |(at, _)| at);
    Text::code(Foreign::new(&id[..cut]))
}
