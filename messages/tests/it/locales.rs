//! Both languages say the same things.

use crate::every_event::every_event;
use crate::story::{Story, context};
use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use messages::layout::plain;
use messages::words::files;
use messages::{Locale, notice, parent, reply, timeline};
use std::collections::{BTreeMap, BTreeSet};

type Keys = BTreeMap<String, BTreeSet<String>>;

/// Every key with its placeholders. Fails on a syntax error, a key twice, a key without text.
fn keys(file: &str, source: &str) -> Keys {
    let resource = fluent_syntax::parser::parse(source)
        .unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
    let mut keys = Keys::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else {
            assert!(matches!(entry, Entry::Comment(_)), "{file}: {entry:?}");
            continue;
        };
        let mut found = BTreeSet::new();
        placeholders(
            message.value.as_ref().expect("a key without text"),
            &mut found,
        );
        let twice = keys.insert(message.id.name.to_owned(), found);
        assert!(twice.is_none(), "{file}: {} twice", message.id.name);
    }
    keys
}

fn placeholders(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(inline) => inline_placeholder(inline, found),
            Expression::Select { selector, variants } => {
                // A number that only chooses the form has no use in a language without plurals.
                inline_placeholder(selector, &mut BTreeSet::new());
                for variant in variants {
                    placeholders(&variant.value, found);
                }
            }
        }
    }
}

fn inline_placeholder(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        InlineExpression::FunctionReference {
            arguments: CallArguments { .. },
            ..
        } => panic!("no functions: {inline:?}"),
        other => panic!("no references, sentences are whole: {other:?}"),
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_placeholders() {
    for ((file, english), (_, chinese)) in files(Locale::En).iter().zip(files(Locale::ZhCn)) {
        let (english, chinese) = (keys(file, english), keys(file, chinese));
        let names = |keys: &Keys| keys.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&english), names(&chinese), "{file}");
        for (key, wanted) in &english {
            assert_eq!(wanted, &chinese[key], "{file}: {key}");
        }
    }
}

#[test]
fn no_key_stands_in_two_files() {
    let mut seen = BTreeSet::new();
    for (file, source) in files(Locale::En) {
        for key in keys(file, source).into_keys() {
            assert!(seen.insert(key.clone()), "{key} is also in {file}");
        }
    }
}

#[test]
fn the_locales_have_no_character_that_marks_a_placeholder_or_cannot_be_seen() {
    for locale in Locale::ALL {
        for (file, source) in files(locale) {
            let bad = source.chars().find(|c| {
                matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{FEFF}' | '\r' | '\t')
            });
            assert_eq!(bad, None, "{file}");
        }
    }
}

#[test]
fn chinese_is_chinese() {
    // Keys that are only symbols, or the same word in both languages.
    for (file, source) in files(Locale::ZhCn) {
        for line in source
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        {
            let Some((key, text)) = line.split_once(" = ") else {
                continue;
            };
            let letters: String = without_placeholders(text)
                .chars()
                .filter(char::is_ascii_alphabetic)
                .collect();
            let known = [
                "",
                "ms",
                "s",
                "B",
                "KiB",
                "MiB",
                "GiB",
                "TiB",
                "Tawny",
                "UTC",
                "Markdown",
                "responder",
                "operator",
                "English",
                // Git's own words, which code hosts read.
                "Thisrevertscommit",
            ];
            let chinese = text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
            assert!(
                chinese || known.contains(&letters.as_str()),
                "{file}: {key} = {text}"
            );
            assert!(
                !text.contains(['!', '?']) && !text.contains(", "),
                "{file}: {key} has western punctuation: {text}"
            );
        }
    }
}

fn without_placeholders(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[test]
fn nothing_that_can_be_said_lacks_its_words() {
    for locale in Locale::ALL {
        let context = context(locale);
        let mut story = Story::new();
        for event in every_event("x") {
            let record = story.record(event);
            let parent = parent(story.state(), &context);
            let said = [
                Some(parent),
                reply(story.state(), &record, &context),
                notice(story.state(), &record, &context),
            ];
            for message in said.into_iter().flatten() {
                complete(&plain::message(&message));
                for button in &message.buttons {
                    complete(&plain::text(&button.label));
                    if let Some(confirm) = &button.confirm {
                        for text in [&confirm.title, &confirm.text, &confirm.yes, &confirm.no] {
                            complete(&plain::text(text));
                        }
                    }
                }
            }
        }
        for line in timeline(&story.records, &context) {
            complete(&plain::text(&line.text));
        }
    }
}

fn complete(text: &str) {
    assert!(
        !text.contains(['⟦', '⟧']) && !text.contains("{ $"),
        "{text}"
    );
}
