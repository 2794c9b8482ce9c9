//! What is said of a drawing while it hurts, and when it is over.

use crate::measured::measured;
use crate::stories::cured_story;
use crate::story::{Story, context};
use guard::approval::Choice;
use messages::Locale;
use messages::chart::{Chart, signals};

/// The course of errors, long enough for everything that was done to be within it.
fn errors(story: &Story) -> Chart {
    let mut errors = measured("errors");
    errors.measure.course.values = [Some(0.001)].repeat(200);
    let drawn = signals(story.state(), Some(&[errors]), &context(Locale::En));
    drawn.into_iter().next().unwrap()
}

#[test]
fn a_drawing_says_what_is_now_and_after_a_cure_also_what_was_found() {
    let hurts = errors(&Story::paused()).alt;
    assert!(hurts.contains("0.2 % before, 31 % now."), "{hurts}");
    let cured = errors(&cured_story()).alt;
    let wanted = "0.2 % before, 31 % when it was found, 0.1 % now.";
    assert!(cured.contains(wanted), "{cured}");
}

#[test]
fn drawings_beside_each_other_have_one_axis() {
    let (mut early, mut late) = (measured("errors"), measured("latency"));
    early.measure.past.values = [Some(0.001)].repeat(60);
    late.measure.course.values = [Some(0.1)].repeat(90);
    let story = Story::paused();
    let drawn = signals(story.state(), Some(&[early, late]), &context(Locale::En));
    let spans: Vec<_> = drawn.iter().map(|chart| chart.span).collect();
    assert_eq!(spans, [Some((-297.5, 447.5)); 2]);
}

#[test]
fn whoever_answers_to_go_back_and_the_going_back_are_one_mark() {
    let marks = |story: &Story| -> Vec<String> {
        let marks = errors(story).marks;
        marks.into_iter().map(|mark| mark.words).collect()
    };
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Rollback);
    story.wait(3).finish_running();
    assert_eq!(marks(&story), ["asked", "Roll back", "old version is back"]);
    assert_eq!(marks(&cured_story()), ["rollback", "old version is back"]);
}
