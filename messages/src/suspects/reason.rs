//! Why a change is suspected, in words.

use super::{at_place, code};
use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::suspects::facts::Fact;
use guard::suspects::{Meets, Place, Reason, Topic};

/// Why a change is suspected, or is not.
#[must_use]
pub fn reason(reason: &Reason, context: &Context) -> Text {
    match reason {
        Reason::Frame {
            meets,
            frame,
            place,
        } => {
            let key = match meets {
                Meets::Line => "suspects-frame-line",
                Meets::Function => "suspects-frame-function",
                Meets::File => "suspects-frame-file",
            };
            let line = frame
                .line
                .map_or_else(String::new, |line| format!(":{line}"));
            let frame = code(&format!("{}{line}", frame.file));
            say!(context, key, frame = frame, place = at_place(place))
        }
        Reason::Shares { words, place: None } => {
            say!(context, "suspects-shares", words = listed(words))
        }
        Reason::Shares {
            words,
            place: Some(place),
        } => {
            say!(
                context,
                "suspects-shares-at",
                words = listed(words),
                place = at_place(place)
            )
        }
        Reason::Says { words } => say!(context, "suspects-says", words = listed(words)),
        Reason::Topic { topic } => say!(context, topic_key(*topic)),
        Reason::Stumbles { place } => say!(context, "suspects-stumbles", place = at_place(place)),
        Reason::Does { fact, place } => does(fact, place, context),
        Reason::Reverts { what } => say!(context, "suspects-reverts", what = Foreign::new(what)),
        Reason::Undone => say!(context, "suspects-undone"),
        Reason::Inert => say!(context, "suspects-inert"),
    }
}

fn does(fact: &Fact, place: &Place, context: &Context) -> Text {
    let one = |key, name: &str| say!(context, key, name = code(name), place = at_place(place));
    match fact {
        Fact::Key { key, old, new } => {
            let keys = ["suspects-key", "suspects-key-new", "suspects-key-gone"];
            valued(keys, key, (old, new), place, context)
        }
        Fact::Limit { name, old, new } => {
            let keys = [
                "suspects-limit",
                "suspects-limit-new",
                "suspects-limit-gone",
            ];
            valued(keys, name, (old, new), place, context)
        }
        Fact::Bump { name, old, new } => {
            let keys = ["suspects-bump", "suspects-bump-new", "suspects-bump-gone"];
            valued(keys, name, (old, new), place, context)
        }
        Fact::Migration { destructive: true } => say!(
            context,
            "suspects-migration-destructive",
            place = at_place(place)
        ),
        Fact::Migration { destructive: false } => {
            say!(context, "suspects-migration", place = at_place(place))
        }
        Fact::Flag { name } => one("suspects-flag", name),
        Fact::Route { path } => one("suspects-route", path),
        Fact::Metric { name } => one("suspects-metric", name),
        Fact::Log { text } => one("suspects-log", text),
        Fact::Symbol { name } => one("suspects-symbol", name),
    }
}

/// What was, and what is; with the keys for both, for what is new, and for what is gone.
fn valued(
    keys: [&'static str; 3],
    name: &str,
    (old, new): (&Option<String>, &Option<String>),
    place: &Place,
    context: &Context,
) -> Text {
    let (name, place) = (code(name), at_place(place));
    match (old, new) {
        (Some(old), Some(new)) => {
            say!(
                context,
                keys[0],
                name = name,
                old = code(old),
                new = code(new),
                place = place
            )
        }
        (None, new) => {
            let new = code(new.as_deref().unwrap_or_default());
            say!(context, keys[1], name = name, new = new, place = place)
        }
        (Some(old), None) => say!(
            context,
            keys[2],
            name = name,
            old = code(old),
            place = place
        ),
    }
}

fn listed(words: &[String]) -> Text {
    code(&words.join(", "))
}

fn topic_key(topic: Topic) -> &'static str {
    match topic {
        Topic::Memory => "suspects-topic-memory",
        Topic::Cpu => "suspects-topic-cpu",
        Topic::Latency => "suspects-topic-latency",
        Topic::Timeout => "suspects-topic-timeout",
        Topic::Connections => "suspects-topic-connections",
        Topic::Database => "suspects-topic-database",
        Topic::RateLimit => "suspects-topic-rate-limit",
        Topic::Routing => "suspects-topic-routing",
        Topic::Access => "suspects-topic-access",
        Topic::Tls => "suspects-topic-tls",
        Topic::Names => "suspects-topic-names",
        Topic::Interface => "suspects-topic-interface",
        Topic::Queues => "suspects-topic-queues",
        Topic::Formats => "suspects-topic-formats",
        Topic::Storage => "suspects-topic-storage",
        Topic::Caching => "suspects-topic-caching",
        Topic::Startup => "suspects-topic-startup",
        Topic::Packages => "suspects-topic-packages",
        Topic::Alerts => "suspects-topic-alerts",
        Topic::Logs => "suspects-topic-logs",
        Topic::Concurrency => "suspects-topic-concurrency",
        Topic::Business => "suspects-topic-business",
    }
}
