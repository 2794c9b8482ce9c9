//! Which change did it, in words.

use guard::suspects::facts::Fact;
use guard::suspects::{Case, Change, Elsewhere, Frame, Meets, Place, Reason, Topic, rank};
use jiff::Timestamp;
use messages::layout::{plain, terminal};
use messages::{Context, Locale};

fn context(locale: Locale) -> Context {
    Context {
        locale,
        now: Timestamp::UNIX_EPOCH,
        base_url: None,
    }
}

fn place() -> Place {
    Place {
        path: "src/pay.rs".to_owned(),
        first: 3,
        last: 9,
    }
}

fn facts() -> Vec<Fact> {
    let (old, new, name) = (Some("1".to_owned()), Some("2".to_owned()), "x".to_owned());
    let mut all = Vec::new();
    for (old, new) in [(old.clone(), new.clone()), (None, new), (old, None)] {
        all.push(Fact::Key {
            key: name.clone(),
            old: old.clone(),
            new: new.clone(),
        });
        all.push(Fact::Limit {
            name: name.clone(),
            old: old.clone(),
            new: new.clone(),
        });
        all.push(Fact::Bump {
            name: name.clone(),
            old,
            new,
        });
    }
    all.extend([
        Fact::Migration { destructive: true },
        Fact::Migration { destructive: false },
    ]);
    all.extend([
        Fact::Flag { name: name.clone() },
        Fact::Route { path: name.clone() },
        Fact::Metric { name: name.clone() },
    ]);
    all.extend([Fact::Log { text: name.clone() }, Fact::Symbol { name }]);
    all
}

fn reasons() -> Vec<Reason> {
    let frame = Frame {
        file: "src/pay.rs".to_owned(),
        symbol: None,
        line: Some(4),
    };
    let meets = [Meets::Line, Meets::Function, Meets::File];
    let frames = meets.map(|meets| Reason::Frame {
        meets,
        frame: frame.clone(),
        place: place(),
    });
    let words = || vec!["refund".to_owned(), "card".to_owned()];
    let topics = [
        Topic::Memory,
        Topic::Cpu,
        Topic::Latency,
        Topic::Timeout,
        Topic::Connections,
        Topic::Database,
        Topic::RateLimit,
        Topic::Routing,
        Topic::Access,
        Topic::Tls,
        Topic::Names,
        Topic::Interface,
        Topic::Queues,
        Topic::Formats,
        Topic::Storage,
        Topic::Caching,
        Topic::Startup,
        Topic::Packages,
        Topic::Alerts,
        Topic::Logs,
        Topic::Concurrency,
        Topic::Business,
    ];
    let mut all: Vec<Reason> = frames.into();
    all.push(Reason::Shares {
        words: words(),
        place: None,
    });
    all.push(Reason::Shares {
        words: words(),
        place: Some(place()),
    });
    all.extend([
        Reason::Says { words: words() },
        Reason::Stumbles { place: place() },
    ]);
    all.extend([
        Reason::Reverts {
            what: "x".to_owned(),
        },
        Reason::Undone,
        Reason::Inert,
    ]);
    all.extend(topics.map(|topic| Reason::Topic { topic }));
    all.extend(facts().into_iter().map(|fact| Reason::Does {
        fact,
        place: place(),
    }));
    all
}

fn elsewhere() -> Vec<Elsewhere> {
    let (at, name) = (Timestamp::UNIX_EPOCH, "ledger".to_owned());
    vec![
        Elsewhere::Before {
            onset: at,
            changed: at,
        },
        Elsewhere::Control {
            name: name.clone(),
            onset: None,
        },
        Elsewhere::Control {
            name: name.clone(),
            onset: Some(at),
        },
        Elsewhere::Dependency {
            service: name.clone(),
            onset: at,
        },
        Elsewhere::Traffic,
        Elsewhere::SameHour,
        Elsewhere::NothingRuns,
        Elsewhere::Silence,
        Elsewhere::Neighbour {
            service: name,
            version: "7".to_owned(),
            at,
        },
    ]
}

#[test]
fn every_reason_for_and_against_a_change_has_its_words_in_both_languages() {
    for locale in Locale::ALL {
        let context = context(locale);
        let said = reasons()
            .into_iter()
            .map(|reason| messages::suspects::reason(&reason, &context));
        let all: Vec<_> = said
            .chain(
                elsewhere()
                    .iter()
                    .map(|why| messages::suspects::elsewhere(why, &context)),
            )
            .collect();
        for text in all {
            let text = plain::text(&text);
            assert!(
                !text.contains(['⟦', '⟧']) && !text.contains("{ $") && !text.is_empty(),
                "{text}"
            );
        }
    }
}

#[test]
fn what_authors_wrote_moves_no_cursor_and_is_no_mention() {
    let hostile = "\u{1b}[31m<!channel> @here\u{202e}";
    let changes = vec![Change {
        id: hostile.to_owned(),
        title: hostile.to_owned(),
        author: hostile.to_owned(),
        ..Change::default()
    }];
    let case = Case {
        changes,
        ..Case::default()
    };
    let document = messages::suspects::document(&case, &rank(&case), &context(Locale::En));
    let shown = terminal::document(&document, terminal::Colour::Off);
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
}
