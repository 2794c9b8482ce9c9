//! What people say did it is kept for each of them, beside what the ranking had said.

use super::*;
use crate::cause::{Beside, Cause, case};
use crate::culprit::Culprit;
use crate::suspects::{Change, rank};
use std::collections::BTreeMap;

fn name(by: Actor, culprit: Culprit) -> Happened {
    Happened::Named {
        by,
        culprit,
        note: None,
    }
}

fn change(id: &str) -> Culprit {
    Culprit::Change { id: id.to_owned() }
}

fn ranked() -> Story {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(1).tell(degraded(finding()));
    let changes = ["aaaaaaa111", "aaaaaaa222", "bbbbbbb333"].map(|id| Change {
        id: id.to_owned(),
        title: "Retry".to_owned(),
        ..Change::default()
    });
    let case = case(story.state(), changes.into(), &Beside::default());
    let cause = Cause::of(&case, &rank(&case), BTreeMap::new());
    story.tell(Happened::Ranked(Box::new(cause)));
    story
}

fn refusal(story: &mut Story, said: Happened) -> Refusal {
    match &story.tell(said)[..] {
        [Event::Refused { refusal, .. }] => refusal.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_beginning_of_a_commit_names_it_and_each_persons_last_word_counts() {
    let mut story = ranked();
    let said = story.tell(name(mei(), change("BBBBBBB")));
    let order = story.state().cause().unwrap().0.order.clone();
    let place = order.iter().position(|id| id == "bbbbbbb333").unwrap() + 1;
    assert!(matches!(
        &said[..],
        [Event::CauseNamed { culprit, place: Some(at), said: Some(_), .. }]
            if *culprit == change("bbbbbbb333") && *at == place
    ));
    assert!(story.tell(name(mei(), change("bbbbbbb333"))).is_empty());
    story.wait(5).tell(name(responder(), change("aaaaaaa111")));
    story.wait(5).tell(name(mei(), Culprit::NotThisDeployment));
    let named = story.state().named();
    assert_eq!(named.len(), 2);
    assert_eq!(named["mei"].culprit, Culprit::NotThisDeployment);
}

#[test]
fn what_is_not_known_is_refused_with_the_reason() {
    let mut story = ranked();
    for unknown in ["ccccccc", "bbb", "main", ""] {
        let refused = refusal(&mut story, name(mei(), change(unknown)));
        assert!(
            matches!(refused, Refusal::UnknownChange { .. }),
            "{unknown}"
        );
    }
    let refused = refusal(&mut story, name(mei(), change("aaaaaaa")));
    assert!(matches!(refused, Refusal::SeveralChanges { .. }));
    let mut quiet = Story::gray(Autonomy::Pause);
    let refused = refusal(&mut quiet, name(mei(), Culprit::NotThisDeployment));
    assert_eq!(refused, Refusal::NothingToExplain);
    quiet.wait(1).tell(degraded(finding()));
    let refused = refusal(&mut quiet, name(mei(), change("bbbbbbb")));
    assert_eq!(refused, Refusal::ChangesUnknown);
}

#[test]
fn what_was_not_looked_at_may_be_named_and_has_no_place() {
    let mut story = ranked();
    let mut cause = story.state().cause().unwrap().0.clone();
    cause.missing.insert(crate::cause::Unseen::Commits, 9);
    cause.suspects.reverse();
    story.tell(Happened::Ranked(Box::new(cause)));
    let said = story.tell(name(mei(), change("ccccccc")));
    assert!(matches!(&said[..], [Event::CauseNamed { place: None, .. }]));
}

#[test]
fn a_machine_does_not_say_what_did_it() {
    let mut story = ranked();
    let refused = refusal(&mut story, name(robot(), Culprit::NotThisDeployment));
    assert!(matches!(refused, Refusal::MachineJudges { .. }));
}
