//! Requests that undo or mend what did it: what they say, and what is said of them.

use crate::event_parts::{cause, fix};
use crate::hostile::markdown_is_inert;
use crate::story::{Story, context, errors};
use guard::event::{Event, Recorded};
use guard::fix::{FixKind, FixTrouble, How, Offered};
use guard::policy::Autonomy;
use guard::state::State;
use messages::fix::{offers, trouble, written};
use messages::layout::{plain, slack};
use messages::{Locale, reply};

const HOSTILE: &str =
    "Fixes #12 <img src=x> [a](https://evil.example) @ann `x` [skip ci] https://h/a/b/issues/1";

/// A deployment that hurts and has suspects, where people may ask for a revert.
fn hurting(text: &str) -> (State, Vec<Recorded>) {
    let mut story = Story::paused();
    story.record(Event::CauseRanked {
        cause: Box::new(cause(text)),
    });
    let mut records = story.records.clone();
    if let Event::DeploymentRequested { plan, .. } = &mut records[0].event {
        plan.policy.fixes = Offered {
            revert: true,
            hotfix: false,
        };
    }
    let state = State::fold(&records).unwrap().unwrap();
    (state, records)
}

fn reverted() -> How {
    How::Reverted {
        files: 2,
        merged: 1,
    }
}

#[test]
fn a_request_says_what_it_does_what_was_found_and_who_is_suspected_in_both_languages() {
    let (state, _) = hurting("Raise errors");
    for (locale, parts) in [
        (
            Locale::En,
            [
                "Revert “Raise errors” (6dcb09b5b5)",
                "it undoes `6dcb09b5b5` in 2 files",
                "Tawny never merges it",
                "What was found",
                "Asked for by",
            ],
        ),
        (
            Locale::ZhCn,
            [
                "还原“Raise errors”（6dcb09b5b5）",
                "撤销",
                "绝不会合并",
                "发现了什么",
                "由谁要求",
            ],
        ),
    ] {
        let said = written(
            &state,
            &fix("Raise errors"),
            "ann",
            &reverted(),
            &context(locale),
        );
        let all = format!("{}\n{}", said.title, said.body);
        for part in parts {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert!(all.contains(errors().signal.as_str()), "{all}");
        let commit = "This reverts commit 6dcb09b5b57875f334f61aebed695e2e4193db5e.";
        assert!(said.message.contains(commit), "{}", said.message);
    }
}

#[test]
fn what_a_commit_is_called_commands_no_code_host() {
    let (state, _) = hurting(HOSTILE);
    for locale in Locale::ALL {
        let said = written(
            &state,
            &fix(HOSTILE),
            HOSTILE,
            &reverted(),
            &context(locale),
        );
        markdown_is_inert(&said.body);
        for text in [&said.title, &said.message] {
            for bad in ["#12", "@ann", "[skip", "://", "<img"] {
                let inert = *bad == *"<img" || !text.contains(bad);
                assert!(inert, "{bad}: {text}");
            }
        }
        assert_eq!(said.title.lines().count(), 1);
    }
}

#[test]
fn a_revert_is_offered_below_the_suspects_while_nobody_has_asked_for_it() {
    let (state, records) = hurting("Raise errors");
    let offered = offers(&state, &context(Locale::En));
    assert_eq!(offered.len(), 1);
    let deployment = &state.plan().deployment;
    assert_eq!(
        offered[0].order(),
        format!("revert-pr {deployment} suspect {}", offered[0].suspect)
    );
    let told = reply(&state, records.last().unwrap(), &context(Locale::En)).unwrap();
    assert_eq!(told.offers, offered);
    let post = slack::message(&told, Locale::En, slack::Depth::Full);
    let blocks = serde_json::to_string(&post.blocks).unwrap();
    assert!(blocks.contains("\"fix.revert\""), "{blocks}");
    let mut asked = records;
    let revision = asked.last().unwrap().revision + 1;
    let at = asked.last().unwrap().at;
    asked.push(Recorded {
        revision,
        at,
        event: Event::FixRequested {
            fix: guard::fix::Fix {
                suspect: offered[0].suspect.clone(),
                ..fix("Raise errors")
            },
            by: "ann".to_owned(),
            reason: None,
        },
    });
    let state = State::fold(&asked).unwrap().unwrap();
    assert!(offers(&state, &context(Locale::En)).is_empty());
    let quiet = Story::gray(Autonomy::Pause);
    assert!(offers(quiet.state(), &context(Locale::En)).is_empty());
    assert_eq!(FixKind::Revert.verb(), "revert-pr");
}

#[test]
fn every_trouble_says_what_to_do_instead_in_both_languages() {
    let text = || "a.py".to_owned();
    let all = [
        FixTrouble::NotConfigured,
        FixTrouble::NoCommit,
        FixTrouble::NotThere { branch: text() },
        FixTrouble::Merge,
        FixTrouble::First,
        FixTrouble::TooLarge { files: 120 },
        FixTrouble::Conflict {
            paths: vec![text()],
        },
        FixTrouble::Conflict { paths: Vec::new() },
        FixTrouble::NoText {
            paths: vec![text()],
        },
        FixTrouble::Moved {
            paths: vec![text()],
        },
        FixTrouble::Undone,
        FixTrouble::BranchTaken { branch: text() },
        FixTrouble::Closed { url: text() },
        FixTrouble::Merged { url: text() },
        FixTrouble::Refused {
            status: 403,
            message: text(),
        },
        FixTrouble::Refused {
            status: 422,
            message: text(),
        },
        FixTrouble::Unreachable { why: text() },
        FixTrouble::NoPin {
            file: text(),
            key: text(),
            problem: text(),
        },
        FixTrouble::NoChange { why: text() },
    ];
    for locale in Locale::ALL {
        let mut said: Vec<String> = Vec::new();
        for one in &all {
            let words = plain::text(&trouble(one, &context(locale)));
            assert!(words.chars().count() > 5, "{one:?}: {words}");
            assert!(!said.contains(&words), "{one:?}: {words}");
            said.push(words);
        }
    }
}
