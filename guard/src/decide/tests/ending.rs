//! Actions that end otherwise than hoped.

use super::*;
use crate::duty::Duty;

fn failed(restored: bool) -> Outcome {
    Outcome::Failed {
        instance: Some(InstanceId::new("a").unwrap()),
        error: "no space left on device".into(),
        restored,
    }
}

fn begun() -> Story {
    let mut story = Story::new();
    story.tell(Happened::DeployAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
    });
    story.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: vec![],
    });
    story
}

#[test]
fn a_gray_instance_that_was_not_put_back_is_not_said_to_run_what_it_ran_before() {
    let mut story = begun();
    assert_eq!(
        names(&story.end_running(failed(false))),
        ["action_failed", "paused", "approval_asked"]
    );
    assert_eq!(
        story.state().open_approval().unwrap().approval.options,
        [Choice::Rollback, Choice::Resume, Choice::Hold]
    );
    let press = answer(&story, mei(), Choice::Rollback);
    story.tell(press);
    assert_eq!(
        story.state().running_action().unwrap().action.instances,
        [InstanceId::new("a").unwrap()]
    );
}

#[test]
fn a_second_try_that_is_put_back_ends_the_release() {
    let mut story = begun();
    story.end_running(failed(false));
    let press = answer(&story, mei(), Choice::Resume);
    story.tell(press);
    assert_eq!(
        names(&story.end_running(failed(true))),
        ["action_failed", "failed"]
    );
}

#[test]
fn an_outcome_written_before_it_said_so_counts_as_not_put_back() {
    let old = r#"{"outcome":"failed","instance":null,"error":"e"}"#;
    let read: Outcome = serde_json::from_str(old).unwrap();
    assert!(matches!(
        read,
        Outcome::Failed {
            restored: false,
            ..
        }
    ));
}

#[test]
fn a_step_that_fails_during_a_rollback_asks_nothing() {
    for outcome in [
        failed(false),
        Outcome::Stale {
            why: "instance b is gone".into(),
        },
    ] {
        let mut story = Story::gray(Autonomy::Rollback);
        story.tell(healthy());
        story.wait(30).tell(bake(0));
        let step = story.state().running_action().unwrap().action.id.clone();
        story.tell(degraded(severe()));
        assert!(story.state().rolling_back());
        let events = story.tell(Happened::ActionEnded {
            action: step,
            outcome,
        });
        assert_eq!(events.len(), 1, "{events:?}");
        assert!(story.state().open_approval().is_none());
    }
}

#[test]
fn a_promotion_that_ends_during_a_rollback_promotes_nothing() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Promote,
        reason: None,
    });
    let promotion = story.state().running_action().unwrap().action.clone();
    story.tell(degraded(severe()));
    let events = story.tell(Happened::ActionEnded {
        action: promotion.id,
        outcome: Outcome::Done,
    });
    assert_eq!(
        names(&events),
        ["instance_changed", "instance_changed", "action_executed"]
    );
    assert_eq!(story.state().status(), Status::Progressing);
    assert!(story.state().rolling_back());
}

#[test]
fn a_question_left_open_by_an_older_build_is_withdrawn_when_the_rollback_is_done() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    let approval = Approval {
        id: ApprovalId::new("apr_old").unwrap(),
        question: Question::Degraded,
        options: vec![Choice::Hold],
        expires_at: story.now,
        step: 0,
    };
    story.write(Event::ApprovalAsked { approval });
    let events = story.finish_running();
    assert!(names(&events).contains(&"approval_withdrawn"), "{events:?}");
    assert!(story.state().open_approval().is_none());
}

#[test]
fn an_answer_for_another_step_is_refused() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let approval = Approval {
        id: ApprovalId::new("apr_other").unwrap(),
        question: Question::Degraded,
        options: vec![Choice::Resume, Choice::Hold],
        expires_at: crate::timer::after(story.now, 60.0),
        step: 1,
    };
    let id = approval.id.clone();
    story.write(Event::ApprovalAsked { approval });
    let press = Happened::Answered {
        approval: id,
        by: mei(),
        duty: Duty::default(),
        choice: Choice::Resume,
        reason: None,
    };
    assert!(matches!(
        &story.tell(press)[..],
        [Event::Refused {
            refusal: Refusal::OtherStep { asked: 2, now: 1 },
            ..
        }]
    ));
}

#[test]
fn a_resume_that_comes_before_the_stop_was_noticed_is_not_lost() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(healthy());
    story.wait(30).tell(bake(0));
    for command in [Command::Pause, Command::Resume] {
        story.tell(Happened::Commanded {
            by: mei(),
            duty: Duty::default(),
            command,
            reason: None,
        });
    }
    assert_eq!(
        names(&story.end_running(Outcome::Stopped)),
        ["action_stopped", "action_requested", "action_authorised"]
    );
}

#[test]
fn a_promotion_that_was_stopped_and_resumed_goes_on_as_paced() {
    let mut story = Story::gray(Autonomy::Rollback);
    for command in [Command::Promote, Command::Pause, Command::Resume] {
        story.tell(Happened::Commanded {
            by: mei(),
            duty: Duty::default(),
            command,
            reason: None,
        });
    }
    assert_eq!(
        names(&story.end_running(Outcome::Stopped)),
        ["action_stopped", "bake_extended"]
    );
}

#[test]
fn what_a_stale_action_had_changed_before_is_rolled_back_too() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Promote,
        reason: None,
    });
    let action = story.state().running_action().unwrap().action.clone();
    story.tell(Happened::InstanceDone {
        action: action.id.clone(),
        instance: action.instances[0].clone(),
    });
    story.end_running(Outcome::Stale {
        why: "instance c runs v9".into(),
    });
    let press = answer(&story, mei(), Choice::Rollback);
    story.tell(press);
    let back = &story.state().running_action().unwrap().action.instances;
    assert!(back.contains(&action.instances[0]), "{back:?}");
}

#[test]
fn a_release_half_rolled_back_is_promoted_only_when_it_runs_everywhere_again() {
    let mut story = promoted(Autonomy::Pause);
    story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Rollback,
        reason: None,
    });
    let back = story.state().running_action().unwrap().action.clone();
    story.tell(Happened::InstanceDone {
        action: back.id,
        instance: InstanceId::new("a").unwrap(),
    });
    story.wait(1).end_running(failed(false));
    story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Resume,
        reason: None,
    });
    assert_eq!(
        story.state().running_action().unwrap().action.kind,
        ActionKind::Advance { step: 0 }
    );
    story.wait(1).finish_running();
    story.tell(healthy());
    assert_eq!(names(&story.wait(30).tell(bake(0))), ["promoted"]);
}
