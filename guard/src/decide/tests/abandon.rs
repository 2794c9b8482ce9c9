//! A release that can go neither forward nor back is given up, and its lane is free.

use super::*;
use crate::duty::Duty;
use crate::ids::{Environment, ServiceName};
use crate::lane::{Lane, lane_events};

/// The lane as the events of the story have left it.
fn lane(story: &Story) -> Lane {
    let mut lane = Lane::empty(
        ServiceName::new("shop").unwrap(),
        Environment::new("prod").unwrap(),
    );
    let mut told = Vec::new();
    let taken = lane.take(&story.state().plan().deployment).unwrap();
    lane.push(&taken, 1, story.now);
    for record in &story.records {
        told.push(record.clone());
        let state = crate::state::State::fold(&told).unwrap().unwrap();
        for event in lane_events(&record.event, &state) {
            lane.push(&event, lane.revision() + 1, record.at);
        }
    }
    lane
}

fn command(by: Actor, command: Command) -> Happened {
    Happened::Commanded {
        by,
        duty: Duty::default(),
        command,
        reason: None,
    }
}

fn stale_from_the_start() -> Story {
    let mut story = Story::new();
    story.tell(Happened::DeployAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
    });
    story.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: vec![],
    });
    story.end_running(Outcome::Stale {
        why: "instance a is gone".into(),
    });
    story
}

#[test]
fn a_release_that_touched_nothing_offers_no_rollback_and_is_freed_by_abandon() {
    let mut story = stale_from_the_start();
    assert_eq!(
        story.state().open_approval().unwrap().approval.options,
        [Choice::Resume, Choice::Hold, Choice::Abandon]
    );
    assert!(lane(&story).holder().is_some());
    let press = answer(&story, mei(), Choice::Abandon);
    assert_eq!(
        names(&story.tell(press)),
        ["approval_answered", "abandoned"]
    );
    assert_eq!(story.state().status(), Status::Failed);
    assert_eq!(story.state().abandoned_by(), Some("mei"));
    assert!(story.state().watch_over());
    assert_eq!(lane(&story).holder(), None);
}

#[test]
fn a_bad_first_release_is_freed_by_abandon() {
    let mut story = Story::gray_of(Plan {
        from: None,
        from_known_good: false,
        ..plan(Autonomy::Rollback)
    });
    story.tell(degraded(severe()));
    story.tell(command(mei(), Command::Abandon));
    assert_eq!(lane(&story).holder(), None);
    assert!(story.state().open_approval().is_none());
}

#[test]
fn a_rollback_that_failed_can_be_given_up() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    story.end_running(Outcome::Failed {
        instance: None,
        error: "disk full".into(),
        restored: false,
    });
    assert_eq!(
        story.state().open_approval().unwrap().approval.options,
        [Choice::Rollback, Choice::Hold, Choice::Abandon]
    );
    let press = answer(&story, mei(), Choice::Abandon);
    story.tell(press);
    assert_eq!(lane(&story).holder(), None);
}

#[test]
fn what_runs_when_a_release_is_given_up_loses_its_authority_and_nothing_follows_from_its_end() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(command(mei(), Command::Promote));
    let action = story.state().running_action().unwrap().action.id.clone();
    story.tell(command(mei(), Command::Abandon));
    assert!(crate::authorise::authorise(story.state(), &action, story.now).is_err());
    assert_eq!(
        names(&story.end_running(Outcome::Stopped)),
        ["action_stopped"]
    );
}

#[test]
fn only_an_operator_abandons_and_only_what_holds_the_lane() {
    let mut story = stale_from_the_start();
    assert!(matches!(
        &story.tell(command(responder(), Command::Abandon))[..],
        [Event::Refused {
            refusal: Refusal::MissingRole { .. },
            ..
        }]
    ));
    story.tell(command(mei(), Command::Abandon));
    assert!(matches!(
        &story.tell(command(mei(), Command::Abandon))[..],
        [Event::Refused {
            refusal: Refusal::WrongState { .. },
            ..
        }]
    ));
}

#[test]
fn a_rollback_of_a_promoted_release_takes_the_lane_and_gives_it_back() {
    let mut story = promoted(Autonomy::Pause);
    assert_eq!(lane(&story).holder(), None);
    story.tell(command(mei(), Command::Rollback));
    assert!(lane(&story).holder().is_some());
    story.finish_running();
    assert_eq!(story.state().status(), Status::RolledBack);
    assert_eq!(lane(&story).holder(), None);
}

#[test]
fn a_rollback_of_a_promoted_release_that_fails_keeps_the_lane_until_people_decide() {
    let mut story = promoted(Autonomy::Pause);
    story.tell(command(mei(), Command::Rollback));
    let events = story.end_running(Outcome::Stale {
        why: "instance a is gone".into(),
    });
    assert_eq!(names(&events), ["action_stale", "paused", "approval_asked"]);
    assert_eq!(story.state().status(), Status::Paused);
    assert!(lane(&story).holder().is_some());
    let press = answer(&story, mei(), Choice::Abandon);
    assert!(matches!(
        &story.tell(press)[..],
        [Event::Refused {
            refusal: Refusal::NotAnOption { .. },
            ..
        }]
    ));
    story.tell(command(mei(), Command::Abandon));
    assert_eq!(lane(&story).holder(), None);
}

#[test]
fn a_superseded_release_is_not_rolled_back() {
    let mut story = promoted(Autonomy::Pause);
    let newer = crate::ids::DeploymentId::new("dep_2").unwrap();
    assert_eq!(
        names(&story.tell(Happened::Superseded { by: newer.clone() })),
        ["superseded"]
    );
    assert_eq!(story.tell(Happened::Superseded { by: newer }), []);
    assert!(matches!(
        &story.tell(command(mei(), Command::Rollback))[..],
        [Event::Refused {
            refusal: Refusal::WrongState { .. },
            ..
        }]
    ));
    assert_eq!(lane(&story).holder(), None);
}

#[test]
fn also_a_release_whose_watch_is_over_is_superseded() {
    let mut story = promoted(Autonomy::Pause);
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    assert!(story.state().watch_over());
    let by = crate::ids::DeploymentId::new("dep_2").unwrap();
    assert_eq!(
        names(&story.tell(Happened::Superseded { by })),
        ["superseded"]
    );
    assert_eq!(story.state().status(), Status::Promoted);
}
