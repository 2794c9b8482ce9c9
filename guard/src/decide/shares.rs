//! Links that show the deployment to whoever has them.

use crate::actor::Actor;
use crate::approval::Refusal;
use crate::event::Event;
use crate::ids::ShareId;
use crate::share::{MOST_OPEN, Standing, may_share};
use crate::state::State;
use jiff::Timestamp;

/// What somebody wanted who is refused, as the record has it.
const WANTED: &str = "share";

pub(super) fn made(
    state: &State,
    now: Timestamp,
    by: &Actor,
    share: &ShareId,
    until: Timestamp,
) -> Vec<Event> {
    if let Err(refusal) = may_share(by) {
        return refused(by, refusal);
    }
    let open = state.shares().iter();
    let open = open.filter(|known| known.standing(now) == Standing::Open);
    if open.count() >= MOST_OPEN {
        return refused(by, Refusal::TooManyShares { most: MOST_OPEN });
    }
    if state.share(share).is_some() || until <= now {
        return Vec::new();
    }
    vec![Event::ShareMade {
        share: share.clone(),
        by: by.name().to_owned(),
        until,
    }]
}

/// Told once: who reads is nobody's business, that it was read is.
pub(super) fn opened(state: &State, share: &ShareId) -> Vec<Event> {
    match state.share(share) {
        Some(known) if known.opened_at.is_none() => vec![Event::ShareOpened {
            share: share.clone(),
        }],
        _ => Vec::new(),
    }
}

/// Ending it twice is no mistake.
pub(super) fn revoked(state: &State, by: &Actor, share: &ShareId) -> Vec<Event> {
    if let Err(refusal) = may_share(by) {
        return refused(by, refusal);
    }
    match state.share(share) {
        None => {
            let share = share.clone();
            refused(by, Refusal::UnknownShare { share })
        }
        Some(known) if known.revoked.is_some() => Vec::new(),
        Some(_) => vec![Event::ShareRevoked {
            share: share.clone(),
            by: by.name().to_owned(),
        }],
    }
}

fn refused(by: &Actor, refusal: Refusal) -> Vec<Event> {
    vec![Event::Refused {
        by: by.name().to_owned(),
        wanted: WANTED.to_owned(),
        approval: None,
        refusal,
    }]
}
