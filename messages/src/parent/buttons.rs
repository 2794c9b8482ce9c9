//! The answers to the open question, made by policy alone.

use super::progress::{counts, touched};
use super::situation::is_rollback;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Button, Confirm, Style};
use crate::say;
use crate::text::Text;
use guard::approval::{Approval, Choice, Question};
use guard::root_cause::{Advice, Author, Confidence};
use guard::state::{State, Status};

/// The buttons of the open question; none when no question is open.
pub(crate) fn of(state: &State, context: &Context) -> Vec<Button> {
    let Some(open) = state.open_approval() else {
        return Vec::new();
    };
    let approval = &open.approval;
    let options = approval.options.iter();
    let mut buttons: Vec<Button> = options
        .map(|choice| button(state, approval, *choice, context))
        .collect();
    if let Some(advised) = advised(state, &approval.question) {
        put_first(&mut buttons, advised);
    }
    buttons
}

/// The answer that the analyst recommends to a question about what hurts; none where it only guesses.
fn advised(state: &State, question: &Question) -> Option<Choice> {
    let (_, report) = state.explained()?;
    let asks = matches!(question, Question::Degraded | Question::Unsure);
    if !asks || report.written_by == Author::Rules || report.confidence == Confidence::Low {
        return None;
    }
    match report.advice() {
        Advice::Resume => Some(Choice::Resume),
        Advice::Hold => Some(Choice::Hold),
        Advice::RollBack => Some(Choice::Rollback),
        // No answer mends anything.
        Advice::FixForward => None,
    }
}

/// Orders what is there; what policy does not offer stays away. A button that moves traffic goes on saying so.
fn put_first(buttons: &mut Vec<Button>, advised: Choice) {
    let Some(at) = buttons.iter().position(|button| button.choice == advised) else {
        return;
    };
    let mut first = buttons.remove(at);
    if first.style == Style::Plain {
        first.style = Style::Primary;
    }
    buttons.insert(0, first);
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
