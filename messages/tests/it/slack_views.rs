//! Views of Slack: what one person sees beside the messages, and its limits.

use crate::scenarios::scenarios;
use crate::slack_rules::{hand_over_view, is_markup_inert, units};
use crate::story::{Story, context, each_locale};
use guard::approval::Choice;
use guard::state::State;
use jiff::SignedDuration;
use messages::dialog::{self, Dialog};
use messages::home::{Asking, home};
use messages::layout::slack::views;
use messages::orders::Standing;
use messages::{Locale, Text, parent};
use serde_json::Value;
use std::fmt::Write;

/// Slack's limits of a dialog.
fn is_a_dialog(view: &Value) {
    assert_eq!(view["type"], "modal");
    for field in ["title", "submit", "close"] {
        let text = &view[field];
        assert_eq!(text["type"], "plain_text", "{text}");
        let units = units(text["text"].as_str().unwrap());
        assert!((1..=24).contains(&units), "{text}");
    }
    assert!(units(view["private_metadata"].as_str().unwrap()) <= 3000);
    let blocks = view["blocks"].as_array().unwrap();
    assert!((2..=100).contains(&blocks.len()));
    for block in blocks {
        is_markup_inert(block);
    }
}

/// The dialogs of all questions of a story that ask why.
fn dialogs(story: &Story, locale: Locale) -> Vec<(Choice, Dialog)> {
    let context = context(locale);
    let mut so_far = Story::new();
    let mut all = Vec::new();
    for record in &story.records {
        so_far.record(record.event.clone());
        for button in parent(so_far.state(), &context).buttons {
            if dialog::wants_reason(button.choice) {
                let ago = Some(SignedDuration::from_secs(7));
                let asked = dialog::reason(so_far.state(), &button, ago, &context);
                all.push((button.choice, asked));
            }
        }
    }
    all
}

#[test]
fn slack_asks_why_in_a_dialog() {
    each_locale("slack_dialogs", |locale| {
        let mut out = String::new();
        let mut seen: Vec<Dialog> = Vec::new();
        for (name, story) in scenarios() {
            for (choice, asked) in dialogs(&story, locale) {
                let view = views::modal(&asked, "answer.reason", "apr_1/resume");
                is_a_dialog(&view);
                hand_over_view(&view);
                if !seen.contains(&asked) {
                    let _ = writeln!(out, "=== {name}: {}", choice.as_str());
                    let _ = writeln!(out, "{}", serde_json::to_string_pretty(&view).unwrap());
                    seen.push(asked);
                }
            }
        }
        let context = context(locale);
        let wrong = views::wrong(&[dialog::too_short(3, &context)]);
        let _ = writeln!(out, "=== wrong\n{wrong}");
        let not_opened = dialog::not_opened(Choice::Resume, &context);
        let post = messages::layout::slack::sentences(&[not_opened], locale);
        let _ = writeln!(out, "=== not opened\n{}", post.text);
        out.replace('\u{200B}', "¦")
    });
}

#[test]
fn a_dialog_says_what_its_evidence_rests_on_also_where_another_server_measures() {
    let asking = |(_, story): &(&str, Story)| !dialogs(story, Locale::En).is_empty();
    let (_, story) = scenarios().into_iter().find(asking).unwrap();
    let context = context(Locale::En);
    let button = |story: &Story| {
        let mut buttons = parent(story.state(), &context).buttons.into_iter();
        buttons.find(|button| dialog::wants_reason(button.choice))
    };
    let mut so_far = Story::new();
    let asked = story.records.iter().find_map(|record| {
        so_far.record(record.event.clone());
        button(&so_far)
    });
    let asked = dialog::reason(so_far.state(), &asked.unwrap(), None, &context);
    let view = views::modal(&asked, "answer.reason", "apr_1/resume");
    assert!(view.to_string().contains("another server knows"), "{view}");
}

#[test]
fn slack_shows_the_apps_own_page() {
    each_locale("slack_home", |locale| {
        let context = context(locale);
        let stories = scenarios();
        let states: Vec<&State> = stories.iter().map(|(_, story)| story.state()).collect();
        let mut asked = Story::new();
        let (_, latency) = stories.iter().find(|(name, _)| *name == "latency").unwrap();
        for record in &latency.records {
            asked.record(record.event.clone());
            if asked.state().open_approval().is_some() {
                break;
            }
        }
        let url = "https://acme.slack.com/archives/C1/p1700000000000001";
        let asking = [Asking {
            state: asked.state(),
            thread: Some(url),
        }];
        let services: Vec<Standing<'_>> = states
            .iter()
            .map(|state| Standing {
                service: &state.plan().service,
                environment: &state.plan().environment,
                runs: Some(&state.plan().to),
                frozen: None,
                last: Some(state),
            })
            .collect();
        let mut out = String::new();
        for (asking, services, recent) in
            [(&asking[..], &services[..], &states[..]), (&[], &[], &[])]
        {
            let view = views::home(&home(asking, services, recent, &context), locale);
            let blocks = view["blocks"].as_array().unwrap();
            assert!((1..=100).contains(&blocks.len()));
            for block in blocks {
                let own = block
                    .to_string()
                    .replace(url, "https://tawny.example/deployments/dep_1");
                is_markup_inert(&serde_json::from_str(&own).unwrap());
            }
            hand_over_view(&view);
            let _ = writeln!(out, "=== {}", serde_json::to_string_pretty(&view).unwrap());
        }
        out.replace('\u{200B}', "¦")
    });
}

#[test]
fn a_hostile_dialog_is_inert_and_fits() {
    let hostile = || {
        Text::foreign(
            "<!channel> `x` *b* <https://evil|Approve> \u{202E} "
                .repeat(300)
                .as_str(),
        )
    };
    let asked = Dialog {
        title: hostile(),
        body: vec![hostile(), hostile()],
        label: hostile(),
        hint: hostile(),
        yes: hostile(),
        no: hostile(),
        least: 10,
    };
    let view = views::modal(&asked, "answer.reason", &"x".repeat(100));
    is_a_dialog(&view);
    hand_over_view(&view);
    let wrong = views::wrong(&[hostile(), hostile()]);
    let said = wrong["errors"]["reason"].as_str().unwrap();
    assert!(units(said) <= 1000 && !said.contains('\u{202E}'), "{said}");
}
