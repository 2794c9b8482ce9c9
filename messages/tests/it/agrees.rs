//! Messages exist exactly where the domain says that something is said.

use crate::every_event::every_event;
use crate::story::{Story, context};
use guard::effects::{Effect, effects};
use guard::event::Event;
use messages::{Locale, notice, reply, timeline};
use std::collections::BTreeSet;

/// The arms of `Event::name`: a new kind of event has to be added to `every_event`.
const KINDS: usize = 65;

#[test]
fn the_list_of_events_has_every_kind() {
    let names: BTreeSet<&str> = every_event("x").iter().map(Event::name).collect();
    assert_eq!(names.len(), KINDS, "{names:?}");
    let source = include_str!("../../../guard/src/event.rs");
    assert_eq!(source.matches("{ .. } => \"").count(), KINDS);
}

#[test]
fn a_reply_and_a_notice_exist_exactly_where_the_domain_asks_for_them() {
    for locale in Locale::ALL {
        let mut story = Story::new();
        for event in every_event("x") {
            let record = story.record(event);
            let wanted = effects(&record.event, record.revision, story.state());
            let revision = record.revision;
            let context = context(locale);
            assert_eq!(
                reply(story.state(), &record, &context).is_some(),
                wanted.contains(&Effect::Reply { revision }),
                "reply to {:?}",
                record.event
            );
            assert_eq!(
                notice(story.state(), &record, &context).is_some(),
                wanted.contains(&Effect::Notice { revision }),
                "notice of {:?}",
                record.event
            );
        }
    }
}

#[test]
fn every_event_but_the_request_and_the_execution_of_an_action_has_its_line_in_the_timeline() {
    let mut story = Story::new();
    for event in every_event("x") {
        story.record(event);
    }
    let shown = timeline(&story.records, &context(Locale::En));
    let wanted: Vec<u64> = story
        .records
        .iter()
        .filter(|record| {
            !matches!(
                record.event,
                Event::ActionRequested { .. }
                    | Event::ActionExecuted { .. }
                    | Event::SignalsMeasured { .. }
            )
        })
        .map(|record| record.revision)
        .collect();
    assert_eq!(
        shown.iter().map(|line| line.revision).collect::<Vec<_>>(),
        wanted
    );
    assert!(shown.iter().all(|line| !line.text.is_empty()));
}

#[test]
fn the_gap_between_two_lines_is_said_when_it_is_a_second_or_more() {
    let story = Story::paused();
    let lines = timeline(&story.records, &context(Locale::En));
    let gaps: Vec<Option<f64>> = lines.iter().map(|line| line.gap_s).collect();
    assert_eq!(gaps[..4], [None, Some(1.0), Some(0.0), Some(2.0)]);
    let said: Vec<bool> = lines.iter().map(|line| line.gap.is_some()).collect();
    assert_eq!(said[..4], [false, true, false, true]);
}
