//! Where an excess comes from.

use super::names;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use crate::words::amount;
use guard::excess::Contribution;
use guard::ids::SignalKey;

/// Which values of labels account for what a signal shows.
pub(crate) fn located(signal: &SignalKey, accounts: &[Contribution], context: &Context) -> Text {
    let words = context.words();
    let signal = Foreign::from(signal);
    if accounts.is_empty() {
        return say!(words, "event-excess-nowhere", signal = signal);
    }
    let named = accounts.iter().map(|one| {
        say!(
            words,
            "excess-account",
            label = Text::foreign(one.label.as_str()),
            value = Text::foreign(one.value.as_str()),
            share = amount(words, one.share, "ratio")
        )
    });
    say!(
        words,
        "event-excess-located",
        signal = signal,
        accounts = names(named, accounts.len(), context)
    )
}
