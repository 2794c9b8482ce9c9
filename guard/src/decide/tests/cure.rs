//! After a rollback: what is waited for, and for how long.

use super::*;
use crate::duty::Duty;

fn cured() -> Happened {
    Happened::Cured {
        signals: vec![Cured {
            signal: SignalKey::new("errors").unwrap(),
            current: 0.002,
            effect: 0.0,
            interval: (-0.001, 0.002),
            unit: "ratio".into(),
            evidence: None,
        }],
    }
}

fn due(story: &Story) -> Happened {
    let mut back = story
        .state()
        .actions()
        .filter(|record| record.action.kind == ActionKind::RollBack);
    let action = back.next().unwrap().action.id.clone();
    Happened::TimerFired {
        timer: TimerName::Cure { action },
    }
}

fn command(command: Command) -> Happened {
    Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command,
        reason: None,
    }
}

#[test]
fn a_late_cure_still_counts() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    story.finish_running();
    let late = due(&story);
    assert_eq!(names(&story.wait(300).tell(late)), ["cure_failed"]);
    assert!(story.state().cure_sought_since().is_some());
    assert_eq!(names(&story.wait(60).tell(cured())), ["cure_confirmed"]);
    assert!(story.state().watch_over());
}

#[test]
fn a_cure_that_never_comes_is_not_looked_for_for_ever() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    story.finish_running();
    let late = due(&story);
    let failed = story.wait(300).tell(late.clone());
    let [
        Event::CureFailed {
            watch_until: Some(until),
            ..
        },
    ] = &failed[..]
    else {
        panic!("{failed:?}")
    };
    assert_eq!(until.duration_since(story.now).as_secs(), 3600);
    assert_eq!(
        names(&story.wait(3600).tell(late.clone())),
        ["cure_given_up"]
    );
    assert!(story.state().watch_over());
    assert_eq!(story.tell(late), []);
    assert_eq!(story.tell(cured()), []);
}

#[test]
fn a_rollback_after_the_watch_is_watched_for_its_cure() {
    let mut story = promoted(Autonomy::Pause);
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    assert!(story.state().watch_over());
    story.tell(command(Command::Rollback));
    story.finish_running();
    assert!(!story.state().watch_over(), "nobody looks for the cure");
    assert_eq!(
        names(&story.tell(Happened::Cured { signals: vec![] })),
        ["cure_confirmed"]
    );
    let late = due(&story);
    assert_eq!(story.wait(300).tell(late), []);
}

#[test]
fn the_end_of_the_final_bake_does_not_end_the_watch_during_a_rollback() {
    let mut story = promoted(Autonomy::Pause);
    story.wait(1799).tell(command(Command::Rollback));
    assert_eq!(
        story.wait(1).tell(Happened::TimerFired {
            timer: TimerName::FinalBake
        }),
        []
    );
    assert!(!story.state().watch_over());
}
