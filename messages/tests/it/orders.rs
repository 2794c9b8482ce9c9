//! Answers to what people say in words.

use crate::story::context;
use guard::order::{Verb, parse};
use messages::layout::{plain, terminal};
use messages::{Locale, orders};

#[test]
fn the_help_tells_all_that_can_be_said() {
    let help = |locale| {
        let message = orders::help(None, &context(locale));
        terminal::message(&message, terminal::Colour::Off)
    };
    insta::assert_snapshot!("help_en", help(Locale::En));
    insta::assert_snapshot!("help_zh-CN", help(Locale::ZhCn));
    for verb in Verb::ALL {
        for locale in [Locale::En, Locale::ZhCn] {
            let usage = plain::text(&orders::help(Some(*verb), &context(locale)).headline);
            let said = verb.as_str().replace('-', " ");
            assert!(usage.replace('-', " ").starts_with(&said), "{usage}");
        }
    }
}

#[test]
fn what_is_not_understood_is_answered_with_what_would_be() {
    let answer = |text: &str, locale| {
        let why = parse(text).unwrap_err();
        plain::text(&orders::not_understood(&why, &context(locale)).headline)
    };
    assert_eq!(
        answer("rolback shop", Locale::En),
        "Not understood: rolback. Was this meant: rollback [deployment] [because …]?"
    );
    assert_eq!(
        answer("deploy shop", Locale::ZhCn),
        "指令不完整。应为：deploy <服务> <版本>。"
    );
    assert_eq!(
        answer("rollback shop now", Locale::En),
        "Not understood: now. Expected: rollback [deployment] [because …]."
    );
    let hostile = answer("status <!channel>", Locale::En);
    assert!(hostile.contains("cannot be a name"), "{hostile}");
}
