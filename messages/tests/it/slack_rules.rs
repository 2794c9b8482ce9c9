//! What Slack refuses, and what would call, link or format.

use messages::layout::slack::Post;
use serde_json::Value;
use std::fmt::Write;
use std::io::Write as _;

pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A post in a form that people can read and that still shows every mark.
pub(crate) fn shown(post: &Post) -> String {
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

/// Whatever Slack refuses, as far as it is known.
pub(crate) fn is_within_limits(post: &Post) {
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
                // A decision has three answers; what people think of it is no decision.
                let opinion =
                    |one: &Value| one["action_id"].as_str().unwrap().starts_with("opinion.");
                let most = if elements.iter().all(opinion) { 4 } else { 3 };
                assert!((1..=most).contains(&elements.len()), "{elements:?}");
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
pub(crate) fn is_inert(post: &Post) {
    post.blocks.iter().for_each(is_markup_inert);
    assert!(!post.text.contains(['<', '>']), "{}", post.text);
}

pub(crate) fn is_markup_inert(block: &Value) {
    for text in texts(block) {
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{200C}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}'));
        assert_eq!(bad, None, "{text:?}");
        let ours = text.replace("https://tawny.example", "");
        // The request that was opened, at the configured code host.
        let ours = ours.replace("https://code.example/acme/shop/pull/12", "");
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
        let outside = outside
            .replace("<https://tawny.example/deployments/dep_1|", "")
            .replace("<https://tawny.example/deployments/dep_1/root-cause|", "")
            .replace("<https://tawny.example|", "")
            .replace("<https://code.example/acme/shop/pull/12|", "");
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

/// For a judge that is not ours, if one asks: `scripts/slack.py`.
pub(crate) fn hand_over(post: &Post) {
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
