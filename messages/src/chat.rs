//! What a chat tells the one person who pressed in vain.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::ids::PersonId;

/// Nobody has this account.
#[must_use]
pub fn unknown_person(account: &str, context: &Context) -> Text {
    say!(
        context,
        "chat-unknown-person",
        account = Foreign::new(account)
    )
}

/// Somebody of another workspace.
#[must_use]
pub fn other_team(context: &Context) -> Text {
    say!(context, "chat-other-team")
}

/// Who may do what was refused.
#[must_use]
pub fn who_can<'p>(people: impl IntoIterator<Item = &'p PersonId>, context: &Context) -> Text {
    let people: Vec<Text> = people.into_iter().map(Text::foreign).collect();
    if people.is_empty() {
        return say!(context, "chat-nobody-can");
    }
    let listed = Text::join(people, &say!(context, "list-separator"));
    say!(context, "chat-who-can", people = listed)
}

/// The journal did not take the answer.
#[must_use]
pub fn not_kept(context: &Context) -> Text {
    say!(context, "chat-not-kept")
}

/// What somebody presses who means what they were asked about.
#[must_use]
pub fn yes(context: &Context) -> Text {
    say!(context, "chat-yes")
}

/// What somebody presses who shows everybody what they were answered.
#[must_use]
pub fn share(context: &Context) -> Text {
    say!(context, "ask-share")
}

/// Somebody is answered later, and alone.
#[must_use]
pub fn looking(context: &Context) -> Text {
    say!(context, "ask-looking")
}

/// The button belongs to nothing that is known.
#[must_use]
pub fn unknown_question(context: &Context) -> Text {
    say!(context, "chat-unknown-question")
}
