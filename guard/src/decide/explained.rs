//! What was written about why it hurts, and what people say of that.

use super::judged::may_judge;
use crate::actor::Actor;
use crate::approval::Refusal;
use crate::event::Event;
use crate::root_cause::RootCauseReport;
use crate::state::{Rated, State};

/// Told once for each ranking, and not when a newer one was told of already.
pub(super) fn investigated(state: &State, of: u64, report: &RootCauseReport) -> Vec<Event> {
    let told = state.explained().is_some_and(|(known, _)| known >= of);
    if told || state.cause().is_none() || of > state.revision() {
        return Vec::new();
    }
    vec![Event::RootCauseReported {
        of,
        report: Box::new(report.clone()),
    }]
}

pub(super) fn rated(state: &State, by: &Actor, useful: bool, note: Option<&String>) -> Vec<Event> {
    let who = by.name().to_owned();
    let refused = match may_judge(by) {
        Err(refusal) => Some(refusal),
        Ok(()) if state.findings().next().is_none() => Some(Refusal::NothingToExplain),
        Ok(()) => None,
    };
    if let Some(refusal) = refused {
        return vec![Event::Refused {
            by: who,
            wanted: "judge".to_owned(),
            approval: None,
            refusal,
        }];
    }
    let by_model = state.explained().is_some();
    let said = Rated { useful, by_model };
    if note.is_none() && state.rated().get(&who) == Some(&said) {
        return Vec::new();
    }
    vec![Event::RootCauseRated {
        by: who,
        useful,
        by_model,
        note: note.cloned(),
    }]
}

/// Kept for whoever asked, and as what was said before when they ask again.
pub(super) fn answered(
    state: &State,
    by: &Actor,
    question: &str,
    answer: &RootCauseReport,
) -> Vec<Event> {
    let last = state.answers().last().map_or(0, |last| last.number);
    vec![Event::QuestionAnswered {
        by: by.name().to_owned(),
        number: last.saturating_add(1),
        question: question.to_owned(),
        answer: Box::new(answer.clone()),
    }]
}

/// Only who was answered can show it, and once.
pub(super) fn shared(state: &State, by: &Actor, number: u32) -> Vec<Event> {
    let mut own = state.answers().filter(|known| known.by == by.name());
    let known = own.find(|known| known.number == number);
    if known.is_none_or(|known| known.shared) {
        return Vec::new();
    }
    vec![Event::AnswerShared {
        by: by.name().to_owned(),
        number,
    }]
}
