//! What a client of models asks people for.

use super::phrases::with_reason;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::request::Request;

/// A client of models asks for something: who, on whose behalf, what and why.
pub(super) fn asks_for(request: &Request, context: &Context) -> Text {
    let words = context.words();
    let (client, choice) = (Foreign::from(&request.client), words.choice(request.choice));
    let said = match &request.person {
        Some(person) => say!(
            words,
            "event-requested-for",
            client = client,
            person = Foreign::from(person),
            choice = choice
        ),
        None => say!(words, "event-requested", client = client, choice = choice),
    };
    with_reason(said, &request.reason, context)
}
