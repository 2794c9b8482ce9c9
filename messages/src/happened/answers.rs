//! What people answered, alone, together or against the rules.

use super::phrases::with_reason;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use crate::words::refusal;
use guard::approval::{Choice, Refusal};

pub(super) fn answered(
    by: &str,
    choice: Choice,
    reason: &Option<String>,
    with: &[String],
    context: &Context,
) -> Text {
    let words = context.words();
    let key = match choice {
        Choice::Rollback => "event-answered-rollback",
        Choice::Resume => "event-answered-resume",
        Choice::Hold => "event-answered-hold",
        Choice::Promote => "event-answered-promote",
        Choice::Abandon => "event-answered-abandon",
        Choice::Pause => "event-answered-pause",
    };
    let by = match with {
        [] => Text::foreign(by),
        _ => {
            let all = with.iter().map(String::as_str).chain([by]);
            words.listed(all.map(Text::foreign))
        }
    };
    with_reason(words.text(key, vec![("by", by.into())]), reason, context)
}

pub(super) fn broken(
    by: &str,
    choice: Choice,
    instead: Option<&Refusal>,
    reason: &str,
    context: &Context,
) -> Text {
    let words = context.words();
    let why = match instead {
        Some(instead) => refusal(instead, context),
        None => say!(words, "event-glass-second"),
    };
    let said = say!(
        words,
        "event-glass-broken",
        by = Foreign::new(by),
        choice = words.choice(choice),
        why = why
    );
    with_reason(said, &Some(reason.to_owned()), context)
}
