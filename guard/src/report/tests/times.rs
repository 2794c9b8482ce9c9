//! What is counted of times and answers.

use super::*;

#[test]
fn times_are_told_apart_and_add_up() {
    let times = report(&rolled_back()).times;
    let all = [
        times.to_detect_s,
        times.to_decide_s,
        times.to_roll_back_s,
        times.to_prove_s,
    ];
    let sum: f64 = all.iter().flatten().sum();
    assert_eq!(all.iter().flatten().count(), 4, "{times:?}");
    assert!(
        (times.to_recover_s.unwrap() - sum).abs() < 1e-6,
        "{times:?}"
    );
    assert_eq!(times.decided_by_people, Some(false));
}

#[test]
fn a_question_that_nobody_answers_is_a_gap_and_a_suggestion() {
    let mut story = Story::gray(Autonomy::Pause);
    found(&mut story, vec![severe()]);
    assert_eq!(report(&story).outcome, Outcome::Waiting);
    let approval = story.state().open_approval().unwrap().approval.id.clone();
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::Approval { approval },
    });
    let told = report(&story);
    assert_eq!(told.outcome, Outcome::Expired);
    let gaps: Vec<_> = told
        .gaps
        .iter()
        .map(|gap| (&gap.missing, gap.to.is_some()))
        .collect();
    assert_eq!(
        gaps,
        [(&Missing::Answer, true), (&Missing::Decision, false)]
    );
    assert!((told.gaps[0].seconds - 1800.0).abs() < 1e-6);
    let nobody = Suggestion::NobodyAnswered { seconds: 1800.0 };
    assert!(told.suggestions.contains(&nobody), "{:?}", told.suggestions);
    assert!(told.suggestions.contains(&Suggestion::LetRollBack));
    // Somebody decides hours later.
    story.wait(3600).tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: crate::input::Command::Rollback,
        reason: None,
    });
    story.wait(3).finish_running();
    let told = report(&story);
    assert_eq!(told.times.decided_by_people, Some(true));
    assert!(told.times.to_decide_s.unwrap() > 5000.0);
    assert!(told.gaps[1].to.is_some());
    let slow = |s: &Suggestion| matches!(s, Suggestion::SlowToDecide { .. });
    assert!(told.suggestions.iter().any(slow));
}

#[test]
fn an_answer_to_hold_is_an_outcome_of_its_own_and_no_decision() {
    let mut story = Story::gray(Autonomy::Pause);
    found(&mut story, vec![severe()]);
    story.wait(20).answer(Choice::Hold);
    let told = report(&story);
    assert_eq!(told.outcome, Outcome::Held);
    assert_eq!(told.times.to_decide_s, None);
    assert!(!told.finished);
}
