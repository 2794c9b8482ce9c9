//! What people answer, and what comes of it.

use super::*;
use crate::duty::Duty;

#[test]
fn an_answered_rollback_rolls_back_and_the_cure_is_proven() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let press = answer(&story, mei(), Choice::Rollback);
    let events = story.tell(press);
    assert_eq!(
        names(&events),
        ["approval_answered", "action_requested", "action_authorised"]
    );
    story.finish_running();
    let cured = Cured {
        signal: SignalKey::new("errors").unwrap(),
        current: 0.002,
        effect: 0.0,
        interval: (-0.001, 0.002),
        unit: "ratio".into(),
        evidence: None,
    };
    assert_eq!(
        names(&story.tell(Happened::Cured {
            signals: vec![cured]
        })),
        ["cure_confirmed"]
    );
    assert!(matches!(story.state().cure(), Cure::Confirmed { .. }));
    let late = Happened::TimerFired {
        timer: TimerName::Cure {
            action: story.state().actions().last().unwrap().action.id.clone(),
        },
    };
    assert_eq!(story.tell(late), []);
}

#[test]
fn a_cure_that_does_not_show_reopens_the_incident() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(degraded(severe()));
    let action = story.state().running_action().unwrap().action.id.clone();
    story.finish_running();
    assert_eq!(
        names(&story.wait(300).tell(Happened::TimerFired {
            timer: TimerName::Cure { action }
        })),
        ["cure_failed"]
    );
}

#[test]
fn a_resume_accepts_what_was_found_and_watches_the_step_again() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let press = answer(&story, mei(), Choice::Resume);
    assert_eq!(
        names(&story.wait(5).tell(press)),
        ["approval_answered", "resumed", "bake_extended"]
    );
    assert_eq!(story.state().status(), Status::Progressing);
    assert_eq!(
        story.wait(1).tell(degraded(severe())),
        [],
        "an accepted finding pauses again"
    );
    let other = Finding {
        signal: SignalKey::new("latency").unwrap(),
        ..severe()
    };
    let again = story.wait(1).tell(Happened::Assessed(assessment(
        Verdict::Degraded,
        vec![severe(), other],
    )));
    assert_eq!(
        names(&again),
        ["finding_opened", "tier_raised", "paused", "approval_asked"]
    );
}

#[test]
fn a_hold_keeps_the_pause_and_a_command_still_works_afterwards() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let press = answer(&story, responder(), Choice::Hold);
    assert_eq!(names(&story.tell(press)), ["approval_answered"]);
    assert_eq!(story.state().status(), Status::Paused);
    let command = Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Rollback,
        reason: None,
    };
    assert_eq!(
        names(&story.tell(command)),
        ["action_requested", "action_authorised"]
    );
}

#[test]
fn nobody_answers_and_the_pause_stays() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let approval = story.state().open_approval().unwrap().approval.id.clone();
    assert_eq!(
        names(&story.wait(900).tell(Happened::TimerFired {
            timer: TimerName::Reminder {
                approval: approval.clone()
            }
        })),
        ["approval_reminded"]
    );
    assert_eq!(
        names(&story.wait(900).tell(Happened::TimerFired {
            timer: TimerName::Approval {
                approval: approval.clone()
            }
        })),
        ["approval_expired"]
    );
    assert_eq!(story.state().status(), Status::Paused);
    let late = Happened::Answered {
        approval,
        by: mei(),
        duty: Duty::default(),
        choice: Choice::Rollback,
        reason: None,
    };
    assert!(matches!(
        &story.tell(late)[..],
        [Event::Refused {
            refusal: Refusal::Expired { .. },
            ..
        }]
    ));
}

#[test]
fn the_second_answer_is_told_who_was_faster() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let first = answer(&story, mei(), Choice::Hold);
    let second = answer(&story, mei(), Choice::Rollback);
    story.tell(first);
    assert!(matches!(
        &story.tell(second)[..],
        [Event::Refused {
            refusal: Refusal::AlreadyAnswered {
                choice: Choice::Hold,
                ..
            },
            ..
        }]
    ));
    assert!(story.state().running_action().is_none());
}

#[test]
fn a_machine_cannot_answer_neither_by_button_nor_by_command() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let press = answer(&story, robot(), Choice::Resume);
    let command = Happened::Commanded {
        by: robot(),
        duty: Duty::default(),
        command: Command::Resume,
        reason: None,
    };
    for attempt in [press, command] {
        assert!(matches!(
            &story.tell(attempt)[..],
            [Event::Refused {
                refusal: Refusal::NotAPerson { .. },
                ..
            }]
        ));
    }
    assert_eq!(
        story.state().open_approval().unwrap().standing,
        Standing::Open
    );
}

#[test]
fn a_responder_may_hold_but_not_resume() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(degraded(severe()));
    let press = answer(&story, responder(), Choice::Resume);
    assert!(matches!(
        &story.tell(press)[..],
        [Event::Refused {
            refusal: Refusal::MissingRole { .. },
            ..
        }]
    ));
}

#[test]
fn an_unknown_question_is_refused() {
    let mut story = Story::gray(Autonomy::Pause);
    let approval = ApprovalId::new("apr_forged").unwrap();
    let press = Happened::Answered {
        approval,
        by: mei(),
        duty: Duty::default(),
        choice: Choice::Rollback,
        reason: None,
    };
    assert!(matches!(
        &story.tell(press)[..],
        [Event::Refused {
            refusal: Refusal::UnknownApproval { .. },
            ..
        }]
    ));
}
