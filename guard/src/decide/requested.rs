//! A client of models asks people for something, or takes that back.

use super::possible::possible;
use super::questions;
use crate::approval::Question;
use crate::event::Event;
use crate::ids::ActionId;
use crate::input::{Ids, Input};
use crate::request::{Request, RequestRecord};
use crate::state::State;

/// People are asked, or told that the open question is what it wants decided. What cannot be done is refused; the same
/// request of the same client is made once while it is open.
pub(super) fn requested(
    state: &State,
    input: &Input,
    request: &Request,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let same = |known: &&RequestRecord| {
        known.request.id == request.id
            || (known.is_open(state)
                && known.request.client == request.client
                && known.request.choice == request.choice)
    };
    if state.requests().find(same).is_some() {
        return Vec::new();
    }
    if let Err(refusal) = possible(state, request.choice) {
        return vec![Event::Refused {
            by: request.client.clone(),
            wanted: request.choice.as_str().to_owned(),
            approval: None,
            refusal,
        }];
    }
    let mut events = match state.open_approval() {
        Some(_) => Vec::new(),
        None => {
            let question = Question::Requested {
                request: request.clone(),
            };
            questions::ask(state, input, question, &[], ids)
        }
    };
    let asked = events.iter().find_map(|event| match event {
        Event::ApprovalAsked { approval } => Some(approval.id.clone()),
        _ => None,
    });
    let open = state.open_approval().map(|record| &record.approval.id);
    events.extend(
        asked
            .or_else(|| open.cloned())
            .map(|approval| Event::RequestMade {
                request: request.clone(),
                approval,
            }),
    );
    events
}

/// Nobody has to decide on it any more; a question that was asked for its sake alone is taken back too.
pub(super) fn taken_back(state: &State, id: &ActionId, client: &str) -> Vec<Event> {
    let known = state.request(id).filter(|known| known.is_open(state));
    let Some(known) = known.filter(|known| known.request.client == client) else {
        return Vec::new();
    };
    let asked = state
        .approval(&known.approval)
        .map(|record| &record.approval.question);
    let own = matches!(asked, Some(Question::Requested { request }) if request.id == *id);
    let mut events = if own {
        questions::withdraw(state)
    } else {
        Vec::new()
    };
    events.push(Event::RequestTakenBack {
        request: id.clone(),
        by: client.to_owned(),
    });
    events
}
