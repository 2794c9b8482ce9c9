//! Who may show a deployment to others, and for how long.

use super::*;
use crate::ids::ShareId;
use crate::share::{MOST_OPEN, Standing};
use jiff::SignedDuration;

fn id(name: &str) -> ShareId {
    ShareId::new(name).unwrap()
}

fn asked(story: &Story, by: Actor, name: &str, hours: i64) -> Happened {
    Happened::ShareAsked {
        by,
        share: id(name),
        until: story.now + SignedDuration::from_hours(hours),
    }
}

fn refused(events: &[Event]) -> &Refusal {
    match events {
        [
            Event::Refused {
                wanted, refusal, ..
            },
        ] if wanted == "share" => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_opens_until_its_time_is_over_or_somebody_ends_it() {
    let mut story = Story::gray(Autonomy::Pause);
    let made = asked(&story, mei(), "one", 2);
    assert_eq!(names(&story.tell(made.clone())), ["share_made"]);
    assert_eq!(story.tell(made), [], "a name is used once");
    let other = asked(&story, responder(), "two", 2);
    story.tell(other);
    let opened = || Happened::ShareOpened { share: id("one") };
    assert_eq!(names(&story.tell(opened())), ["share_opened"]);
    assert_eq!(story.wait(1).tell(opened()), [], "the first time is told");
    let end = || Happened::ShareRevoked {
        by: mei(),
        share: id("two"),
    };
    assert_eq!(names(&story.tell(end())), ["share_revoked"]);
    assert_eq!(story.tell(end()), []);

    let state = story.state();
    let (one, two) = (
        state.share(&id("one")).unwrap(),
        state.share(&id("two")).unwrap(),
    );
    assert_eq!((one.by.as_str(), one.revoked.as_ref()), ("mei", None));
    assert_eq!(one.standing(story.now), Standing::Open);
    assert_eq!(one.standing(one.until), Standing::Expired);
    assert_eq!(two.standing(story.now), Standing::Revoked);
    assert_eq!(two.standing(two.until), Standing::Revoked);
}

#[test]
fn a_machine_and_who_has_no_role_share_nothing_and_end_nothing() {
    let mut story = Story::gray(Autonomy::Pause);
    let first = asked(&story, mei(), "one", 1);
    story.tell(first);
    let guest = Actor::Person {
        id: PersonId::new("guest").unwrap(),
        roles: vec![],
    };
    for by in [robot(), guest] {
        let ask = asked(&story, by.clone(), "mine", 1);
        let events = story.tell(ask);
        assert!(matches!(refused(&events), Refusal::MayNotShare { .. }));
        let share = id("one");
        let events = story.tell(Happened::ShareRevoked { by, share });
        assert!(matches!(refused(&events), Refusal::MayNotShare { .. }));
    }
    assert_eq!(story.state().shares().len(), 1);
    assert_eq!(
        story.state().shares()[0].standing(story.now),
        Standing::Open
    );
}

#[test]
fn there_are_so_many_open_links_at_a_time_and_none_that_never_opens() {
    let mut story = Story::gray(Autonomy::Pause);
    let over = asked(&story, mei(), "over", 0);
    assert_eq!(story.tell(over), []);
    for number in 0..MOST_OPEN {
        let ask = asked(&story, mei(), &format!("n{number}"), 1);
        assert_eq!(names(&story.tell(ask)), ["share_made"]);
    }
    let more = asked(&story, mei(), "more", 1);
    assert!(matches!(
        refused(&story.tell(more)),
        Refusal::TooManyShares { most: MOST_OPEN }
    ));
    let later = asked(story.wait(3600), mei(), "later", 1);
    assert_eq!(names(&story.tell(later)), ["share_made"]);
    let share = id("unknown");
    let events = story.tell(Happened::ShareRevoked { by: mei(), share });
    assert!(matches!(refused(&events), Refusal::UnknownShare { .. }));
}
