//! Foreign text is inert in what is about more than one event, too: digests, answers, reports, postmortems, causes.

use crate::digests::busy;
use crate::every_event::every_event;
use crate::hostile::{
    SEEDS, hostile, html_is_inert, markdown_is_inert, no_strange_characters, plain_is_inert,
};
use crate::scenarios::error_spike;
use crate::slack_rules::{is_inert, is_within_limits};
use crate::story::{Story, context};
use guard::event::Event;
use guard::order::{Verb, parse};
use guard::report::{Postmortem, Report};
use jiff::tz::TimeZone;
use messages::document::Document;
use messages::layout::{html, markdown, plain, slack, terminal};
use messages::model::Message;
use messages::orders::{self, Trouble};
use messages::{Context, Locale, folded};
use proptest::prelude::*;

/// Messages that belong to no single event.
fn messages(text: &str, context: &Context) -> Vec<Message> {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let mut said = vec![messages::digest::digest(&busy(text), &zone, context)];
    said.extend(
        parse(text)
            .err()
            .map(|why| orders::not_understood(&why, context)),
    );
    let role = guard::actor::Role::Operator;
    for trouble in [
        Trouble::Other(text.to_owned()),
        Trouble::OtherAsked(text.to_owned()),
        Trouble::MayNot {
            who: text.to_owned(),
            role,
            verb: Verb::Rollback,
            able: vec![text.to_owned(); 3],
        },
    ] {
        said.push(orders::trouble(&trouble, context));
    }
    // What comes and goes twice, told by a source of this name.
    let mut story = Story::gray(guard::policy::Autonomy::Rollback);
    for _ in 0..2 {
        let source = text.to_owned();
        let error = text.to_owned();
        story.record(Event::MetricsLost { source, error });
    }
    let last = story.records.last().unwrap();
    let again = folded(story.state(), &story.records, last, context).unwrap();
    said.push(again.message);
    said
}

/// Everything that is as long as a page.
fn documents(text: &str, context: &Context) -> Vec<Document> {
    let mut story = Story::new();
    for event in every_event(text) {
        story.record(event);
    }
    let cause = story.records.iter().find_map(|record| match &record.event {
        Event::CauseRanked { cause } => Some(cause.clone()),
        _ => None,
    });
    let mut known = Report::of(&error_spike().records).unwrap().unwrap();
    known.requested_by = text.to_owned();
    known.failure = Some(text.to_owned());
    known.to = text.to_owned();
    for finding in &mut known.findings {
        finding.query = text.to_owned();
        finding.scope = text.to_owned();
        finding.signal = text.to_owned();
    }
    let postmortem = Postmortem::of(&known).unwrap();
    vec![
        messages::cause::document(&cause.unwrap(), story.state(), context),
        messages::report::report(&known, context),
        messages::postmortem::postmortem(&postmortem, &story.records, context),
        orders::timeline(story.state(), &story.records, context),
    ]
}

fn all_is_inert(text: &str, locale: Locale) {
    let context = context(locale);
    for message in messages(text, &context) {
        html_is_inert(&html::message(&message, &maud::html! {}).into_string());
        markdown_is_inert(&markdown::message(&message));
        plain_is_inert(&plain::message(&message));
        let shown = terminal::message(&message, terminal::Colour::Off);
        no_strange_characters(&shown, &['\n']);
        for depth in [slack::Depth::Short, slack::Depth::Full] {
            let post = slack::message(&message, locale, depth);
            is_within_limits(&post);
            is_inert(&post);
        }
    }
    for document in documents(text, &context) {
        html_is_inert(&html::document(&document).into_string());
        let shown = terminal::document(&document, terminal::Colour::Off);
        no_strange_characters(&shown, &['\n']);
        let post = slack::document(&document, locale);
        is_within_limits(&post);
        is_inert(&post);
        let marked = markdown::document(&document);
        no_strange_characters(&marked, &['\n']);
        for evil in ["<script", "<img", "](javascript", "](http", "<https"] {
            let ours = marked.replace("](https://tawny.example", "");
            let outside: String = ours.split('`').step_by(2).collect();
            assert!(!outside.contains(evil), "{evil}: {marked}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn digests_answers_and_documents_are_inert_and_bounded_in_every_layout(text in hostile(), chinese in any::<bool>()) {
        all_is_inert(&text, if chinese { Locale::ZhCn } else { Locale::En });
    }
}

#[test]
fn digests_answers_and_documents_with_every_known_trick_and_of_100_kb_are_inert() {
    all_is_inert(&SEEDS.concat(), Locale::ZhCn);
    let long: String = SEEDS.concat().chars().cycle().take(100_000).collect();
    all_is_inert(&long, Locale::En);
}
