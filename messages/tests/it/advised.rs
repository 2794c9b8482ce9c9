//! What the analyst recommends, and the answers that people are offered.

use crate::stories::{first_release, quiet, rollback_failed, rolled_back};
use crate::story::{Story, context};
use guard::approval::Choice;
use guard::event::Event;
use guard::root_cause::{Advice, Author, Confidence, RootCauseReport};
use messages::model::{Button, Style};
use messages::{Locale, parent};

fn report(author: &Author, confidence: Confidence, advice: Advice) -> RootCauseReport {
    let mut report = RootCauseReport {
        written_by: author.clone(),
        confidence,
        ..RootCauseReport::default()
    };
    report.recommendation.action = advice;
    report
}

/// The buttons without their order and their looks.
fn set(buttons: &[Button]) -> Vec<Button> {
    let mut set: Vec<Button> = buttons
        .iter()
        .map(|button| Button {
            style: Style::Plain,
            ..button.clone()
        })
        .collect();
    set.sort_by_key(|button| button.choice);
    set
}

#[test]
fn a_recommendation_orders_the_answers_of_policy_and_neither_adds_nor_takes_one_away() {
    // Where the second is true, what is asked is about harm.
    let stories = [
        ("paused", true),
        ("quiet", true),
        ("a rollback failed", false),
        ("rolled back", false),
        ("first release", false),
    ];
    let told = |name: &str| match name {
        "paused" => Story::paused(),
        "quiet" => quiet(),
        "a rollback failed" => rollback_failed(),
        "rolled back" => rolled_back(),
        _ => first_release(),
    };
    let model = Author::Model {
        name: "wise-1".to_owned(),
    };
    let mut moved = 0;
    for (name, about_harm) in stories {
        let before = parent(told(name).state(), &context(Locale::En)).buttons;
        for advice in [
            Advice::Resume,
            Advice::Hold,
            Advice::RollBack,
            Advice::FixForward,
        ] {
            for author in [&model, &Author::Rules] {
                for confidence in [Confidence::Low, Confidence::Medium, Confidence::High] {
                    let mut story = told(name);
                    story.record(Event::RootCauseReported {
                        of: 1,
                        report: Box::new(report(author, confidence, advice)),
                    });
                    let after = parent(story.state(), &context(Locale::En)).buttons;
                    let case = format!("{name}, {advice:?} by {author:?}, {confidence:?}");
                    assert_eq!(set(&before), set(&after), "{case}");
                    let wanted = match advice {
                        Advice::Resume => Some(Choice::Resume),
                        Advice::Hold => Some(Choice::Hold),
                        Advice::RollBack => Some(Choice::Rollback),
                        Advice::FixForward => None,
                    };
                    let offered = before.iter().any(|button| Some(button.choice) == wanted);
                    let counts = about_harm && *author == model && confidence != Confidence::Low;
                    if !(offered && counts) {
                        assert_eq!(before, after, "{case}");
                        continue;
                    }
                    moved += 1;
                    assert_eq!(Some(after[0].choice), wanted, "{case}");
                    let expected = match after[0].choice {
                        Choice::Rollback => Style::Danger,
                        _ => Style::Primary,
                    };
                    assert_eq!(after[0].style, expected, "{case}");
                }
            }
        }
    }
    assert!(moved >= 6, "{moved}");
}
