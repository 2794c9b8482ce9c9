//! A deployment that waits for its lane.

use super::*;
use crate::duty::Duty;
use crate::effects::{Effect, effects};
use crate::ids::DeploymentId;
use crate::lane::{LaneEvent, lane_events};
use crate::queue::{Before, Behind, Ending, TurnLost};
use crate::state::State;
use crate::timer::timers;

fn behind(deployment: &str) -> Behind {
    Behind {
        deployment: DeploymentId::new(deployment).unwrap(),
        version: Version::new("v1").unwrap(),
    }
}

/// Behind `dep_0`, with a plan that knows little.
fn queued() -> Story {
    let mut known = plan(Autonomy::Rollback);
    known.from = None;
    let mut story = Story::new();
    story.tell(Happened::QueueAsked {
        plan: Box::new(known),
        by: mei(),
        behind: behind("dep_0"),
    });
    story
}

fn lost(ending: Ending) -> TurnLost {
    TurnLost {
        before: behind("dep_0"),
        ending,
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

fn leaves(state: &State, event: &Event) {
    let deployment = state.plan().deployment.clone();
    assert_eq!(
        lane_events(event, state),
        [LaneEvent::Left { deployment }],
        "it never had the lane"
    );
}

#[test]
fn it_waits_as_pending_and_holds_nothing() {
    let story = queued();
    let names: Vec<&str> = story.records.iter().map(|r| r.event.name()).collect();
    assert_eq!(names, ["deployment_requested", "queued"]);
    let state = story.state();
    assert_eq!(state.status(), Status::Pending);
    assert_eq!(state.queued_behind(), Some(&behind("dep_0")));
    assert!(!state.holds_lane() && state.can_be_given_up() && !state.watch_over());
}

#[test]
fn nothing_happens_to_it_but_what_people_say() {
    let mut story = queued();
    let nothing = [
        Happened::BaselineCaptured {
            history_s: 40.0,
            blind: vec![],
        },
        healthy(),
        degraded(severe()),
        bake(0),
        Happened::MetricsLost {
            source: "prometheus".into(),
            error: "timeout".into(),
        },
        Happened::Measured { signals: vec![] },
    ];
    for happened in nothing {
        assert_eq!(story.tell(happened.clone()), [], "{happened:?}");
    }
}

#[test]
fn what_would_move_or_stop_it_is_refused_with_what_it_waits_for() {
    for wanted in [
        Command::Pause,
        Command::Resume,
        Command::Hold,
        Command::Promote,
        Command::Rollback,
    ] {
        let events = queued().tell(command(wanted));
        let [Event::Refused { refusal, .. }] = &events[..] else {
            panic!("{wanted:?}: {events:?}");
        };
        assert_eq!(
            *refusal,
            Refusal::Waits {
                wanted: wanted.as_str().to_owned(),
                behind: behind("dep_0")
            }
        );
    }
}

#[test]
fn it_can_be_given_up_and_leaves_the_queue() {
    let mut story = queued();
    let events = story.tell(command(Command::Abandon));
    assert_eq!(names(&events), ["abandoned"]);
    let state = story.state();
    assert_eq!(state.status(), Status::Failed);
    assert!(state.never_began() && state.watch_over() && !state.is_queued());
    leaves(state, &events[0]);
    let plan = Box::new(plan(Autonomy::Rollback));
    assert_eq!(story.tell(Happened::TurnCame { plan }), [], "too late");
}

#[test]
fn at_its_turn_it_begins_with_the_plan_of_that_moment_and_only_once() {
    let mut story = queued();
    let mut now = plan(Autonomy::Rollback);
    now.from = Some(Version::new("v0").unwrap());
    let turn = Happened::TurnCame {
        plan: Box::new(now),
    };
    assert_eq!(names(&story.tell(turn.clone())), ["turn_came"]);
    let state = story.state();
    assert_eq!(state.plan().from, Some(Version::new("v0").unwrap()));
    assert!(state.holds_lane() && !state.is_queued());
    assert_eq!(story.tell(turn), []);
    let lost = Happened::TurnLost {
        because: lost(Ending::RolledBack),
    };
    assert_eq!(story.tell(lost), []);
    let begun = story.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: vec![],
    });
    assert_eq!(
        names(&begun),
        ["baseline_captured", "action_requested", "action_authorised"]
    );
    let abandoned = story.tell(command(Command::Abandon));
    assert!(!story.state().never_began());
    assert!(matches!(
        lane_events(&abandoned[0], story.state())[..],
        [LaneEvent::Released { .. }]
    ));
}

#[test]
fn the_turn_of_another_deployment_or_version_is_not_its_own() {
    let mut other = plan(Autonomy::Rollback);
    other.to = Version::new("v9").unwrap();
    let plan = Box::new(other);
    assert_eq!(queued().tell(Happened::TurnCame { plan }), []);
}

#[test]
fn it_says_once_who_is_before_it_now() {
    let mut story = queued();
    let moved = Happened::MovedUp {
        behind: behind("dep_9"),
    };
    assert_eq!(names(&story.tell(moved.clone())), ["queued"]);
    assert_eq!(story.state().queued_behind(), Some(&behind("dep_9")));
    assert_eq!(story.tell(moved), []);
}

#[test]
fn what_cannot_begin_fails_with_the_reason_and_people_are_told() {
    let mut story = queued();
    let error = "instances run different versions".to_owned();
    let events = story.tell(Happened::CannotBegin {
        error: error.clone(),
    });
    assert_eq!(
        events,
        [Event::Failed {
            error,
            turn_lost: None
        }]
    );
    assert!(story.state().never_began());
    leaves(story.state(), &events[0]);
    let told = effects(&events[0], 3, story.state());
    assert_eq!(
        told,
        [
            Effect::ShowParent,
            Effect::Reply { revision: 3 },
            Effect::Notice { revision: 3 }
        ]
    );
}

#[test]
fn behind_one_that_did_not_get_out_it_does_not_begin_and_says_why() {
    let mut story = queued();
    let because = lost(Ending::RolledBack);
    let events = story.tell(Happened::TurnLost {
        because: because.clone(),
    });
    assert_eq!(names(&events), ["failed"]);
    let state = story.state();
    assert_eq!(state.turn_lost(), Some(&because));
    let said = state.failure().unwrap();
    assert!(
        said.contains("dep_0 (v1)") && said.contains("was rolled back"),
        "{said}"
    );
    leaves(state, &events[0]);
    for event in &events {
        let changes = timers(event, story.now, state.plan());
        assert!(
            changes
                .iter()
                .all(|change| matches!(change, crate::timer::TimerChange::Cancel { .. }))
        );
    }
}

#[test]
fn only_after_one_that_is_out_everywhere_may_the_next_begin() {
    let out = promoted(Autonomy::Rollback);
    assert_eq!(Before::of(out.state()), Before::Out);
    let mut story = Story::gray(Autonomy::Rollback);
    assert_eq!(Before::of(story.state()), Before::UnderWay);
    let mut given_up = story.clone();
    given_up.tell(command(Command::Abandon));
    story.tell(degraded(severe()));
    assert_eq!(Before::of(story.state()), Before::UnderWay);
    story.finish_running();
    for (story, expected) in [(story, Ending::RolledBack), (given_up, Ending::Abandoned)] {
        let Before::NotOut(lost) = Before::of(story.state()) else {
            panic!("{expected:?}");
        };
        assert_eq!(lost.ending, expected);
        assert_eq!(lost.before, Behind::of(story.state()));
    }
    // Superseded afterwards, it is out all the same.
    let mut out = out;
    let by = DeploymentId::new("dep_2").unwrap();
    out.tell(Happened::Superseded { by });
    assert_eq!(Before::of(out.state()), Before::Out);
}
