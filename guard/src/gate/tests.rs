use super::{Gate, Outcome, Passes, Until, gate};
use crate::approval::Choice;
use crate::duty::Duty;
use crate::finding::{Budget, Finding};
use crate::input::{Command, Happened, Outcome as Ended};
use crate::policy::{Autonomy, Policy, WhenUnsure};
use crate::testing::{Story, assessment, finding, mei, plan};
use crate::timer::TimerName;
use crate::verdict::Verdict;

fn said(story: &Story) -> Gate {
    gate(&story.records, story.state(), Until::Promoted)
}

fn baked(story: &Story) -> Gate {
    gate(&story.records, story.state(), Until::Baked)
}

fn of(decided: bool, outcome: Outcome, passes: Passes) -> Gate {
    Gate {
        decided,
        outcome,
        passes,
    }
}

fn assessed(verdict: Verdict, findings: Vec<Finding>) -> Happened {
    Happened::Assessed(assessment(verdict, findings))
}

fn timer(timer: TimerName) -> Happened {
    Happened::TimerFired { timer }
}

fn answer(story: &Story, choice: Choice) -> Happened {
    let open = story.state().open_approval().expect("nobody is asked");
    Happened::Answered {
        approval: open.approval.id.clone(),
        by: mei(),
        duty: Duty::default(),
        choice,
        reason: None,
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

fn warning() -> Finding {
    Finding {
        budget: Budget::Warn,
        ..finding()
    }
}

/// The gray instance and the others, judged so all the way.
fn out_with(verdict: Verdict, findings: &[Finding], when_unsure: WhenUnsure) -> Story {
    let mut plan = plan(Autonomy::Rollback);
    plan.policy = Policy {
        when_unsure,
        ..plan.policy
    };
    let mut story = Story::gray_of(plan);
    story.wait(1).tell(assessed(verdict, findings.to_vec()));
    story.wait(30).tell(timer(TimerName::Bake { step: 0 }));
    story.wait(1).finish_running();
    story.wait(10).tell(timer(TimerName::Bake { step: 1 }));
    story
}

#[test]
fn the_first_healthy_glance_decides_nothing_and_being_out_everywhere_does() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(1).tell(assessed(Verdict::Healthy, vec![]));
    assert_eq!(
        said(&story),
        of(false, Outcome::UnderWay, Passes::Unsure),
        "one instance, one look"
    );
    story.wait(30).tell(timer(TimerName::Bake { step: 0 }));
    story.wait(1).finish_running();
    assert!(!said(&story).decided, "everywhere, and not watched yet");
    story.wait(10).tell(timer(TimerName::Bake { step: 1 }));
    assert_eq!(said(&story), of(true, Outcome::Healthy, Passes::Yes));
    assert!(!baked(&story).decided);
    story.wait(1800).tell(timer(TimerName::FinalBake));
    assert_eq!(baked(&story), of(true, Outcome::Healthy, Passes::Yes));
}

#[test]
fn a_rollback_is_a_no_from_its_first_moment_and_decided_when_it_is_done() {
    let severe = Finding {
        budget: Budget::RollBack,
        severe: true,
        ..finding()
    };
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(assessed(Verdict::Degraded, vec![severe]));
    assert_eq!(said(&story), of(false, Outcome::RollingBack, Passes::No));
    story.finish_running();
    assert_eq!(said(&story), of(true, Outcome::RolledBack, Passes::No));
}

#[test]
fn an_open_question_decides_nothing_and_its_answer_or_its_end_does() {
    let mut story = Story::gray(Autonomy::Pause);
    story.tell(assessed(Verdict::Degraded, vec![finding()]));
    assert_eq!(said(&story), of(false, Outcome::Asking, Passes::No));

    let mut held = story.clone();
    let hold = answer(&held, Choice::Hold);
    held.tell(hold);
    assert_eq!(said(&held), of(true, Outcome::Held, Passes::No));
    // What was answered before is not about the next pause.
    held.tell(command(Command::Resume));
    assert_eq!(said(&held).outcome, Outcome::UnderWay);
    held.tell(command(Command::Pause));
    assert_eq!(said(&held), of(false, Outcome::UnderWay, Passes::Unsure));

    let mut expired = story.clone();
    let open = expired.state().open_approval().unwrap();
    let approval = open.approval.id.clone();
    expired
        .wait(1800)
        .tell(timer(TimerName::Approval { approval }));
    assert_eq!(said(&expired), of(true, Outcome::Expired, Passes::No));

    let resume = answer(&story, Choice::Resume);
    story.tell(resume);
    story.wait(30).tell(timer(TimerName::Bake { step: 0 }));
    story.finish_running();
    story.wait(10).tell(timer(TimerName::Bake { step: 1 }));
    assert_eq!(
        said(&story),
        of(true, Outcome::Accepted, Passes::Yes),
        "{:?}",
        story.state().verdict()
    );
}

#[test]
fn out_with_a_warning_that_nobody_accepted_is_a_no_and_by_a_persons_hand_a_yes() {
    let story = out_with(Verdict::Degraded, &[warning()], WhenUnsure::Hold);
    assert_eq!(said(&story), of(true, Outcome::Degraded, Passes::No));

    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(assessed(Verdict::Degraded, vec![warning()]));
    story.wait(1).tell(command(Command::Promote));
    assert_eq!(said(&story), of(false, Outcome::UnderWay, Passes::Unsure));
    story.finish_running();
    assert_eq!(said(&story), of(true, Outcome::Accepted, Passes::Yes));
    // What comes afterwards nobody has accepted.
    let other = Finding {
        signal: crate::ids::SignalKey::new("latency").unwrap(),
        ..warning()
    };
    let both = vec![warning(), other];
    story.wait(1).tell(assessed(Verdict::Degraded, both));
    assert_eq!(said(&story), of(true, Outcome::Degraded, Passes::No));
}

#[test]
fn out_without_certainty_waits_for_it_and_is_neither_yes_nor_no() {
    let mut story = out_with(Verdict::Inconclusive, &[], WhenUnsure::Promote);
    assert_eq!(
        said(&story),
        of(false, Outcome::Inconclusive, Passes::Unsure)
    );
    let mut sure = story.clone();
    sure.wait(1).tell(assessed(Verdict::Healthy, vec![]));
    assert_eq!(said(&sure), of(true, Outcome::Healthy, Passes::Yes));
    story.wait(1800).tell(timer(TimerName::FinalBake));
    assert_eq!(
        said(&story),
        of(true, Outcome::Inconclusive, Passes::Unsure)
    );
}

#[test]
fn held_for_want_of_certainty_is_no_no_and_a_persons_word_is_a_yes() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(1).tell(assessed(Verdict::Inconclusive, vec![]));
    story.wait(30).tell(timer(TimerName::Bake { step: 0 }));
    assert_eq!(said(&story), of(false, Outcome::Asking, Passes::Unsure));
    let mut held = story.clone();
    let hold = answer(&held, Choice::Hold);
    held.tell(hold);
    assert_eq!(said(&held), of(true, Outcome::Held, Passes::Unsure));
    let resume = answer(&story, Choice::Resume);
    story.tell(resume);
    story.finish_running();
    story.wait(10).tell(timer(TimerName::Bake { step: 1 }));
    assert_eq!(said(&story), of(true, Outcome::Accepted, Passes::Yes));
}

#[test]
fn what_never_got_out_is_a_no() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.tell(command(Command::Abandon));
    assert_eq!(said(&story), of(true, Outcome::Abandoned, Passes::No));

    let mut story = Story::new();
    story.tell(Happened::DeployAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
    });
    assert_eq!(said(&story), of(false, Outcome::UnderWay, Passes::Unsure));
    story.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: vec![],
    });
    story.end_running(Ended::Failed {
        instance: None,
        error: "no such package".to_owned(),
        restored: true,
    });
    assert_eq!(said(&story), of(true, Outcome::Failed, Passes::No));

    let mut story = out_with(Verdict::Healthy, &[], WhenUnsure::Hold);
    story.tell(Happened::Superseded {
        by: crate::ids::DeploymentId::new("dep_2").unwrap(),
    });
    assert_eq!(
        baked(&story),
        of(true, Outcome::Healthy, Passes::Yes),
        "it was out, and the newer one is another gate's"
    );
}

#[test]
fn where_tawny_only_watches_what_it_would_have_paused_for_closes_the_gate_at_once() {
    let mut story = Story::gray(Autonomy::Observe);
    story.tell(assessed(Verdict::Degraded, vec![warning()]));
    assert_eq!(
        said(&story),
        of(false, Outcome::UnderWay, Passes::No),
        "a warning may yet go away"
    );
    story
        .wait(5)
        .tell(assessed(Verdict::Degraded, vec![finding()]));
    assert_eq!(said(&story), of(true, Outcome::Degraded, Passes::No));
    story.wait(5).tell(assessed(Verdict::Healthy, vec![]));
    assert!(!said(&story).decided, "it came back by itself");
}

#[test]
fn what_was_there_before_does_not_close_the_gate() {
    let older = Finding {
        circumstances: vec![crate::finding::Circumstance::Older {
            since: crate::testing::start(),
            level: 0.3,
        }],
        ..finding()
    };
    let story = out_with(
        Verdict::Degraded,
        std::slice::from_ref(&older),
        WhenUnsure::Hold,
    );
    assert_eq!(said(&story), of(true, Outcome::Unblamed, Passes::Yes));
    let other = Finding {
        signal: crate::ids::SignalKey::new("latency").unwrap(),
        ..warning()
    };
    let story = out_with(Verdict::Degraded, &[older, other], WhenUnsure::Hold);
    assert_eq!(said(&story), of(true, Outcome::Degraded, Passes::No));
}
