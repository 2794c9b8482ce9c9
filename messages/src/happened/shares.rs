//! Links that show a deployment to whoever has them.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::event::Event;

/// What is told of such a link; nothing of anything else.
pub(super) fn about(event: &Event, context: &Context) -> Text {
    match event {
        Event::ShareMade { by, until, .. } => say!(
            context,
            "event-share-made",
            by = Foreign::from(by),
            until = context.time(*until)
        ),
        Event::ShareOpened { share } => {
            say!(context, "event-share-opened", link = Foreign::from(share))
        }
        Event::ShareRevoked { share, by } => say!(
            context,
            "event-share-revoked",
            by = Foreign::from(by),
            link = Foreign::from(share)
        ),
        _ => Text::default(),
    }
}
