//! What people think in hindsight is kept, and the last word counts.

use super::*;
use crate::duty::Duty;
use crate::judgement::Judgement;
use crate::trust::Case;
use jiff::Timestamp;

fn judge(by: Actor, judgement: Judgement) -> Happened {
    judge_since(by, judgement, None)
}

fn judge_since(by: Actor, judgement: Judgement, since: Option<Timestamp>) -> Happened {
    Happened::Judged {
        by,
        judgement,
        note: Some("the cache was cold".into()),
        since,
    }
}

fn refused(events: &[Event]) -> &Refusal {
    match events {
        [
            Event::Refused {
                wanted, refusal, ..
            },
        ] if wanted == "judge" => refusal,
        other => panic!("{other:?}"),
    }
}

fn raised() -> Story {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(1).tell(degraded(finding()));
    story
}

#[test]
fn an_alarm_is_judged_during_the_deployment_and_when_all_is_over_and_the_last_word_counts() {
    let mut story = raised();
    assert_eq!(Case::of(story.state()), None);
    let said = story.tell(judge(responder(), Judgement::Real));
    assert_eq!(names(&said), ["judged"]);
    assert!(matches!(
        &said[..],
        [Event::Judged {
            raised: Tier::Pause,
            ..
        }]
    ));
    story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Abandon,
        reason: None,
    });
    assert!(story.state().watch_over());
    let before = story.state().clone();
    story.wait(86_400).tell(judge(mei(), Judgement::FalseAlarm));
    let judged = story.state().judged().unwrap();
    assert_eq!(
        (judged.by.as_str(), judged.judgement, judged.at),
        ("mei", Judgement::FalseAlarm, story.now)
    );
    assert_eq!(judged.note.as_deref(), Some("the cache was cold"));
    let case = Case::of(story.state()).unwrap();
    assert_eq!(case.judgement, Judgement::FalseAlarm);
    assert!(!case.rolled_back_unasked);
    assert_eq!(
        (story.state().status(), story.state().watch_over()),
        (before.status(), before.watch_over()),
        "an opinion moves nothing"
    );
}

#[test]
fn the_same_word_said_twice_is_written_once() {
    let mut story = raised();
    story.tell(judge(mei(), Judgement::Real));
    assert_eq!(story.wait(1).tell(judge(mei(), Judgement::Real)), []);
    assert_eq!(
        names(&story.tell(judge(responder(), Judgement::Real))),
        ["judged"],
        "somebody else's is another word"
    );
}

#[test]
fn a_machine_and_who_has_no_role_do_not_judge() {
    let mut story = raised();
    let guest = Actor::Person {
        id: PersonId::new("guest").unwrap(),
        roles: vec![],
    };
    let events = story.tell(judge(robot(), Judgement::Real));
    assert!(matches!(refused(&events), Refusal::MachineJudges { who } if who == "ci"));
    let events = story.tell(judge(guest, Judgement::Real));
    assert!(matches!(refused(&events), Refusal::MayNotJudge { who } if who == "guest"));
    assert_eq!(story.state().judged(), None);
}

#[test]
fn an_alarm_is_not_called_fine_and_silence_is_no_alarm() {
    let mut alarm = raised();
    let events = alarm.tell(judge(mei(), Judgement::Fine));
    assert!(matches!(refused(&events), Refusal::DoesNotFit { .. }));
    let mut quiet = promoted(Autonomy::Pause);
    for judgement in [Judgement::Real, Judgement::FalseAlarm] {
        let events = quiet.tell(judge(mei(), judgement));
        assert!(matches!(refused(&events), Refusal::DoesNotFit { .. }));
    }
    for judgement in [Judgement::Fine, Judgement::Missed] {
        assert_eq!(names(&quiet.tell(judge(mei(), judgement))), ["judged"]);
        assert_eq!(Case::of(quiet.state()).unwrap().judgement, judgement);
    }
}

#[test]
fn what_was_called_fine_before_the_alarm_is_not_judged_any_more() {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(1).tell(judge(mei(), Judgement::Fine));
    assert!(Case::of(story.state()).is_some());
    story.wait(1).tell(degraded(finding()));
    assert_eq!(Case::of(story.state()), None);
    story.tell(judge(mei(), Judgement::Real));
    assert!(Case::of(story.state()).is_some());
}

#[test]
fn harm_that_was_missed_was_done_since_the_deployment_began() {
    let mut story = promoted(Autonomy::Pause);
    let begun = story.state().requested_at();
    let now = story.now;
    let second = jiff::SignedDuration::from_secs(1);
    for since in [begun - second, now + second] {
        let events = story.tell(judge_since(mei(), Judgement::Missed, Some(since)));
        assert!(matches!(refused(&events), Refusal::SinceOutside { .. }));
    }
    for since in [begun, now] {
        story.tell(judge_since(mei(), Judgement::Missed, Some(since)));
        assert_eq!(story.state().judged().unwrap().since, Some(since));
    }
    story.tell(judge_since(mei(), Judgement::Fine, Some(begun)));
    assert_eq!(story.state().judged().unwrap().since, None);
}

#[test]
fn a_rollback_that_nobody_asked_for_is_known_as_one() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(1).tell(degraded(severe()));
    story.finish_running();
    story.tell(judge(mei(), Judgement::FalseAlarm));
    assert!(Case::of(story.state()).unwrap().rolled_back_unasked);
}

#[test]
fn an_opinion_is_heard_by_no_channel() {
    let mut story = raised();
    let events = story.tell(judge(mei(), Judgement::Real));
    let effects = crate::effects::effects(&events[0], 1, story.state());
    assert_eq!(effects, []);
}
