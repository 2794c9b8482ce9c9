//! Slack: every message as it is posted, and its limits.

use crate::every_event::every_event;
use crate::says::stories;
use crate::scenarios::scenarios;
use crate::story::{Story, context, each_locale};
use messages::layout::slack::{Depth, Post, document, message, sentences};
use messages::model::Message;
use messages::words::refusal;
use messages::{Locale, Text, chat, notice, parent, reply};
use proptest::prelude::*;
use serde_json::Value;
use std::fmt::Write;
use std::io::Write as _;

pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A post in a form that people can read and that still shows every mark.
fn shown(post: &Post) -> String {
    let mut out = format!("text: {}\n", post.text);
    for block in &post.blocks {
        let kind = block["type"].as_str().unwrap();
        match kind {
            "header" | "section" => {
                let text = block["text"]["text"].as_str().unwrap();
                let _ = writeln!(out, "[{kind}] {}", text.replace('\n', "\n    "));
            }
            "context" => {
                let text = block["elements"][0]["text"].as_str().unwrap();
                let _ = writeln!(out, "[{kind}] {text}");
            }
            _ => {
                for element in block["elements"].as_array().unwrap() {
                    let _ = writeln!(out, "[{kind}] {element}");
                }
            }
        }
    }
    out.replace('\u{200B}', "¦")
}

#[test]
fn slack_shows_the_parent_of_every_situation() {
    each_locale("slack_parents", |locale| {
        let mut out = String::new();
        for (name, story) in stories() {
            let said = parent(story.state(), &context(locale));
            let post = message(&said, locale, Depth::Short);
            let _ = writeln!(out, "=== {name}\n{}", shown(&post));
        }
        out
    });
}

#[test]
fn slack_shows_the_thread_of_every_scenario() {
    each_locale("slack_threads", |locale| {
        let mut out = String::new();
        let context = context(locale);
        for (name, story) in scenarios() {
            let _ = writeln!(out, "=== {name}");
            let mut so_far = Story::new();
            for record in &story.records {
                so_far.record(record.event.clone());
                for (kind, said) in [
                    ("reply", reply(so_far.state(), record, &context)),
                    ("notice", notice(so_far.state(), record, &context)),
                ] {
                    if let Some(said) = said {
                        let post = message(&said, locale, Depth::Full);
                        let _ = writeln!(out, "--- {kind}\n{}", shown(&post));
                    }
                }
            }
        }
        out
    });
}

#[test]
fn slack_shows_a_report() {
    each_locale("slack_report", |locale| {
        let mut out = String::new();
        for (name, story) in scenarios() {
            let known = guard::report::Report::of(&story.records).unwrap().unwrap();
            let made = messages::report::report(&known, &context(locale));
            let post = document(&made, locale);
            is_within_limits(&post);
            is_inert(&post);
            hand_over(&post);
            if ["error-spike", "quiet"].contains(&name) {
                let _ = writeln!(out, "=== {name}\n{}", shown(&post));
            }
        }
        out
    });
}

#[test]
fn a_hostile_report_is_inert_in_slack_and_fits() {
    let hostile = "</td><!channel> | `x` <https://b|c> @here ".repeat(300);
    let (_, story) = scenarios().into_iter().next().unwrap();
    let mut known = guard::report::Report::of(&story.records).unwrap().unwrap();
    known.requested_by.clone_from(&hostile);
    known.failure = Some(hostile.clone());
    known.to.clone_from(&hostile);
    for finding in &mut known.findings {
        finding.query.clone_from(&hostile);
        finding.scope.clone_from(&hostile);
        finding.signal.clone_from(&hostile);
    }
    let made = messages::report::report(&known, &context(Locale::En));
    let mut post = document(&made, Locale::En);
    post.ask(
        "order.confirm",
        &"x".repeat(32),
        &Text::foreign(hostile.as_str()),
    );
    is_within_limits(&post);
    is_inert(&post);
}

/// Every kind of event that is told, and what is told to one person.
#[test]
fn slack_shows_every_kind_of_reply_and_notice() {
    each_locale("slack_events", |locale| {
        let mut out = String::new();
        let context = context(locale);
        let mut story = Story::new();
        for event in every_event("<!here> `x`") {
            let record = story.record(event);
            for (kind, said) in [
                ("reply", reply(story.state(), &record, &context)),
                ("notice", notice(story.state(), &record, &context)),
            ] {
                if let Some(said) = said {
                    let name = record.event.name();
                    let post = message(&said, locale, Depth::Full);
                    let _ = writeln!(out, "=== {kind} of {name}\n{}", shown(&post));
                }
            }
        }
        let people = ["ann", "bo"].map(|name| guard::ids::PersonId::new(name).unwrap());
        for (name, told) in [
            ("unknown person", chat::unknown_person("U1", &context)),
            ("other team", chat::other_team(&context)),
            ("who can", chat::who_can(&people, &context)),
            ("nobody can", chat::who_can(&[], &context)),
            ("not kept", chat::not_kept(&context)),
            ("unknown question", chat::unknown_question(&context)),
            ("yes", chat::yes(&context)),
        ] {
            let _ = writeln!(out, "=== {name}\n{}", shown(&sentences(&[told], locale)));
        }
        out
    });
}

/// Whatever Slack refuses, as far as it is known.
fn is_within_limits(post: &Post) {
    assert!(
        !post.text.is_empty() && units(&post.text) <= 4000,
        "{post:?}"
    );
    assert!(post.blocks.len() <= 50, "{}", post.blocks.len());
    // All texts together: `msg_blocks_too_long`.
    let all: usize = post
        .blocks
        .iter()
        .map(|block| texts(block).iter().map(|text| units(text)).sum::<usize>())
        .sum();
    assert!(all <= 13_000, "{all}");
    for block in &post.blocks {
        match block["type"].as_str().unwrap() {
            "header" => text_is_good(&block["text"], "plain_text", 150),
            "section" => text_is_good(&block["text"], "mrkdwn", 3000),
            "context" => {
                let elements = block["elements"].as_array().unwrap();
                assert!((1..=10).contains(&elements.len()));
                for element in elements {
                    text_is_good(element, "mrkdwn", 3000);
                }
            }
            "actions" => {
                let elements = block["elements"].as_array().unwrap();
                assert!((1..=3).contains(&elements.len()), "{elements:?}");
                elements.iter().for_each(button_is_good);
                let mut ids: Vec<&str> = elements
                    .iter()
                    .map(|e| e["action_id"].as_str().unwrap())
                    .collect();
                ids.dedup();
                assert_eq!(ids.len(), elements.len());
            }
            other => panic!("{other}"),
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "text" => vec![text.clone()],
                value => texts(value),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn text_is_good(text: &Value, kind: &str, most: usize) {
    assert_eq!(text["type"], kind, "{text}");
    let said = text["text"].as_str().unwrap();
    assert!((1..=most).contains(&units(said)), "{} {text}", units(said));
    if kind == "mrkdwn" {
        assert_eq!(text["verbatim"], true);
    }
}

fn button_is_good(button: &Value) {
    assert_eq!(button["type"], "button");
    text_is_good(&button["text"], "plain_text", 75);
    assert!(units(button["value"].as_str().unwrap()) <= 2000);
    assert!(units(button["action_id"].as_str().unwrap()) <= 255);
    let style = &button["style"];
    assert!(
        style.is_null() || style == "primary" || style == "danger",
        "{style}"
    );
    let confirm = &button["confirm"];
    if confirm.is_object() {
        text_is_good(&confirm["title"], "plain_text", 100);
        text_is_good(&confirm["text"], "plain_text", 300);
        text_is_good(&confirm["confirm"], "plain_text", 30);
        text_is_good(&confirm["deny"], "plain_text", 30);
    }
}

/// Everything in angle brackets is ours; nothing else is markup, a mention or a link.
fn is_inert(post: &Post) {
    post.blocks.iter().for_each(is_markup_inert);
    assert!(!post.text.contains(['<', '>']), "{}", post.text);
}

pub(crate) fn is_markup_inert(block: &Value) {
    for text in texts(block) {
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{200C}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}'));
        assert_eq!(bad, None, "{text:?}");
        let ours = text
            .replace("<https://tawny.example/deployments/dep_1|", "")
            .replace("https://tawny.example", "");
        assert!(!ours.contains("://"), "{text}");
        for (at, _) in text.match_indices('@') {
            assert!(text[at + 1..].starts_with(['\u{200B}', '…']), "{text}");
        }
    }
    let kind = block["type"].as_str().unwrap();
    if kind == "divider" {
        return;
    }
    if kind == "section" || kind == "context" {
        texts(block).iter().for_each(|text| markup_is_ours(text));
    } else {
        for text in texts(block) {
            for (at, _) in text.match_indices('<') {
                assert!(text[at + 1..].starts_with(['\u{200B}', '…']), "{text}");
            }
        }
    }
}

fn markup_is_ours(text: &str) {
    for line in text.lines() {
        assert_eq!(line.matches('`').count() % 2, 0, "a span is open: {line}");
        let outside: String = line.split('`').step_by(2).collect();
        let outside = outside.replace("<https://tawny.example/deployments/dep_1|", "");
        assert!(!outside.contains('<'), "{line}");
        assert!(
            !line.starts_with('>') && !line.starts_with("&gt;"),
            "{line}"
        );
        assert!(!outside.contains('~'), "{line}");
        assert!(outside.matches('*').count() <= 2, "{line}");
        // An entity is whole, so nothing was cut within one.
        for (at, _) in line.match_indices('&') {
            let rest = &line[at..];
            assert!(
                ["&amp;", "&lt;", "&gt;"]
                    .iter()
                    .any(|known| rest.starts_with(known)),
                "{line}"
            );
        }
    }
}

fn all_messages(text: &str, locale: Locale) -> Vec<Message> {
    let context = context(locale);
    let mut story = Story::new();
    let mut said = Vec::new();
    for event in every_event(text) {
        let record = story.record(event);
        said.push(parent(story.state(), &context));
        said.extend(reply(story.state(), &record, &context));
        said.extend(notice(story.state(), &record, &context));
    }
    said
}

/// For a judge that is not ours, if one asks: `scripts/slack.py`.
fn hand_over(post: &Post) {
    hand_over_view(&post.json());
}

pub(crate) fn hand_over_view(said: &Value) {
    let Some(path) = std::env::var_os("TAWNY_SLACK_POSTS") else {
        return;
    };
    let mut options = std::fs::File::options();
    let file = options.create(true).append(true).open(path);
    // At once: other tests write too.
    let line = format!("{said}\n");
    file.unwrap().write_all(line.as_bytes()).unwrap();
}

fn all_are_good(text: &str, locale: Locale, every: usize) {
    for said in all_messages(text, locale).iter().step_by(every) {
        for depth in [Depth::Short, Depth::Full] {
            let post = message(said, locale, depth);
            is_within_limits(&post);
            is_inert(&post);
            if every == 1 {
                hand_over(&post);
            }
        }
    }
    let post = sentences(&[Text::foreign(text), Text::code(text)], locale);
    if !post.blocks.is_empty() {
        is_within_limits(&post);
        is_inert(&post);
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let seeds = [
        "<!channel> <@U123> <#C1> <https://evil.example|Approve> <!subteam^S1> <!here|x>",
        "@everyone @here @channel @mei &lt;!channel&gt; &amp;",
        "> quote\n&gt; quote\n*bold* _it_ ~no~ ```code``` `x` :fire:",
        "\u{202E}kcab\u{2066}\u{200F}\u{1b}[2J\u{1b}]0;t\u{7}\u{0}",
        "https://evil.example/?q=1 mailto:a@b.example www.evil.example",
        "\u{E0041}\u{200B}\u{FEFF}😀😀👩‍👩‍👧‍👦",
    ];
    prop_oneof![
        proptest::sample::select(seeds.to_vec()).prop_map(str::to_owned),
        (proptest::sample::select(seeds.to_vec()), 100_usize..4000)
            .prop_map(|(seed, times)| { seed.repeat(times).chars().take(10_000).collect() }),
        "\\PC{0,60}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn foreign_text_neither_calls_nor_links_nor_formats_in_slack_and_fits(text in hostile(), chinese in any::<bool>(), every in 3_usize..9) {
        let locale = if chinese { Locale::ZhCn } else { Locale::En };
        all_are_good(&text, locale, every);
    }
}

#[test]
fn every_message_of_slack_is_inert_and_fits_whatever_all_its_fields_hold() {
    // Words differ between languages, and foreign text does not.
    for (text, locale) in [
        ("", Locale::ZhCn),
        ("`<!channel>`", Locale::En),
        // Longer than what is carried along.
        (&"&<>`@a://b".repeat(1000), Locale::ZhCn),
        (&"😀".repeat(2500), Locale::En),
    ] {
        all_are_good(text, locale, 1);
    }
}

#[test]
fn a_button_of_slack_carries_the_opaque_id_and_rolling_back_is_confirmed() {
    let said = parent(Story::paused().state(), &context(Locale::En));
    let post = message(&said, Locale::En, Depth::Short);
    let actions = post
        .blocks
        .iter()
        .find(|block| block["type"] == "actions")
        .unwrap();
    let rollback = &actions["elements"][0];
    let id = said.buttons[0].approval.as_str();
    assert_eq!(rollback["value"], format!("{id}/rollback"));
    assert_eq!(rollback["style"], "danger");
    assert!(
        rollback["confirm"]["text"]["text"]
            .as_str()
            .unwrap()
            .contains("v1"),
        "{rollback}"
    );
}

#[test]
fn what_does_not_fit_into_slack_ends_with_the_way_to_the_page() {
    let mut said = parent(Story::paused().state(), &context(Locale::En));
    let line = said
        .body
        .first()
        .cloned()
        .unwrap_or_else(|| Text::code("x".repeat(900).as_str()));
    said.body = vec![line; 500];
    said.body
        .extend(vec![Text::code("x".repeat(900).as_str()); 50]);
    let post = message(&said, Locale::En, Depth::Full);
    is_within_limits(&post);
    let shown = shown(&post);
    assert!(shown.contains("There is more than fits here"), "{shown}");
    assert!(
        shown.contains("<https://tawny.example/deployments/dep_1|"),
        "{shown}"
    );
    assert!(shown.contains("answer.rollback"), "{shown}");
}

#[test]
fn an_answer_for_one_person_says_why_not() {
    let context = context(Locale::En);
    let why = guard::approval::Refusal::NothingToGoBackTo;
    let post = sentences(&[refusal(&why, &context)], Locale::En);
    assert_eq!(post.text, "No earlier version is known to go back to.");
    assert_eq!(post.json()["blocks"][0]["type"], "section");
}
