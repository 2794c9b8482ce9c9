//! What runs everywhere and is watched on.

use super::*;
use crate::duty::Duty;

fn final_bake() -> Happened {
    Happened::TimerFired {
        timer: TimerName::FinalBake,
    }
}

#[test]
fn accepting_what_was_found_after_promotion_is_granted_and_ends_the_alarm() {
    let mut story = promoted(Autonomy::Pause);
    story.tell(degraded(severe()));
    assert_eq!(
        story.state().open_approval().unwrap().approval.options,
        [Choice::Rollback, Choice::Resume, Choice::Hold]
    );
    let press = answer(&story, mei(), Choice::Resume);
    assert_eq!(names(&story.tell(press)), ["approval_answered", "resumed"]);
    assert_eq!(story.state().status(), Status::Promoted);
    assert!(story.state().findings().all(|record| record.accepted));
    assert_eq!(story.wait(1).tell(degraded(severe())), []);
}

#[test]
fn where_nothing_was_found_there_is_nothing_to_accept() {
    let mut story = promoted(Autonomy::Pause);
    assert!(matches!(
        &story.tell(Happened::Commanded {
            by: mei(),
            duty: Duty::default(),
            command: Command::Resume,
            reason: None
        })[..],
        [Event::Refused { .. }]
    ));
}

#[test]
fn a_question_that_is_open_outlives_the_end_of_the_final_bake() {
    let mut story = promoted(Autonomy::Pause);
    story.wait(1740).tell(degraded(severe()));
    let expires = story.state().open_approval().unwrap().approval.expires_at;
    let events = story.wait(60).tell(final_bake());
    let [
        Event::BakeExtended {
            whole: true,
            bake_until,
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert!(*bake_until >= expires);
    assert!(story.state().open_approval().is_some());
    assert!(!story.state().watch_over());
    assert_eq!(story.tell(final_bake()), [], "the old timer is late");
}

#[test]
fn what_nobody_answers_is_watched_some_time_longer_and_not_for_ever() {
    let mut story = promoted(Autonomy::Pause);
    story.wait(1740).tell(degraded(severe()));
    let approval = story.state().open_approval().unwrap().approval.id.clone();
    let mut fired = Vec::new();
    for _ in 0..10 {
        story.wait(1800);
        let timer = TimerName::Approval {
            approval: approval.clone(),
        };
        story.tell(Happened::TimerFired { timer });
        fired.extend(story.tell(final_bake()));
        if story.state().watch_over() {
            break;
        }
    }
    assert!(
        matches!(
            fired.last(),
            Some(Event::BakeEnded {
                verdict: Verdict::Degraded,
                known_good: false
            })
        ),
        "{fired:?}"
    );
    assert!(fired.len() <= 4, "{fired:?}");
}
