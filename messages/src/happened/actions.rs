//! What an action came to.

use super::phrases::{named, version};
use crate::context::Context;
use crate::foreign::Foreign;
use crate::known::Known;
use crate::say;
use crate::text::Text;
use guard::event::Event;

pub(super) fn about(event: &Event, known: &Known<'_>, context: &Context) -> Text {
    let words = context.words();
    match event {
        Event::InstanceChanged {
            action, instance, ..
        } => {
            let instance = Foreign::from(instance);
            let version = version(known.action(action), context);
            // Without a package somebody else deploys, and nobody asked the instance how it is.
            match known.plan().map(|plan| plan.package.is_some()) {
                Some(false) => say!(
                    words,
                    "event-instance-deployed-elsewhere",
                    instance = instance,
                    version = version
                ),
                _ => say!(
                    words,
                    "event-instance-changed",
                    instance = instance,
                    version = version
                ),
            }
        }
        Event::ActionFailed {
            action,
            instance,
            error,
            restored,
        } => {
            let action = named(action, known, context);
            let error = Foreign::from(error);
            let said = match instance {
                Some(instance) => say!(
                    words,
                    "event-action-failed-on",
                    action = action,
                    instance = Foreign::from(instance),
                    error = error
                ),
                None => say!(words, "event-action-failed", action = action, error = error),
            };
            if *restored {
                say!(words, "event-action-failed-restored", said = said)
            } else {
                said
            }
        }
        _ => Text::default(),
    }
}
