//! What people think in hindsight.

use crate::actor::{Actor, Role};
use crate::approval::Refusal;
use crate::event::Event;
use crate::input::Input;
use crate::judgement::Judgement;
use crate::state::State;
use jiff::Timestamp;

/// A judgement as it came in.
pub(super) struct Said<'a> {
    pub(super) by: &'a Actor,
    pub(super) judgement: Judgement,
    pub(super) note: &'a Option<String>,
    pub(super) since: Option<Timestamp>,
}

pub(super) fn judged(state: &State, input: &Input, said: &Said<'_>) -> Vec<Event> {
    let by = said.by.name().to_owned();
    if let Err(refusal) = check(state, input.at, said) {
        return vec![Event::Refused {
            by,
            wanted: "judge".to_owned(),
            approval: None,
            refusal,
        }];
    }
    let since = said.since.filter(|_| said.judgement == Judgement::Missed);
    let known = state.judged().is_some_and(|known| {
        known.by == by
            && known.judgement == said.judgement
            && known.note == *said.note
            && known.since == since
    });
    if known {
        return Vec::new();
    }
    vec![Event::Judged {
        by,
        judgement: said.judgement,
        raised: state.highest_tier(),
        note: said.note.clone(),
        since,
    }]
}

fn check(state: &State, now: Timestamp, said: &Said<'_>) -> Result<(), Refusal> {
    may_judge(said.by)?;
    if !said.judgement.fits(state.highest_tier()) {
        return Err(Refusal::DoesNotFit {
            judgement: said.judgement,
        });
    }
    match said.since {
        Some(since) if since < state.requested_at() || since > now => Err(Refusal::SinceOutside {
            since,
            begun: state.requested_at(),
        }),
        _ => Ok(()),
    }
}

/// Whether somebody may judge deployments. A program that could would grant itself autonomy.
pub fn may_judge(by: &Actor) -> Result<(), Refusal> {
    let who = || by.name().to_owned();
    if !by.is_person() {
        Err(Refusal::MachineJudges { who: who() })
    } else if by.has(Role::Responder) || by.has(Role::Operator) {
        Ok(())
    } else {
        Err(Refusal::MayNotJudge { who: who() })
    }
}
