//! A client of models asks people for a fix. That they see it is all that follows.

use crate::approval::Refusal;
use crate::event::Event;
use crate::fix::{Suggestion, SuggestionRecord, may_kind};
use crate::ids::ActionId;
use crate::input::Input;
use crate::state::State;
use crate::timer::after;
use jiff::Timestamp;

/// Suggestions of one client that people see at a time: more would be noise, whoever makes the client make them.
const MOST_OPEN: usize = 3;

pub(super) fn suggested(state: &State, input: &Input, suggestion: &Suggestion) -> Vec<Event> {
    if state.suggestion(&suggestion.id).is_some() {
        return Vec::new();
    }
    match check(state, suggestion, input.at) {
        Ok(Some((suspect, title))) => vec![Event::FixSuggested {
            suggestion: suggestion.clone(),
            suspect,
            title,
            until: after(input.at, state.plan.policy.approval_expiry_s),
        }],
        Ok(None) => Vec::new(),
        Err(refusal) => vec![Event::Refused {
            by: suggestion.client.clone(),
            wanted: suggestion.kind.verb().to_owned(),
            approval: None,
            refusal,
        }],
    }
}

/// The commit that is meant and its first line; none where people see the same already.
fn check(
    state: &State,
    suggestion: &Suggestion,
    now: Timestamp,
) -> Result<Option<(String, String)>, Refusal> {
    let kind = suggestion.kind;
    if !state.plan.policy.fixes.has(kind) {
        return Err(Refusal::NoFixAccount { kind });
    }
    let (suspect, title) = may_kind(state, kind, suggestion.suspect.as_deref())?;
    let of_theirs = |known: &&SuggestionRecord| {
        known.is_open(now) && known.suggestion.client == suggestion.client
    };
    let open: Vec<_> = state.suggestions().filter(of_theirs).collect();
    let same =
        |known: &&SuggestionRecord| known.suggestion.kind == kind && known.suspect == suspect;
    if open.iter().any(same) {
        return Ok(None);
    }
    if open.len() >= MOST_OPEN {
        return Err(Refusal::SuggestsEnough { most: MOST_OPEN });
    }
    Ok(Some((suspect, title)))
}

/// People are asked for it no more.
pub(super) fn taken_back(
    state: &State,
    input: &Input,
    id: &ActionId,
    client: &str,
) -> Option<Event> {
    let known = state.suggestion(id)?;
    let theirs = known.is_open(input.at) && known.suggestion.client == client;
    theirs.then(|| Event::RequestTakenBack {
        request: id.clone(),
        by: client.to_owned(),
    })
}
