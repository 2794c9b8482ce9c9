//! The answers to the open question, made by policy alone.

use super::progress::{counts, touched};
use super::situation::is_rollback;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Button, Confirm, Style};
use crate::say;
use crate::text::Text;
use guard::approval::{Approval, Choice, Question};
use guard::state::{State, Status};

/// The buttons of the open question; none when no question is open.
pub(crate) fn of(state: &State, context: &Context) -> Vec<Button> {
    let Some(open) = state.open_approval() else {
        return Vec::new();
    };
    let approval = &open.approval;
    let options = approval.options.iter();
    options
        .map(|choice| button(state, approval, *choice, context))
        .collect()
}

fn button(state: &State, approval: &Approval, choice: Choice, context: &Context) -> Button {
    let label = label(state, choice, context);
    let confirm = what_happens(state, approval, choice, context).map(|text| Confirm {
        title: say!(
            context,
            "confirm-title",
            choice = label.clone(),
            lead = super::lead(state, context)
        ),
        text,
        yes: label.clone(),
        no: say!(context, "confirm-no"),
    });
    Button {
        approval: approval.id.clone(),
        choice,
        label,
        style: match choice {
            Choice::Rollback | Choice::Abandon => Style::Danger,
            Choice::Promote => Style::Primary,
            Choice::Resume | Choice::Hold | Choice::Pause => Style::Plain,
        },
        confirm,
    }
}

// Once promoted, nothing is paused that could be resumed or kept so.
fn label(state: &State, choice: Choice, context: &Context) -> Text {
    match (state.status(), choice) {
        (Status::Promoted, Choice::Resume) => say!(context, "choice-resume-promoted"),
        (Status::Promoted, Choice::Hold) => say!(context, "choice-hold-promoted"),
        _ => context.words().choice(choice),
    }
}

/// What will happen, in a sentence or two; none where nothing does.
fn what_happens(
    state: &State,
    approval: &Approval,
    choice: Choice,
    context: &Context,
) -> Option<Text> {
    let to = Foreign::from(&state.plan().to);
    match choice {
        Choice::Hold | Choice::Pause => None,
        Choice::Resume => Some(say!(context, resuming(state, &approval.question), to = to)),
        Choice::Promote => {
            let count = state.plan().instances().count();
            Some(say!(context, "confirm-promote", to = to, count = count))
        }
        Choice::Rollback => Some(rolling_back(state, context)),
        Choice::Abandon => {
            let (new, total) = counts(state);
            Some(say!(
                context,
                "confirm-abandon",
                to = to,
                new = new,
                total = total
            ))
        }
    }
}

/// The key of what resuming means after this question.
fn resuming(state: &State, question: &Question) -> &'static str {
    match question {
        _ if state.status() == Status::Promoted => "confirm-resume-promoted",
        Question::Degraded | Question::Agree { .. } | Question::Requested { .. } => {
            "confirm-resume"
        }
        Question::Unsure => "confirm-resume-unsure",
        Question::ActionStale { action } | Question::ActionFailed { action } => {
            if is_rollback(state, action) {
                "confirm-resume"
            } else {
                "confirm-resume-step"
            }
        }
    }
}

fn rolling_back(state: &State, context: &Context) -> Text {
    let plan = state.plan();
    let from = match &plan.from {
        Some(from) => Text::foreign(from),
        None => say!(context, "version-none"),
    };
    let said = say!(
        context,
        "confirm-rollback",
        from = from,
        to = Foreign::from(&plan.to),
        count = touched(state)
    );
    if plan.reversible {
        said
    } else {
        let warning = say!(context, "confirm-irreversible");
        Text::join([said, warning], &say!(context, "sentence-separator"))
    }
}
