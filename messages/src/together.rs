//! Several services at one version: the first one's message says how the others stand.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Fact, Message};
use crate::parent::parent;
use crate::say;
use crate::text::Text;
use guard::state::State;

/// Services that are named.
const MOST: usize = 8;

/// The message of the first with the others that are told in its thread.
#[must_use]
pub fn together(message: Message, others: &[State], context: &Context) -> Message {
    if others.is_empty() {
        return message;
    }
    let words = context.words();
    let each = others.iter().take(MOST).map(|other| {
        say!(
            words,
            "together-one",
            mark = Text::trusted(parent(other, context).severity.mark()),
            service = Foreign::from(&other.plan().service),
            status = words.status(other.status())
        )
    });
    let listed = words.clauses(each);
    let listed = match others.len().saturating_sub(MOST) {
        0 => listed,
        rest => say!(words, "listed-and-more", listed = listed, count = rest),
    };
    let fact = Fact {
        label: say!(words, "together-fact"),
        value: say!(words, "together", count = others.len() + 1, listed = listed),
    };
    let mut message = message;
    // After the version that they share.
    let at = message.facts.len().min(1);
    message.facts.insert(at, fact);
    message
}
