use crate::action::{ActionKind, Basis, Progress};
use crate::actor::{Actor, Role};
use crate::approval::{Approval, Choice, Question, Refusal, Standing};
use crate::duty::Duty;
use crate::event::Event;
use crate::finding::{Budget, Cured, Finding, Need};
use crate::ids::{ApprovalId, InstanceId, PersonId, SignalKey, Version};
use crate::input::{Command, Happened, Outcome};
use crate::plan::Plan;
use crate::policy::Autonomy;
use crate::state::{Cure, Status};
use crate::testing::{Story, assessment, finding, mei, names, plan};
use crate::timer::TimerName;
use crate::verdict::{Attribution, Comparison, Tier, Verdict};

mod abandon;
mod alerted;
mod answers;
mod any_story;
mod cure;
mod ending;
mod judged;
mod named;
mod promoted;
mod requested;
mod shares;
mod together;
mod verdict;
mod waiting;

fn severe() -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        ..finding()
    }
}

fn healthy() -> Happened {
    Happened::Assessed(assessment(Verdict::Healthy, vec![]))
}

fn degraded(finding: Finding) -> Happened {
    Happened::Assessed(assessment(Verdict::Degraded, vec![finding]))
}

fn bake(step: u32) -> Happened {
    Happened::TimerFired {
        timer: TimerName::Bake { step },
    }
}

fn answer(story: &Story, by: Actor, choice: Choice) -> Happened {
    let approval = story
        .state()
        .open_approval()
        .expect("no question is open")
        .approval
        .id
        .clone();
    Happened::Answered {
        approval,
        by,
        duty: Duty::default(),
        choice,
        reason: None,
    }
}

/// A healthy release that runs everywhere.
fn promoted(autonomy: Autonomy) -> Story {
    let mut story = Story::gray(autonomy);
    story.wait(1).tell(healthy());
    story.wait(30).tell(bake(0));
    story.wait(1).finish_running();
    story.wait(10).tell(bake(1));
    assert_eq!(story.state().status(), Status::Promoted);
    story
}

fn robot() -> Actor {
    Actor::Machine {
        id: PersonId::new("ci").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    }
}

fn responder() -> Actor {
    Actor::Person {
        id: PersonId::new("ana").unwrap(),
        roles: vec![Role::Responder],
    }
}

#[test]
fn a_healthy_release_goes_gray_then_batch_then_everywhere() {
    let mut story = Story::new();
    story.tell(Happened::DeployAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
    });
    assert_eq!(story.state().status(), Status::Pending);
    let begun = story.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: vec![],
    });
    assert_eq!(
        names(&begun),
        ["baseline_captured", "action_requested", "action_authorised"]
    );
    assert_eq!(
        names(&story.finish_running()),
        ["instance_changed", "action_executed", "step_finished"]
    );
    assert_eq!(names(&story.tell(healthy())), ["verdict_changed"]);
    assert_eq!(
        names(&story.wait(30).tell(bake(0))),
        ["action_requested", "action_authorised"]
    );
    story.finish_running();
    assert_eq!(names(&story.wait(10).tell(bake(1))), ["promoted"]);
    assert_eq!(story.state().status(), Status::Promoted);
    let ended = story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    assert_eq!(
        ended,
        [Event::BakeEnded {
            verdict: Verdict::Healthy,
            known_good: true
        }]
    );
    assert!(story.state().watch_over());
}

#[test]
fn a_severe_finding_rolls_back_without_asking() {
    let mut story = Story::gray(Autonomy::Rollback);
    let events = story.tell(degraded(severe()));
    assert_eq!(
        names(&events),
        [
            "finding_opened",
            "verdict_changed",
            "tier_raised",
            "action_requested",
            "action_authorised"
        ]
    );
    assert!(matches!(
        events.last(),
        Some(Event::ActionAuthorised {
            basis: Basis::Policy,
            ..
        })
    ));
    assert_eq!(
        names(&story.finish_running()),
        ["instance_changed", "action_executed", "rolled_back"]
    );
    assert_eq!(story.state().status(), Status::RolledBack);
    assert_eq!(story.state().highest_tier(), Tier::RollBack);
    assert_eq!(
        story.state().version_of(&InstanceId::new("a").unwrap()),
        Some(&Version::new("v1").unwrap())
    );
}

#[test]
fn a_rollback_touches_only_what_left_the_old_version() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    let action = &story.state().running_action().unwrap().action;
    assert_eq!(action.kind, ActionKind::RollBack);
    assert_eq!(action.instances, [InstanceId::new("a").unwrap()]);
}

#[test]
fn with_autonomy_pause_the_same_finding_pauses_and_asks() {
    let mut story = Story::gray(Autonomy::Pause);
    let events = story.tell(degraded(severe()));
    assert_eq!(
        names(&events),
        [
            "finding_opened",
            "verdict_changed",
            "tier_raised",
            "paused",
            "approval_asked"
        ]
    );
    assert_eq!(story.state().status(), Status::Paused);
    let question = &story.state().open_approval().unwrap().approval;
    assert_eq!(
        question.options,
        [Choice::Rollback, Choice::Resume, Choice::Hold]
    );
    assert!(story.state().running_action().is_none());
}

#[test]
fn with_autonomy_observe_nothing_is_done_but_what_would_have_been_is_said() {
    let mut story = Story::gray(Autonomy::Observe);
    let events = story.tell(degraded(severe()));
    assert_eq!(
        names(&events),
        ["finding_opened", "verdict_changed", "tier_raised"]
    );
    assert!(matches!(
        &events[2],
        Event::TierRaised {
            tier: Tier::Warn,
            deserved: Tier::RollBack,
            ..
        }
    ));
    assert_eq!(story.state().status(), Status::Progressing);
}

#[test]
fn the_same_statement_twice_says_nothing_twice() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    assert_eq!(story.wait(1).tell(degraded(severe())), []);
}

#[test]
fn a_grave_finding_pauses_at_once_and_is_asked_about_only_if_it_does_not_roll_back_soon() {
    let mut story = Story::gray(Autonomy::Rollback);
    let grave = Finding {
        severe: true,
        ..finding()
    };
    let events = story.tell(degraded(grave.clone()));
    assert_eq!(
        names(&events),
        ["finding_opened", "verdict_changed", "tier_raised", "paused"]
    );
    assert!(matches!(
        &events[3],
        Event::Paused {
            ask_at: Some(_),
            ..
        }
    ));
    let mut patient = Story::gray(Autonomy::Rollback);
    patient.tell(degraded(grave));
    let asked = patient.wait(30).tell(Happened::TimerFired {
        timer: TimerName::Ask,
    });
    assert_eq!(names(&asked), ["approval_asked"]);
    story.wait(2).tell(degraded(severe()));
    assert!(story.state().rolling_back());
    assert_eq!(
        story.wait(28).tell(Happened::TimerFired {
            timer: TimerName::Ask
        }),
        []
    );
    assert!(
        story.state().approvals().next().is_none(),
        "a question was asked in vain"
    );
}

#[test]
fn an_open_question_is_withdrawn_when_policy_rolls_back() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(finding()));
    assert_eq!(story.state().tier(), Tier::Pause);
    let events = story.wait(2).tell(degraded(severe()));
    assert_eq!(
        names(&events),
        [
            "finding_worsened",
            "tier_raised",
            "approval_withdrawn",
            "action_requested",
            "action_authorised"
        ]
    );
}

#[test]
fn a_late_or_repeated_timer_does_nothing() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(healthy());
    assert_eq!(story.wait(10).tell(bake(0)), [], "the bake is not over");
    story.wait(20).tell(bake(0));
    assert_eq!(story.tell(bake(0)), [], "the next step is under way");
}

#[test]
fn a_gray_instance_that_cannot_start_fails_the_deployment_and_nothing_else_changes() {
    let mut story = Story::new();
    story.tell(Happened::DeployAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
    });
    story.tell(Happened::BaselineCaptured {
        history_s: 0.0,
        blind: vec![],
    });
    let action = story.state().running_action().unwrap().action.id.clone();
    let outcome = Outcome::Failed {
        instance: None,
        error: "start command exited with 3".into(),
        restored: true,
    };
    assert_eq!(
        names(&story.tell(Happened::ActionEnded { action, outcome })),
        ["action_failed", "failed"]
    );
    assert_eq!(story.state().status(), Status::Failed);
    assert!(story.state().open_approval().is_none());
}

#[test]
fn a_stale_action_is_asked_again_and_never_fired_late() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    let action = story.state().running_action().unwrap().action.id.clone();
    let outcome = Outcome::Stale {
        why: "it had to run before 03:20".into(),
    };
    let events = story.tell(Happened::ActionEnded {
        action: action.clone(),
        outcome,
    });
    assert_eq!(names(&events), ["action_stale", "paused", "approval_asked"]);
    assert!(matches!(
        story.state().action(&action).unwrap().progress,
        Progress::Stale(_)
    ));
}

#[test]
fn an_outcome_counts_once() {
    let mut story = Story::gray(Autonomy::Rollback);
    let action = story.state().actions().next().unwrap().action.id.clone();
    assert_eq!(
        story.tell(Happened::ActionEnded {
            action: action.clone(),
            outcome: Outcome::Done
        }),
        []
    );
    let instance = InstanceId::new("a").unwrap();
    assert_eq!(story.tell(Happened::InstanceDone { action, instance }), []);
}

#[test]
fn without_an_earlier_version_people_are_asked_and_rollback_is_no_option() {
    let mut story = Story::gray_of(Plan {
        from: None,
        from_known_good: false,
        ..plan(Autonomy::Rollback)
    });
    story.tell(degraded(severe()));
    assert_eq!(
        story.state().open_approval().unwrap().approval.options,
        [Choice::Resume, Choice::Hold, Choice::Abandon]
    );
    let command = Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Rollback,
        reason: None,
    };
    assert!(matches!(
        &story.tell(command)[..],
        [Event::Refused {
            refusal: Refusal::NothingToGoBackTo,
            ..
        }]
    ));
}

#[test]
fn a_pause_by_a_person_stops_the_clock_until_they_resume() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(healthy());
    assert_eq!(
        names(&story.tell(Happened::Commanded {
            by: mei(),
            duty: Duty::default(),
            command: Command::Pause,
            reason: None
        })),
        ["paused"]
    );
    assert_eq!(story.wait(60).tell(bake(0)), []);
    let resumed = story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Resume,
        reason: None,
    });
    assert_eq!(names(&resumed), ["resumed", "bake_extended"]);
}

#[test]
fn promote_brings_the_new_version_to_the_rest_at_once() {
    let mut story = Story::gray(Autonomy::Rollback);
    let events = story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Promote,
        reason: None,
    });
    assert_eq!(names(&events), ["action_requested", "action_authorised"]);
    assert_eq!(
        story
            .state()
            .running_action()
            .unwrap()
            .action
            .instances
            .len(),
        2
    );
    assert_eq!(names(&story.finish_running()).last(), Some(&"promoted"));
}

#[test]
fn ids_are_opaque_different_and_the_same_for_the_same_input() {
    let run = || {
        let mut story = Story::gray(Autonomy::Pause);
        story.tell(degraded(severe()));
        story.state().open_approval().unwrap().approval.id.clone()
    };
    assert_eq!(run(), run());
    assert_eq!(run().as_str().len(), "apr_".len() + 32);
}
