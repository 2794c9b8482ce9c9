//! What is said when the configuration of a running server changes.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Message, Severity};
use crate::say;
use crate::text::Text;

/// Mistakes that are shown; the log has all.
const MOST: usize = 12;

/// The changed configuration cannot be used. `errors` name places and never a secret.
#[must_use]
pub fn refused(errors: &[String], context: &Context) -> Message {
    let headline = say!(context, "configuration-refused", count = errors.len());
    let mut message = Message::line(Severity::Warning, headline);
    let shown = errors.iter().take(MOST);
    message.body = shown.map(|error| Text::code(Foreign::new(error))).collect();
    let more = errors.len().saturating_sub(MOST);
    if more > 0 {
        message.body.push(say!(context, "and-more", count = more));
    }
    message
}

/// After one that could not be used, the configuration is in force again.
#[must_use]
pub fn mended(context: &Context) -> Message {
    Message::line(Severity::Good, say!(context, "configuration-mended"))
}
