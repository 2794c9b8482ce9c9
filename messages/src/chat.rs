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

/// What can be said to Tawny.
#[must_use]
pub fn help(words: &[&str], context: &Context) -> Text {
    let words = words.iter().map(|word| Text::code(Foreign::new(word)));
    let listed = Text::join(words, &say!(context, "list-separator"));
    say!(context, "chat-help", words = listed)
}

/// Something that is not understood.
#[must_use]
pub fn unknown_word(word: &str, context: &Context) -> Text {
    say!(context, "chat-unknown-word", word = Foreign::new(word))
}

/// A wish that belongs to a deployment, said elsewhere.
#[must_use]
pub fn not_in_a_thread(context: &Context) -> Text {
    say!(context, "chat-not-in-a-thread")
}

/// The button belongs to nothing that is known.
#[must_use]
pub fn unknown_question(context: &Context) -> Text {
    say!(context, "chat-unknown-question")
}
