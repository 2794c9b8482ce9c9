//! Somebody asks for a fix, and what became of it.

use crate::actor::Actor;
use crate::approval::Refusal;
use crate::duty::Duty;
use crate::event::Event;
use crate::fix::{Fix, FixKind, FixOutcome, FixStanding, may, may_kind};
use crate::ids::ActionId;
use crate::input::{Ids, Input};
use crate::state::State;
use crate::timer::after;

/// A wish as it came in.
pub(super) struct Wish<'a> {
    pub(super) by: &'a Actor,
    pub(super) duty: &'a Duty,
    pub(super) kind: FixKind,
    pub(super) able: bool,
    pub(super) suspect: Option<&'a str>,
    pub(super) reason: &'a Option<String>,
}

pub(super) fn asked(
    state: &State,
    input: &Input,
    wish: &Wish<'_>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let by = wish.by.name().to_owned();
    match check(state, wish) {
        Ok((suspect, title)) => vec![Event::FixRequested {
            fix: Fix {
                id: ids.action(),
                kind: wish.kind,
                suspect,
                title,
                not_after: after(input.at, state.plan.policy.action_expiry_s),
            },
            by,
            reason: wish.reason.clone(),
        }],
        Err(refusal) => vec![Event::Refused {
            by,
            wanted: wish.kind.verb().to_owned(),
            approval: None,
            refusal,
        }],
    }
}

fn check(state: &State, wish: &Wish<'_>) -> Result<(String, String), Refusal> {
    may(wish.by, wish.duty)?;
    if !wish.able {
        return Err(Refusal::NoFixAccount { kind: wish.kind });
    }
    may_kind(state, wish.kind, wish.suspect)
}

/// What is known already is not said again.
pub(super) fn ended(state: &State, id: &ActionId, outcome: &FixOutcome) -> Vec<Event> {
    let under_way = state
        .fix(id)
        .is_some_and(|record| record.standing == FixStanding::UnderWay);
    if !under_way {
        return Vec::new();
    }
    let fix = id.clone();
    vec![match outcome.clone() {
        FixOutcome::Opened { opened } => Event::FixOpened { fix, opened },
        FixOutcome::Failed { trouble } => Event::FixFailed { fix, trouble },
    }]
}
