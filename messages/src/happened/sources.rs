//! Whether the sources of metrics answer.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::event::Event;

pub(super) fn about(event: &Event, context: &Context) -> Text {
    let words = context.words();
    match event {
        Event::MetricsLost { source, error, .. } => {
            say!(
                words,
                "event-metrics-lost",
                source = Foreign::from(source),
                error = Foreign::from(error)
            )
        }
        Event::MetricsBack { source, .. } => {
            say!(words, "event-metrics-back", source = Foreign::from(source))
        }
        Event::MetricsIncomplete { source, warning } => {
            say!(
                words,
                "event-metrics-incomplete",
                source = Foreign::from(source),
                warning = Foreign::from(warning)
            )
        }
        Event::MetricsComplete { source } => {
            say!(
                words,
                "event-metrics-complete",
                source = Foreign::from(source)
            )
        }
        _ => Text::default(),
    }
}
