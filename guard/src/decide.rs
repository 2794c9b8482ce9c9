//! What follows from what happened. Pure: the same state and input give the same events.

use crate::approval::ApprovalAnswer;
use crate::event::Event;
use crate::input::{Happened, Ids, Input};
use crate::state::State;

mod actions;
mod alerted;
mod answers;
mod assessed;
mod baked;
mod ended;
mod explained;
mod fixed;
mod judged;
mod measured;
mod metrics;
mod named;
mod possible;
mod questions;
mod reported;
mod requested;
mod shares;
mod suggested;
mod waiting;

pub use judged::may_judge;

#[cfg(test)]
mod tests;

/// Decides. `state` is none only before the first event of a deployment.
///
/// An input that makes no sense in this state (a late timer, an outcome that is already known) gives
/// no events; an answer or a command that is refused gives [`Event::Refused`].
#[must_use]
pub fn decide(state: Option<&State>, input: &Input) -> Vec<Event> {
    let mut events = follow(state, input);
    if let Some(state) = state {
        let void = questions::void(state, &events, input.at);
        events.extend(void);
    }
    events
}

fn follow(state: Option<&State>, input: &Input) -> Vec<Event> {
    let mut ids = Ids::of(input);
    match (state, &input.what) {
        (None, Happened::DeployAsked { plan, by }) => {
            vec![Event::DeploymentRequested {
                plan: (**plan).clone(),
                by: by.clone(),
            }]
        }
        (None, Happened::QueueAsked { plan, by, behind }) => vec![
            Event::DeploymentRequested {
                plan: (**plan).clone(),
                by: by.clone(),
            },
            Event::Queued {
                behind: behind.clone(),
            },
        ],
        (None, _) => Vec::new(),
        (Some(state), happened) if state.is_queued() && !waiting::hears(happened) => Vec::new(),
        (Some(state), happened) => match happened {
            Happened::DeployAsked { .. } | Happened::QueueAsked { .. } => Vec::new(),
            Happened::MovedUp { behind } => waiting::moved_up(state, behind),
            Happened::TurnCame { plan } => waiting::turn_came(state, plan),
            Happened::CannotBegin { error } => waiting::cannot_begin(state, error, None),
            Happened::TurnLost { because } => {
                waiting::cannot_begin(state, &because.to_string(), Some(because))
            }
            Happened::BaselineCaptured { history_s, blind } => {
                actions::begin(state, input, *history_s, blind, &mut ids)
            }
            Happened::InstanceDone { action, instance } => {
                actions::instance_done(state, action, instance)
            }
            Happened::ActionEnded { action, outcome } => {
                ended::action_ended(state, input, action, outcome, &mut ids)
            }
            Happened::Assessed(assessment) => {
                assessed::assessed(state, input, assessment, &mut ids)
            }
            Happened::MetricsLost { source, error } => metrics::lost(state, source, error),
            Happened::MetricsBack { source } => metrics::back(state, input, source),
            Happened::MetricsIncomplete { source, warning } => {
                metrics::incomplete(state, source, warning)
            }
            Happened::MetricsComplete { source } => metrics::complete(state, input, source),
            Happened::Cured { signals } => ended::cured(state, signals),
            Happened::Answered {
                approval,
                by,
                duty,
                choice,
                reason,
            } => answers::answered(
                state,
                input,
                &ApprovalAnswer {
                    approval,
                    by,
                    duty,
                    choice: *choice,
                    reason,
                },
                &mut ids,
            ),
            Happened::Commanded {
                by,
                duty,
                command,
                reason,
            } => {
                let order = answers::Order {
                    by,
                    duty,
                    command: *command,
                    reason,
                };
                answers::commanded(state, input, &order, &mut ids)
            }
            Happened::Judged {
                by,
                judgement,
                note,
                since,
            } => judged::judged(
                state,
                input,
                &judged::Said {
                    by,
                    judgement: *judgement,
                    note,
                    since: *since,
                },
            ),
            Happened::Named { by, culprit, note } => {
                named::named(state, by, culprit, note.as_ref())
            }
            Happened::Investigated { of, report } => explained::investigated(state, *of, report),
            Happened::RootCauseRated { by, useful, note } => {
                explained::rated(state, by, *useful, note.as_ref())
            }
            Happened::QuestionAnswered {
                by,
                question,
                answer,
            } => explained::answered(state, by, question, answer),
            Happened::AnswerShared { by, number } => explained::shared(state, by, *number),
            Happened::ShareAsked { by, share, until } => {
                shares::made(state, input.at, by, share, *until)
            }
            Happened::ShareOpened { share } => shares::opened(state, share),
            Happened::ShareRevoked { by, share } => shares::revoked(state, by, share),
            Happened::FixAsked {
                by,
                duty,
                kind,
                able,
                suspect,
                reason,
            } => {
                let wish = fixed::Wish {
                    by,
                    duty,
                    kind: *kind,
                    able: *able,
                    suspect: suspect.as_deref(),
                    reason,
                };
                fixed::asked(state, input, &wish, &mut ids)
            }
            Happened::FixEnded { fix, outcome } => fixed::ended(state, fix, outcome),
            Happened::Requested { request } => {
                requested::requested(state, input, request, &mut ids)
            }
            Happened::FixSuggested { suggestion } => suggested::suggested(state, input, suggestion),
            Happened::RequestTakenBack { request, client } => {
                match suggested::taken_back(state, input, request, client) {
                    Some(event) => vec![event],
                    None => requested::taken_back(state, request, client),
                }
            }
            Happened::Measured { signals } => measured::measured(state, signals),
            Happened::Located {
                signal,
                accounts,
                evidence,
            } => measured::located(state, signal, accounts, evidence.as_ref()),
            Happened::AuthorsRead { authors } => measured::authors(state, authors),
            Happened::Ranked(cause) => crate::cause::ranked(state, cause),
            Happened::Alerted {
                alert,
                relation,
                status,
            } => alerted::alerted(state, input, alert, *relation, *status, &mut ids),
            Happened::Reported {
                by,
                outcome,
                reason,
            } => reported::reported(state, by, *outcome, reason),
            Happened::TimerFired { timer } => baked::timer_fired(state, input, timer, &mut ids),
            Happened::Superseded { by } => ended::superseded(state, by),
        },
    }
}
