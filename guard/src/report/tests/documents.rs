//! The documents as a whole.

use super::*;

#[test]
fn the_same_events_give_the_same_document_and_times_have_milliseconds() {
    let story = rolled_back();
    let document = |story: &Story| serde_json::to_value(report(story)).unwrap();
    assert_eq!(document(&story), document(&story));
    let told = document(&story);
    assert_eq!(told["outcome"], "rolled_back");
    assert_eq!(told["tier"], 3);
    assert_eq!(told["findings"][0]["scope"], "group");
    assert_eq!(told["incident"]["standing"], "cured");
    assert_eq!(told["incident"]["moments"][1]["what"], "escalated");
    let at = told["requested_at"].as_str().unwrap();
    assert!(at.ends_with(".000Z"), "{at}");
}

#[test]
fn a_postmortem_says_what_went_well_where_time_was_lost_and_what_is_known_of_the_cause() {
    let told = Postmortem::of(&report(&rolled_back())).unwrap();
    assert!(told.closed);
    let has = |wanted: fn(&Well) -> bool| told.went_well.iter().any(wanted);
    assert!(has(|well| matches!(well, Well::FoundInTime { .. })));
    assert!(has(|well| matches!(well, Well::OverInTime { .. })));
    assert!(has(|well| matches!(
        well,
        Well::Contained {
            instances: 1,
            of: 3
        }
    )));
    assert!(has(|well| *well == Well::RolledBackAlone));
    assert!(has(|well| *well == Well::CureProven));
    let cause = told.cause.unwrap();
    assert_eq!(
        (cause.attribution, cause.to.as_str()),
        (Attribution::Change, "v2")
    );
    let most = told.time_lost.first().unwrap();
    assert_eq!(most.part, Part::Prove, "{:?}", told.time_lost);
    let shares: f64 = told.time_lost.iter().map(|lost| lost.share).sum();
    assert!(shares <= 1.0 + 1e-9);
}

#[test]
fn of_a_release_that_hurt_nobody_there_is_no_postmortem() {
    let told = report(&promoted(plan(Autonomy::Rollback)));
    assert!(Postmortem::of(&told).is_none());
}

#[test]
fn of_nothing_there_is_no_report() {
    assert!(Report::of(&[]).unwrap().is_none());
    assert!(Report::beside(&[], &[]).unwrap().is_none());
}
