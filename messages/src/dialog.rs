//! A dialog that asks why, before an answer counts.

use crate::context::Context;
use crate::model::Button;
use crate::say;
use crate::text::Text;
use crate::words::duration;
use guard::approval::Choice;
use guard::state::State;
use jiff::{SignedDuration, Timestamp};

/// Characters of a reason that are kept.
pub const MOST_REASON: u32 = 500;
/// Characters below which a reason is none.
pub const LEAST_REASON: u32 = 3;

/// Asks one person for the reason of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// What will be done, in a word or two.
    pub title: Text,
    /// What will happen, and what it rests on.
    pub body: Vec<Text>,
    /// What to write.
    pub label: Text,
    /// What becomes of it.
    pub hint: Text,
    /// The word for yes.
    pub yes: Text,
    /// The word for no.
    pub no: Text,
    /// Characters that the reason has at least.
    pub least: u32,
}

/// Whether this answer lets something go on that was held for a reason: then it needs another reason.
#[must_use]
pub fn wants_reason(choice: Choice) -> bool {
    matches!(choice, Choice::Resume | Choice::Promote)
}

/// The dialog for the button of an open question. `measured_ago` is how old the newest measurement is, if that is known.
#[must_use]
pub fn reason(
    state: &State,
    button: &Button,
    measured_ago: Option<SignedDuration>,
    context: &Context,
) -> Dialog {
    let mut body = vec![crate::parent(state, context).headline];
    body.extend(button.confirm.as_ref().map(|confirm| confirm.text.clone()));
    body.push(evidence(state, measured_ago, context));
    Dialog {
        title: button.label.clone(),
        body,
        label: say!(context, "dialog-reason"),
        hint: say!(context, "dialog-reason-hint"),
        yes: button.label.clone(),
        no: say!(context, "confirm-no"),
        least: LEAST_REASON,
    }
}

/// What leads to the dialog in which somebody goes past the rules of who may.
#[must_use]
pub fn break_glass(context: &Context) -> Text {
    say!(context, "dialog-glass")
}

/// The dialog in which somebody goes past the rules of who may, and says why.
#[must_use]
pub fn glass(state: &State, choice: Choice, context: &Context) -> Dialog {
    let choice = context.words().choice(choice);
    Dialog {
        title: break_glass(context),
        body: vec![
            crate::parent(state, context).headline,
            say!(context, "dialog-glass-means"),
        ],
        label: say!(context, "dialog-reason"),
        hint: say!(context, "dialog-reason-hint"),
        yes: choice,
        no: say!(context, "confirm-no"),
        least: guard::duty::LEAST_REASON as u32,
    }
}

/// How old what was measured is, and what was found in it.
fn evidence(state: &State, measured_ago: Option<SignedDuration>, context: &Context) -> Text {
    let ago = |age: SignedDuration| duration(context.words(), age.as_secs_f64().max(0.0));
    let since = |at: Timestamp| ago(context.now.duration_since(at));
    let found = state.open_findings().map(|found| found.changed_at).max();
    match (measured_ago, found) {
        (Some(age), Some(at)) => say!(
            context,
            "dialog-evidence",
            measured = ago(age),
            found = since(at)
        ),
        (Some(age), None) => say!(context, "dialog-evidence-nothing", measured = ago(age)),
        (None, Some(at)) => say!(context, "dialog-evidence-recorded", found = since(at)),
        (None, None) => say!(context, "dialog-evidence-unknown"),
    }
}

/// A reason that says too little.
#[must_use]
pub fn too_short(least: u32, context: &Context) -> Text {
    say!(context, "dialog-too-short", least = least)
}

/// The chat did not open the dialog.
#[must_use]
pub fn not_opened(choice: Choice, context: &Context) -> Text {
    let choice = Text::code(choice.as_str());
    say!(context, "dialog-not-opened", choice = choice)
}
