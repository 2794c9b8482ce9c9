//! What is missing for certainty: traffic, time, data.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::happened::names as names_of;
use crate::report::names;
use crate::say;
use crate::text::Text;
use crate::words::{duration, number, size};
use guard::finding::Need;
use guard::state::State;
use guard::verdict::Verdict;

/// Sentences of each kind at most.
const MOST: usize = 6;
/// The unit of shares.
const RATIO: &str = "ratio";
/// Why there is nothing of a signal that the service does not have.
const NOT_EXPORTED: &str = "not_exported";

/// One sentence for each signal that cannot be judged, or not yet.
pub(crate) fn sentences(state: &State, context: &Context) -> Vec<Text> {
    if state.ended() {
        return Vec::new();
    }
    let unsure = matches!(
        state.verdict(),
        Some(Verdict::Inconclusive | Verdict::Unmeasured)
    );
    let needs: &[Need] = if unsure { state.needs() } else { &[] };
    let mut sentences: Vec<Text> = needs
        .iter()
        .take(MOST)
        .map(|need| sentence(need, context))
        .collect();
    sentences.extend(left_out(needs.len(), context));
    let (absent, blind): (Vec<_>, Vec<_>) = state
        .blind()
        .iter()
        // By now there is something to tell of it.
        .filter(|(signal, _)| !needs.iter().any(|need| need.signal == *signal))
        .partition(|(_, why)| why == NOT_EXPORTED);
    sentences.extend(blind.iter().take(MOST).map(|(signal, why)| {
        say!(
            context,
            "blind",
            signal = Foreign::from(signal),
            why = names::no_data(why, context)
        )
    }));
    sentences.extend(left_out(blind.len(), context));
    if !absent.is_empty() {
        // Signals of a preset that the service has in part: one line is enough.
        let names = absent.iter().map(|(signal, _)| Text::foreign(signal));
        sentences.push(say!(
            context,
            "not-exported",
            signals = names_of(names, absent.len(), context)
        ));
    }
    sentences
}

fn left_out(total: usize, context: &Context) -> Option<Text> {
    let rest = total.saturating_sub(MOST);
    (rest > 0).then(|| say!(context, "and-more", count = rest))
}

fn sentence(need: &Need, context: &Context) -> Text {
    let words = context.words();
    let signal = Foreign::from(&need.signal);
    let tolerance = size(words, need.tolerance, &need.unit);
    let seen = match need.smallest_visible {
        // No share changes by more than all of it.
        Some(visible) if visible > 1.0 && need.unit == RATIO => say!(
            words,
            "need-nothing-visible",
            signal = signal,
            tolerance = tolerance
        ),
        Some(visible) => say!(
            words,
            "need-visible",
            signal = signal,
            visible = size(words, visible, &need.unit),
            tolerance = tolerance
        ),
        // What it would take is not known before the first values are.
        None if need.tolerance == 0.0 => {
            return say!(words, "need-nothing-measured-at-all", signal = signal);
        }
        None => say!(
            words,
            "need-nothing-measured",
            signal = signal,
            tolerance = tolerance
        ),
    };
    let requests = need.requests.map(|requests| number(words, requests.ceil()));
    let more = match (need.seconds, requests) {
        (Some(seconds), Some(requests)) => {
            say!(
                words,
                "need-time-or-requests",
                duration = duration(words, seconds),
                requests = requests
            )
        }
        (Some(seconds), None) => say!(words, "need-time", duration = duration(words, seconds)),
        (None, Some(requests)) => say!(words, "need-requests", requests = requests),
        (None, None) if need.smallest_visible.is_none() => return seen,
        (None, None) => say!(words, "need-not-in-sight"),
    };
    Text::join([seen, more], &say!(words, "sentence-separator"))
}
