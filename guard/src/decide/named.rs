//! What people say about which change did it.

use super::judged::may_judge;
use crate::actor::Actor;
use crate::approval::Refusal;
use crate::culprit::{Culprit, Stranger};
use crate::event::Event;
use crate::state::State;

pub(super) fn named(
    state: &State,
    by: &Actor,
    culprit: &Culprit,
    note: Option<&String>,
) -> Vec<Event> {
    let who = by.name().to_owned();
    let (culprit, place) = match check(state, by, culprit) {
        Ok(known) => known,
        Err(refusal) => {
            return vec![Event::Refused {
                by: who,
                wanted: "judge".to_owned(),
                approval: None,
                refusal,
            }];
        }
    };
    let same =
        |known: &crate::culprit::Named| known.culprit == culprit && known.note.as_ref() == note;
    if state.named().get(&who).is_some_and(same) {
        return Vec::new();
    }
    vec![Event::CauseNamed {
        by: who,
        culprit,
        place,
        said: state.cause().map(|(cause, _)| cause.verdict),
        note: note.cloned(),
    }]
}

/// What is meant, and where it stood among the suspects.
fn check(
    state: &State,
    by: &Actor,
    culprit: &Culprit,
) -> Result<(Culprit, Option<usize>), Refusal> {
    may_judge(by)?;
    let cause = state.cause().map(|(cause, _)| cause);
    if cause.is_none() && state.findings().next().is_none() {
        return Err(Refusal::NothingToExplain);
    }
    let Culprit::Change { id } = culprit else {
        return Ok((Culprit::NotThisDeployment, None));
    };
    let Some(cause) = cause else {
        return Err(Refusal::ChangesUnknown);
    };
    match cause.find(id) {
        Ok((id, place)) => Ok((Culprit::Change { id }, place)),
        Err(Stranger::Unknown) => Err(Refusal::UnknownChange { change: id.clone() }),
        Err(Stranger::Several) => Err(Refusal::SeveralChanges { change: id.clone() }),
    }
}
