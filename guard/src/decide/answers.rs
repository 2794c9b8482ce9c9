//! What people say: a button or a command.

use super::actions;
use super::possible::{at_its_step, may_pause, possible};
use crate::action::Basis;
use crate::actor::Actor;
use crate::approval::{
    ApprovalAnswer, Choice, Question, Refusal, Weight, can_be_broken, check_answer, may_break,
    weigh,
};
use crate::duty::{Duty, LEAST_REASON};
use crate::event::{Event, PauseReason};
use crate::ids::ApprovalId;
use crate::input::{Command, Ids, Input};
use crate::state::{State, Status};

/// What somebody says, wherever they say it.
struct Word<'a> {
    by: &'a Actor,
    duty: &'a Duty,
    choice: Choice,
    reason: &'a Option<String>,
}

/// A command as it came in.
pub(super) struct Order<'a> {
    pub(super) by: &'a Actor,
    pub(super) duty: &'a Duty,
    pub(super) command: Command,
    pub(super) reason: &'a Option<String>,
}

pub(super) fn answered(
    state: &State,
    input: &Input,
    answer: &ApprovalAnswer<'_>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let refused = |refusal| {
        vec![Event::Refused {
            by: answer.by.name().to_owned(),
            wanted: answer.choice.as_str().to_owned(),
            approval: Some(answer.approval.clone()),
            refusal,
        }]
    };
    let Some(record) = state.approval(answer.approval) else {
        return refused(Refusal::UnknownApproval {
            id: answer.approval.clone(),
        });
    };
    let word = Word {
        by: answer.by,
        duty: answer.duty,
        choice: answer.choice,
        reason: answer.reason,
    };
    check_answer(
        &record.approval,
        &record.standing,
        answer.by,
        answer.choice,
        input.at,
    )
    .and_then(|()| ruled(state, &word))
    .and_then(|ruling| {
        at_its_step(state, &record.approval)?;
        possible(state, answer.choice)?;
        Ok(carried(
            state,
            input,
            &word,
            ruling,
            Some(answer.approval),
            ids,
        ))
    })
    .unwrap_or_else(refused)
}

pub(super) fn commanded(
    state: &State,
    input: &Input,
    order: &Order<'_>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let Order {
        by,
        duty,
        command,
        reason,
    } = order;
    let open = state.open_approval().map(|record| &record.approval.id);
    let events = match command.as_choice() {
        None => may_pause(state, by).map(|()| {
            vec![Event::Paused {
                reason: PauseReason::Person {
                    by: by.name().to_owned(),
                    reason: (*reason).clone(),
                },
                ask_at: None,
            }]
        }),
        // With a question open, a command is an answer to it, and machines do not answer.
        Some(_) if open.is_some() && !by.is_person() => Err(Refusal::NotAPerson {
            who: by.name().to_owned(),
        }),
        Some(choice) => {
            let word = Word {
                by,
                duty,
                choice,
                reason,
            };
            ruled(state, &word).and_then(|ruling| {
                possible(state, choice)?;
                Ok(carried(state, input, &word, ruling, open, ids))
            })
        }
    };
    events.unwrap_or_else(|refusal| {
        vec![Event::Refused {
            by: by.name().to_owned(),
            wanted: command.as_str().to_owned(),
            approval: open.cloned(),
            refusal,
        }]
    })
}

/// What the rules make of a word.
enum Ruling {
    /// It decides, with those who were for it before.
    Decides(Vec<String>),
    /// Others have to agree.
    Waits(u32),
    /// It decides against the rules.
    Breaks(Option<Refusal>, String),
}

/// Who may, and whether it takes others; the glass is broken only where it stands in the way.
fn ruled(state: &State, word: &Word<'_>) -> Result<Ruling, Refusal> {
    let weighed = weigh(word.by, word.duty, word.choice, &state.circumstances());
    let instead = match weighed {
        Ok(Weight::Enough { with }) => return Ok(Ruling::Decides(with)),
        Ok(Weight::Backs { more }) if !word.duty.break_glass => return Ok(Ruling::Waits(more)),
        Err(refusal) if !word.duty.break_glass || !can_be_broken(&refusal) => return Err(refusal),
        Ok(Weight::Backs { .. }) => None,
        Err(refusal) => Some(refusal),
    };
    if !may_break(word.by, &state.plan.policy) {
        return Err(Refusal::NoBreakingGlass {
            who: word.by.name().to_owned(),
        });
    }
    match word.reason {
        Some(reason) if reason.trim().chars().count() >= LEAST_REASON => {
            Ok(Ruling::Breaks(instead, reason.clone()))
        }
        _ => Err(Refusal::ReasonNeeded {
            least: LEAST_REASON,
        }),
    }
}

fn carried(
    state: &State,
    input: &Input,
    word: &Word<'_>,
    ruling: Ruling,
    open: Option<&ApprovalId>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    match ruling {
        Ruling::Decides(with) => settle(state, input, word, with, open, ids),
        Ruling::Breaks(instead, reason) => {
            let broken = Event::GlassBroken {
                by: word.by.name().to_owned(),
                choice: word.choice,
                instead,
                reason,
            };
            let then = settle(state, input, word, Vec::new(), open, ids);
            std::iter::once(broken).chain(then).collect()
        }
        Ruling::Waits(more) => backed(state, input, word, more, open, ids),
    }
}

/// They are for it. Where nobody was asked yet, the others are.
fn backed(
    state: &State,
    input: &Input,
    word: &Word<'_>,
    more: u32,
    open: Option<&ApprovalId>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let mut events = match open {
        Some(_) => Vec::new(),
        None => {
            let question = Question::Agree {
                choice: word.choice,
            };
            super::questions::ask(state, input, question, &[], ids)
        }
    };
    let asked = events.iter().find_map(|event| match event {
        Event::ApprovalAsked { approval } => Some(approval.id.clone()),
        _ => None,
    });
    let approval = asked.or_else(|| open.cloned());
    events.extend(approval.map(|approval| Event::ApprovalBacked {
        approval,
        by: word.by.name().to_owned(),
        choice: word.choice,
        author: word.duty.author,
        more,
        reason: word.reason.clone(),
    }));
    events
}

fn settle(
    state: &State,
    input: &Input,
    word: &Word<'_>,
    with: Vec<String>,
    approval: Option<&ApprovalId>,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let Word { choice, reason, .. } = *word;
    let who = word.by.name().to_owned();
    let mut events: Vec<Event> = approval
        .map(|id| Event::ApprovalAnswered {
            approval: id.clone(),
            by: who.clone(),
            choice,
            reason: reason.clone(),
            with,
        })
        .into_iter()
        .collect();
    let basis = match approval {
        Some(id) => Basis::Approval {
            approval: id.clone(),
            who: who.clone(),
        },
        None => Basis::Command { who: who.clone() },
    };
    match choice {
        Choice::Hold => {}
        Choice::Pause => events.push(Event::Paused {
            reason: PauseReason::Person {
                by: who,
                reason: reason.clone(),
            },
            ask_at: None,
        }),
        Choice::Rollback => events.extend(actions::roll_back(state, input, basis, ids)),
        Choice::Resume => {
            events.push(resumed(state, who, reason));
            events.extend(go_on(state, input, ids));
        }
        Choice::Promote => {
            if state.status == Status::Paused {
                events.push(resumed(state, who, reason));
            }
            events.extend(actions::promote(state, input, basis, ids));
        }
        Choice::Abandon => events.push(Event::Abandoned {
            by: who,
            reason: reason.clone(),
        }),
    }
    events
}

fn resumed(state: &State, by: String, reason: &Option<String>) -> Event {
    let accepted = state
        .open_findings()
        .map(|record| record.finding.key())
        .collect();
    Event::Resumed {
        by,
        reason: reason.clone(),
        accepted,
    }
}

/// Goes on where it was: a step that had not been finished is taken up again, and one that had been is
/// watched again from the start, so that no analysis is skipped.
pub(super) fn go_on(state: &State, input: &Input, ids: &mut Ids<'_>) -> Vec<Event> {
    // What runs goes on by itself when it ends.
    if state.status == Status::Promoted || state.running_action().is_some() {
        return Vec::new();
    }
    if matches!(state.paused, Some(PauseReason::Unsure { .. })) {
        return super::baked::next_step(state, input, ids);
    }
    match actions::unfinished(state) {
        Some(step) if step <= state.step => actions::advance(state, input, step, ids),
        _ => {
            let step = state.plan.steps.get(state.step as usize);
            vec![Event::BakeExtended {
                step: state.step,
                bake_until: crate::timer::after(input.at, step.map_or(0.0, |step| step.bake_s)),
                whole: false,
            }]
        }
    }
}
