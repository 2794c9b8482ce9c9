//! Foreign text is inert on every surface, whatever it is, and no message grows without bound.

use crate::every_event::every_event;
use crate::story::{Story, context};
use guard::event::Event;
use messages::layout::{html, markdown, plain, terminal};
use messages::model::Message;
use messages::{Locale, notice, parent, reply, timeline};
use proptest::prelude::*;

/// The most bytes that any single message may have, in any layout.
const MOST: usize = 64_000;

pub(crate) const SEEDS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "<!channel> <@U123> <#C1> <https://evil.example|Approve>",
    "@everyone @here @mei",
    "\u{202E}kcab llor\u{2066}\u{200F}",
    "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}31m",
    "```\n# heading\n- [ok](javascript:alert(1))\n```",
    "a`b``c```d",
    "| cell | cell |\n|---|---|",
    "**bold** _it_ ~~no~~ \\` &lt; &#64;",
    "line\r\nline\u{2028}line\u{85}line\u{0}",
    "\u{E000}0\u{E001} { $by } ⟦key⟧",
    "https://evil.example/?q=1",
    "\u{E0041}\u{E0042}\u{200B}\u{FEFF}",
];

pub(crate) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(SEEDS.to_vec()).prop_map(str::to_owned),
        (proptest::sample::select(SEEDS.to_vec()), 1000_usize..6000).prop_map(|(seed, times)| {
            let long = seed.repeat(times);
            long.chars().take(100_000).collect()
        }),
        "\\PC{0,60}",
        any::<String>(),
    ]
}

/// All messages of a deployment whose every foreign field holds this text.
fn all_messages(text: &str, locale: Locale) -> (Vec<Message>, Story) {
    messages(every_event(text), locale)
}

/// A few that have a field of each kind: a reason, an error, a query, a unit, a name.
fn some_messages(text: &str, locale: Locale) -> (Vec<Message>, Story) {
    let wanted = [
        "deployment_requested",
        "baseline_captured",
        "finding_opened",
        "paused",
        "metrics_lost",
    ];
    let mut events = every_event(text);
    events.retain(|event| wanted.contains(&event.name()));
    let (mut said, story) = messages(events, locale);
    (said.split_off(said.len() - 3), story)
}

fn messages(events: Vec<Event>, locale: Locale) -> (Vec<Message>, Story) {
    let context = context(locale);
    let mut story = Story::new();
    let mut said = Vec::new();
    if let Some(text) = events.iter().find_map(alert_text) {
        said.extend(crate::apart::messages(&text, &context));
    }
    for event in events {
        let record = story.record(event);
        said.push(parent(story.state(), &context));
        said.extend(reply(story.state(), &record, &context));
        said.extend(notice(story.state(), &record, &context));
    }
    (said, story)
}

/// What the alerts of these events are called.
fn alert_text(event: &Event) -> Option<String> {
    match event {
        Event::AlertJoined { alert, .. } => Some(alert.name.clone()),
        _ => None,
    }
}

pub(crate) fn no_strange_characters(text: &str, but: &[char]) {
    let bad = text.chars().find(|c| {
        let strange = c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}');
        strange && !but.contains(c)
    });
    assert_eq!(bad, None, "in {text:?}");
}

pub(crate) fn html_is_inert(markup: &str) {
    no_strange_characters(markup, &[]);
    let allowed = [
        "article", "h1", "h2", "h3", "ul", "span", "dl", "div", "dt", "dd", "p", "bdi", "code",
        "time", "section", "table", "thead", "tbody", "tr", "th", "td", "progress", "a", "footer",
        "ol", "li", "svg", "polyline", "line",
    ];
    for tag in markup.split('<').skip(1) {
        let tag = tag.trim_start_matches('/');
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        assert!(allowed.contains(&name.as_str()), "<{name}> in {markup}");
        let inside = tag.split('>').next().unwrap();
        assert!(
            !inside.contains("on") || !inside.contains("onerror"),
            "{inside}"
        );
        if let Some((_, url)) = inside.split_once("href=\"") {
            assert!(
                url.starts_with("https://tawny.example\"")
                    || url.starts_with("https://tawny.example/deployments/dep_1\"")
                    || url.starts_with("https://tawny.example/deployments/dep_1/root-cause\"")
                    || url.starts_with("https://tawny.example/incidents/inc_1\"")
                    // The request that was opened, at the configured code host.
                    || url.starts_with("https://code.example/acme/shop/pull/12\""),
                "{url}"
            );
        }
    }
}

pub(crate) fn markdown_is_inert(text: &str) {
    no_strange_characters(text, &['\n']);
    for line in text.lines() {
        // Outside of spans, nothing but our own words and our own link.
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("");
        assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        assert!(!outside.contains(['<', '@']), "{line}");
        assert!(
            !outside.contains("javascript") && !outside.contains("evil"),
            "{line}"
        );
    }
}

pub(crate) fn plain_is_inert(text: &str) {
    no_strange_characters(text, &['\n', '\u{200B}']);
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '@' | '<')) {
        assert!(text[at + c.len_utf8()..].starts_with('\u{200B}'), "{text}");
    }
    let ours = text.replace("https://tawny.example", "");
    let ours = ours.replace("https://code.example/acme/shop/pull/12", "");
    assert!(!ours.contains("://"), "{text}");
}

fn all_is_inert(said: &[Message], calm: &[Message], story: &Story) {
    assert_eq!(said.len(), calm.len());
    for (message, calm) in said.iter().zip(calm) {
        let markup = html::message(message, &maud::html! {}).into_string();
        html_is_inert(&markup);
        let marked = markdown::message(message);
        markdown_is_inert(&marked);
        let words = plain::message(message);
        plain_is_inert(&words);
        no_strange_characters(&terminal::message(message, terminal::Colour::Off), &['\n']);
        // A text adds no line: it cannot pretend to be a fact or a headline.
        assert_eq!(words.lines().count(), plain::message(calm).lines().count());
        for length in [markup.len(), marked.len(), words.len()] {
            assert!(length <= MOST, "{length}");
        }
    }
    let lines = timeline(&story.records, &context(Locale::En));
    html_is_inert(&html::timeline(&lines).into_string());
    let shown = terminal::timeline(&lines, terminal::Colour::Off);
    no_strange_characters(&shown, &['\n']);
    assert_eq!(shown.lines().count(), lines.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn foreign_text_is_inert_and_bounded_in_every_layout(text in hostile(), chinese in any::<bool>()) {
        let locale = if chinese { Locale::ZhCn } else { Locale::En };
        let (said, story) = some_messages(&text, locale);
        let (calm, _) = some_messages("x", locale);
        all_is_inert(&said, &calm, &story);
    }
}

#[test]
fn every_message_with_every_known_trick_at_once_is_inert() {
    let tricks = SEEDS.concat();
    let (said, story) = all_messages(&tricks, Locale::En);
    let (calm, _) = all_messages("x", Locale::En);
    all_is_inert(&said, &calm, &story);
}

#[test]
fn colours_come_from_us_alone() {
    let (said, _) = all_messages("\u{1b}[31mred\u{1b}[0m", Locale::En);
    for message in said {
        let shown = terminal::message(&message, terminal::Colour::On);
        let ours = [
            "[1m",
            "[2m",
            "[36m",
            "[0m",
            "[1;31m",
            "[1;32m",
            "[1;33m",
            "[1;38;5;208m",
        ];
        for code in shown.split('\u{1b}').skip(1) {
            assert!(ours.iter().any(|known| code.starts_with(known)), "{code:?}");
        }
    }
}

#[test]
fn a_deployment_of_ten_thousand_instances_is_still_a_short_message() {
    let mut plan = crate::story::plan(guard::policy::Autonomy::Rollback);
    let names = (0..10_000)
        .map(|n| guard::ids::InstanceId::new(format!("shop-{n}")).unwrap())
        .collect::<Vec<_>>();
    plan.steps = guard::plan::steps(&names, &guard::plan::Pacing::default()).unwrap();
    let story = Story::gray_of(plan);
    let message = parent(story.state(), &context(Locale::En));
    assert!(plain::message(&message).len() < 4_000);
}
