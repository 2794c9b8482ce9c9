//! Slack: every message as it is posted, and its limits.

use crate::every_event::every_event;
use crate::scenarios::scenarios;
use crate::slack_rules::{hand_over, is_inert, is_within_limits, shown};
use crate::stories::stories;
use crate::story::{Story, context, each_locale};
use messages::layout::slack::{Depth, document, message, sentences};
use messages::model::Message;
use messages::words::refusal;
use messages::{Locale, Text, chat, notice, parent, reply};
use proptest::prelude::*;
use std::fmt::Write;

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
