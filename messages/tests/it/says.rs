//! What is said, as people see it. Committed: a changed message is a changed file.

use crate::stories::{
    cured_story, expired, failed, given_up_waiting, held, known_good, looking_longer, resumed,
    rolling_back, step_failed, stories, turn_came, turn_lost,
};
use crate::story::{Story, assessed, context, each_locale, errors, plan};
use guard::policy::Autonomy;
use guard::verdict::Verdict;
use messages::layout::{html, markdown, plain, terminal};
use messages::{Locale, notice, parent, reply, timeline};
use std::fmt::Write;

#[test]
fn the_parent_of_every_situation() {
    each_locale("parents", |locale| {
        let mut out = String::new();
        for (name, story) in stories() {
            let message = parent(story.state(), &context(locale));
            let _ = writeln!(
                out,
                "=== {name}\n{}",
                terminal::message(&message, terminal::Colour::Off)
            );
        }
        out
    });
}

#[test]
fn the_replies_and_notices_of_every_story() {
    each_locale("thread", |locale| {
        let mut out = String::new();
        for (name, story) in stories() {
            let _ = writeln!(out, "=== {name}");
            let mut so_far = Story::new();
            for record in &story.records {
                so_far.record(record.event.clone());
                let context = context(locale);
                for (kind, message) in [
                    ("reply", reply(so_far.state(), record, &context)),
                    ("notice", notice(so_far.state(), record, &context)),
                ] {
                    if let Some(message) = message {
                        let _ = writeln!(out, "[{kind}] {}", plain::message(&message));
                    }
                }
            }
        }
        out
    });
}

#[test]
fn the_timeline_of_a_question_and_its_answer() {
    each_locale("timeline", |locale| {
        let mut out = String::new();
        for (name, story) in [
            ("its turn came", turn_came()),
            ("its turn was lost", turn_lost()),
            ("given up while it waited", given_up_waiting()),
            ("cured", cured_story()),
            ("looking longer", looking_longer()),
            ("expired", expired()),
            ("failed", failed()),
            ("step failed", step_failed()),
            ("known good", known_good()),
        ] {
            let lines = timeline(&story.records, &context(locale));
            let _ = writeln!(
                out,
                "=== {name}\n{}",
                terminal::timeline(&lines, terminal::Colour::Off)
            );
        }
        out
    });
}

#[test]
fn the_layouts_of_one_message() {
    each_locale("layouts", |locale| {
        let message = parent(Story::paused().state(), &context(locale));
        format!(
            "--- html\n{}\n--- markdown\n{}\n--- terminal\n{}",
            html::message(&message, &maud::html! {})
                .into_string()
                .replace("><", ">\n<"),
            markdown::message(&message),
            terminal::message(&message, terminal::Colour::On).replace('\u{1b}', "␛"),
        )
    });
}

#[test]
fn the_buttons_of_an_open_question() {
    each_locale("buttons", |locale| {
        let mut plan = plan(Autonomy::Pause);
        plan.reversible = false;
        let mut story = Story::gray_of(plan);
        story
            .wait(9)
            .tell(assessed(Verdict::Degraded, vec![errors()]));
        let message = parent(story.state(), &context(locale));
        let mut out = String::new();
        for button in &message.buttons {
            let _ = writeln!(
                out,
                "[{}] {} {:?}",
                plain::text(&button.label),
                button.choice.as_str(),
                button.style
            );
            if let Some(confirm) = &button.confirm {
                let [title, text, yes, no] =
                    [&confirm.title, &confirm.text, &confirm.yes, &confirm.no].map(plain::text);
                let _ = writeln!(out, "  {title}\n  {text}\n  [{yes}] [{no}]");
            }
        }
        out
    });
}

#[test]
fn a_healthy_release_says_one_quiet_thing() {
    let story = known_good();
    let context = context(Locale::En);
    for record in &story.records {
        assert_eq!(reply(story.state(), record, &context), None);
        assert_eq!(notice(story.state(), record, &context), None);
    }
    let message = parent(story.state(), &context);
    assert!(message.table.is_none() && message.body.is_empty() && message.buttons.is_empty());
}

#[test]
fn a_button_disappears_with_its_question() {
    for story in [rolling_back(), held(), expired(), resumed()] {
        assert_eq!(parent(story.state(), &context(Locale::En)).buttons, []);
    }
    let asked = Story::paused().last("approval_asked").clone();
    assert!(
        notice(Story::paused().state(), &asked, &context(Locale::En))
            .is_some_and(|notice| notice.buttons.len() == 3)
    );
    assert!(
        notice(held().state(), &asked, &context(Locale::En))
            .is_some_and(|notice| notice.buttons.is_empty())
    );
}

#[test]
fn the_same_state_gives_the_same_words_all_day_long() {
    let story = Story::paused();
    let early = context(Locale::En);
    let mut late = early.clone();
    late.now += jiff::SignedDuration::from_hours(20);
    assert_eq!(parent(story.state(), &early), parent(story.state(), &late));
}

#[test]
fn of_an_instance_that_others_deploy_nothing_is_said_that_nobody_looked_at() {
    let mut plan = plan(Autonomy::Observe);
    (plan.package, plan.from_package) = (None, None);
    let story = Story::gray_of(plan);
    for (locale, taken, looked) in [
        (Locale::En, "is taken to run", "is healthy"),
        (Locale::ZhCn, "视为已运行", "状态健康"),
    ] {
        let lines = timeline(&story.records, &context(locale));
        let said = terminal::timeline(&lines, terminal::Colour::Off);
        assert!(said.contains(taken) && !said.contains(looked), "{said}");
    }
}
