//! Answers that need more than one person, and those that are given against the rules.

use super::*;
use crate::duty::OnCall;
use crate::policy::{BreakGlass, Policy};

fn story(policy: &Policy) -> Story {
    let mut plan = plan(Autonomy::Pause);
    plan.policy = Policy {
        autonomy: Autonomy::Pause,
        ..policy.clone()
    };
    let mut story = Story::gray_of(plan);
    story.tell(degraded(finding()));
    story
}

fn operator(name: &str) -> Actor {
    Actor::Person {
        id: PersonId::new(name).unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}

fn author() -> Duty {
    Duty {
        author: true,
        ..Duty::default()
    }
}

fn press(story: &Story, by: &str, duty: Duty, choice: Choice, reason: Option<&str>) -> Happened {
    let Happened::Answered { approval, .. } = answer(story, operator(by), choice) else {
        unreachable!()
    };
    Happened::Answered {
        approval,
        by: operator(by),
        duty,
        choice,
        reason: reason.map(str::to_owned),
    }
}

fn command(by: &str, duty: Duty, command: Command) -> Happened {
    Happened::Commanded {
        by: operator(by),
        duty,
        command,
        reason: None,
    }
}

#[test]
fn what_an_author_wants_waits_for_somebody_else_and_anybody_may_still_roll_back() {
    let mut story = story(&Policy::default());
    let first = press(&story, "ann", author(), Choice::Resume, None);
    assert_eq!(names(&story.tell(first.clone())), ["approval_backed"]);
    assert_eq!(names(&story.tell(first)), ["refused"], "once is enough");
    assert_eq!(story.state().status(), Status::Paused);
    let mut back = story.clone();
    let rollback = press(&back, "cy", Duty::default(), Choice::Rollback, None);
    assert_eq!(
        names(&back.tell(rollback)),
        ["approval_answered", "action_requested", "action_authorised"]
    );
    let second = press(&story, "bo", Duty::default(), Choice::Resume, None);
    let events = story.tell(second);
    assert_eq!(names(&events)[..2], ["approval_answered", "resumed"]);
    let Event::ApprovalAnswered { by, with, .. } = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!((by.as_str(), &with[..]), ("bo", &["ann".to_owned()][..]));
}

#[test]
fn a_command_that_needs_a_second_person_asks_for_one_and_the_question_goes_when_it_is_void() {
    let policy = Policy {
        promote_by: 2,
        autonomy: Autonomy::Pause,
        ..Policy::default()
    };
    let mut with = plan(Autonomy::Pause);
    with.policy = policy;
    let mut story = Story::gray_of(with);
    let events = story.tell(command("ann", Duty::default(), Command::Promote));
    assert_eq!(names(&events), ["approval_asked", "approval_backed"]);
    let open = story.state().open_approval().unwrap();
    let options = [Choice::Promote, Choice::Rollback, Choice::Abandon];
    assert_eq!(open.approval.options, options);
    let mut gone = story.clone();
    let events = gone.tell(command("bo", Duty::default(), Command::Rollback));
    assert_eq!(names(&events)[0], "approval_answered");
    let mut moved = story.clone();
    let step = TimerName::Bake { step: 0 };
    moved.tell(Happened::Assessed(assessment(Verdict::Healthy, Vec::new())));
    let events = moved.wait(60).tell(Happened::TimerFired { timer: step });
    assert!(
        names(&events).contains(&"approval_withdrawn"),
        "{:?}",
        names(&events)
    );
    let events = story.tell(command("bo", Duty::default(), Command::Promote));
    assert_eq!(
        names(&events),
        ["approval_answered", "action_requested", "action_authorised"]
    );
}

#[test]
fn the_glass_is_broken_with_a_reason_where_a_rule_stands_in_the_way_and_nowhere_else() {
    let mut story = story(&Policy::default());
    let off = Duty {
        on_call: OnCall::Others {
            who: vec![PersonId::new("bo").unwrap()],
        },
        break_glass: true,
        ..Duty::default()
    };
    let refusal = |story: &mut Story, happened| match &story.tell(happened)[..] {
        [Event::Refused { refusal, .. }] => refusal.clone(),
        other => panic!("{other:?}"),
    };
    let short = press(&story, "ann", off.clone(), Choice::Resume, Some("now"));
    let said = refusal(&mut story.clone(), short);
    assert!(matches!(said, Refusal::ReasonNeeded { .. }), "{said}");
    let plain = Duty {
        break_glass: false,
        ..off.clone()
    };
    let plain = press(
        &story,
        "ann",
        plain,
        Choice::Resume,
        Some("bo does not answer"),
    );
    let said = refusal(&mut story.clone(), plain);
    assert!(matches!(said, Refusal::NotOnCall { .. }), "{said}");
    let mut strict = story.clone();
    let mut plan = strict.state().plan().clone();
    plan.policy.break_glass = BreakGlass::Nobody;
    strict = Story::gray_of(plan);
    strict.tell(degraded(finding()));
    let broken = |story: &Story| {
        press(
            story,
            "ann",
            off.clone(),
            Choice::Resume,
            Some("bo does not answer"),
        )
    };
    let denied = broken(&strict);
    let said = refusal(&mut strict, denied);
    assert!(matches!(said, Refusal::NoBreakingGlass { .. }), "{said}");
    let unneeded = Duty {
        break_glass: true,
        ..Duty::default()
    };
    let unneeded = press(&story, "bo", unneeded, Choice::Resume, None);
    let mut calm = story.clone();
    assert_eq!(names(&calm.tell(unneeded))[0], "approval_answered");
    let broken = broken(&story);
    let events = story.tell(broken);
    assert_eq!(
        names(&events)[..3],
        ["glass_broken", "approval_answered", "resumed"]
    );
}

#[test]
fn whose_change_it_is_is_said_once() {
    let mut story = Story::gray(Autonomy::Pause);
    let read = |authors: &[&str]| Happened::AuthorsRead {
        authors: authors.iter().map(|&one| one.to_owned()).collect(),
    };
    assert_eq!(names(&story.tell(read(&[]))), [] as [&str; 0]);
    assert_eq!(names(&story.tell(read(&["ann-ong"]))), ["authors_known"]);
    assert_eq!(names(&story.tell(read(&["bo"]))), [] as [&str; 0]);
    let authors: Vec<&str> = story.state().authors().collect();
    assert_eq!(
        authors,
        ["mei", "ann-ong"],
        "who asked for it is one of them"
    );
}
