//! Who may ask for a fix, of what, and that it is opened once.

use super::*;
use crate::actor::{Actor, Role};
use crate::approval::Refusal;
use crate::authorise::NotAuthorised;
use crate::duty::{Duty, OnCall};
use crate::effects::{Effect, effects};
use crate::event::Event;
use crate::ids::{ActionId, PersonId};
use crate::input::Happened;
use crate::policy::Autonomy;
use crate::testing::{Story, assessment, finding, mei, plan};
use crate::verdict::Verdict as Overall;
use std::collections::{BTreeMap, BTreeSet};

/// What came with the deployment, the most suspect first.
const COMMITS: [&str; 4] = ["aaaaaaa111", "bbbbbbb222", "ccccccc333", "ddddddd444"];

fn suspected(id: &str) -> Accused {
    Accused {
        id: id.to_owned(),
        title: "Raise errors".to_owned(),
        author: "Ann <ann@example.com>".to_owned(),
        merged_at: None,
        probability: 0.8,
        reasons: Vec::new(),
        hunks: Vec::new(),
        url: None,
    }
}

fn cause(verdict: Verdict) -> Cause {
    Cause {
        verdict,
        probability: 0.8,
        suspects: vec![suspected("aaaaaaa111"), suspected("bbbbbbb222")],
        elsewhere: Vec::new(),
        supports: Vec::new(),
        order: COMMITS.map(str::to_owned).into(),
        changes: COMMITS.len(),
        missing: BTreeMap::new(),
        signals: BTreeSet::from([finding().signal]),
        signatures: Vec::new(),
    }
}

fn hurting(verdict: Verdict) -> Story {
    let mut plan = plan(Autonomy::Pause);
    plan.policy.fixes = Offered {
        revert: true,
        hotfix: false,
    };
    let mut story = Story::gray_of(plan);
    story.wait(1).tell(Happened::Assessed(assessment(
        Overall::Degraded,
        vec![finding()],
    )));
    story.tell(Happened::Ranked(Box::new(cause(verdict))));
    story
}

fn asks(by: Actor, suspect: Option<&str>) -> Happened {
    Happened::FixAsked {
        by,
        duty: Duty::default(),
        kind: FixKind::Revert,
        able: true,
        suspect: suspect.map(str::to_owned),
        reason: None,
    }
}

fn refused(story: &mut Story, said: Happened) -> Refusal {
    match &story.tell(said)[..] {
        [Event::Refused { refusal, .. }] => refusal.clone(),
        other => panic!("{other:?}"),
    }
}

fn opened() -> Opened {
    Opened {
        number: 12,
        url: "https://code.example/acme/shop/pull/12".to_owned(),
        branch: "tawny/revert-aaaaaaa-dep_1".to_owned(),
        into: "main".to_owned(),
        how: How::Reverted {
            files: 1,
            merged: 0,
        },
    }
}

fn person(role: Role) -> Actor {
    Actor::Person {
        id: PersonId::new("bo").unwrap(),
        roles: vec![role],
    }
}

#[test]
fn operators_may_ask_for_a_fix_and_responders_whose_service_duty_or_change_it_is_and_no_machine() {
    let nothing = Duty::default();
    assert_eq!(may(&person(Role::Operator), &nothing), Ok(()));
    assert!(may(&person(Role::Responder), &nothing).is_err());
    for duty in [
        Duty {
            owner: true,
            ..Duty::default()
        },
        Duty {
            author: true,
            ..Duty::default()
        },
        Duty {
            on_call: OnCall::They,
            ..Duty::default()
        },
    ] {
        assert_eq!(may(&person(Role::Responder), &duty), Ok(()), "{duty:?}");
    }
    let machine = Actor::Machine {
        id: PersonId::new("ci").unwrap(),
        roles: vec![Role::Operator],
    };
    let mut story = hurting(Verdict::Change);
    assert!(matches!(
        refused(&mut story, asks(machine, None)),
        Refusal::NotAPerson { .. }
    ));
}

#[test]
fn a_fix_is_asked_for_once_and_opened_on_the_word_of_who_asked() {
    let mut story = hurting(Verdict::Change);
    assert_eq!(
        story.state().offers(FixKind::Revert).unwrap().id,
        "aaaaaaa111"
    );
    assert!(story.state().offers(FixKind::Hotfix).is_none());
    let events = story.tell(asks(mei(), None));
    let [Event::FixRequested { fix, by, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((by.as_str(), fix.suspect.as_str()), ("mei", "aaaaaaa111"));
    assert_eq!(fix.title, "Raise errors");
    let asked = effects(&events[0], 9, story.state());
    assert_eq!(
        asked,
        [Effect::OpenFix {
            fix: fix.id.clone()
        }]
    );
    assert!(story.state().offers(FixKind::Revert).is_none(), "once");
    assert!(matches!(
        refused(&mut story, asks(mei(), Some("AAAAAAA"))),
        Refusal::FixUnderWay { .. }
    ));
    let authority = authorise(story.state(), &fix.id, story.now).unwrap();
    assert_eq!((authority.by(), authority.fix()), ("mei", fix));
    let late = fix.not_after + jiff::SignedDuration::from_secs(1);
    assert!(matches!(
        authorise(story.state(), &fix.id, late),
        Err(NotAuthorised::TooLate { .. })
    ));
    let end = |outcome| Happened::FixEnded {
        fix: fix.id.clone(),
        outcome,
    };
    let outcome = FixOutcome::Opened { opened: opened() };
    let said = story.tell(end(outcome.clone()));
    assert!(matches!(&said[..], [Event::FixOpened { .. }]));
    assert!(story.tell(end(outcome)).is_empty(), "known already");
    assert!(matches!(
        authorise(story.state(), &fix.id, story.now),
        Err(NotAuthorised::Ended(_))
    ));
    assert!(matches!(
        refused(&mut story, asks(mei(), None)),
        Refusal::FixOpened { url, .. } if url.ends_with("/12")
    ));
    // Another commit is another matter.
    assert!(matches!(
        &story.tell(asks(mei(), Some("bbbbbbb")))[..],
        [Event::FixRequested { .. }]
    ));
}

#[test]
fn what_could_not_be_made_can_be_asked_for_again_and_is_offered_again() {
    let mut story = hurting(Verdict::Change);
    let events = story.tell(asks(mei(), None));
    let [Event::FixRequested { fix, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    let trouble = FixTrouble::Conflict {
        paths: vec!["app/errors.py".to_owned()],
    };
    story.tell(Happened::FixEnded {
        fix: fix.id.clone(),
        outcome: FixOutcome::Failed { trouble },
    });
    assert!(story.state().offers(FixKind::Revert).is_some());
    let again = story.wait(5).tell(asks(mei(), None));
    assert!(matches!(&again[..], [Event::FixRequested { fix: other, .. }] if other.id != fix.id));
}

#[test]
fn a_fix_is_offered_only_where_a_change_of_this_deployment_is_blamed() {
    let mut innocent = hurting(Verdict::NotThisDeployment);
    assert!(innocent.state().offers(FixKind::Revert).is_none());
    assert_eq!(
        refused(&mut innocent, asks(mei(), None)),
        Refusal::NothingToFix
    );
    // Whoever names a commit of it knows better.
    assert!(matches!(
        &innocent.tell(asks(mei(), Some("aaaaaaa")))[..],
        [Event::FixRequested { .. }]
    ));
    assert!(matches!(
        refused(&mut innocent, asks(mei(), Some("0123456"))),
        Refusal::UnknownChange { .. }
    ));
    let mut quiet = Story::gray(Autonomy::Pause);
    assert_eq!(
        refused(&mut quiet, asks(mei(), None)),
        Refusal::ChangesUnknown
    );
}

#[test]
fn where_nobody_may_write_code_it_is_refused_and_that_is_on_record() {
    let mut story = hurting(Verdict::Change);
    let mut said = asks(mei(), None);
    if let Happened::FixAsked { able, .. } = &mut said {
        *able = false;
    }
    let kind = FixKind::Revert;
    assert_eq!(refused(&mut story, said), Refusal::NoFixAccount { kind });
}

fn suggests(id: &str, client: &str, suspect: Option<&str>) -> Happened {
    Happened::FixSuggested {
        suggestion: Suggestion {
            id: ActionId::new(id).unwrap(),
            client: client.to_owned(),
            person: None,
            kind: FixKind::Revert,
            suspect: suspect.map(str::to_owned),
            reason: Some("errors".to_owned()),
        },
    }
}

#[test]
fn what_a_client_suggests_is_said_once_and_opens_nothing_until_somebody_who_may_asks_for_it() {
    let mut story = hurting(Verdict::Change);
    let said = story.tell(suggests("req_1", "ide", None));
    let [Event::FixSuggested { suspect, title, .. }] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(
        (suspect.as_str(), title.as_str()),
        ("aaaaaaa111", "Raise errors")
    );
    let revision = 9;
    assert_eq!(
        effects(&said[0], revision, story.state()),
        [Effect::Reply { revision }]
    );
    // However it is named, and whoever carried it twice.
    for (id, suspect) in [("req_1", None), ("req_2", None), ("req_3", Some("AAAAAAA"))] {
        assert!(story.tell(suggests(id, "ide", suspect)).is_empty(), "{id}");
    }
    assert_eq!(story.state().fixes().count(), 0);
    let id = ActionId::new("req_1").unwrap();
    assert_eq!(
        authorise(story.state(), &id, story.now).unwrap_err(),
        NotAuthorised::Unknown(id.clone())
    );
    let by = person(Role::Responder);
    let said = story.tell(asks(by, None));
    assert!(matches!(&said[..], [Event::Refused { .. }]), "{said:?}");
    assert!(story.state().suggestion(&id).unwrap().is_open(story.now));
    let said = story.tell(asks(mei(), None));
    let [Event::FixRequested { fix, .. }] = &said[..] else {
        panic!("{said:?}");
    };
    let standing = &story.state().suggestion(&id).unwrap().standing;
    let taken = SuggestionStanding::Taken {
        by: "mei".to_owned(),
        fix: fix.id.clone(),
    };
    assert_eq!(*standing, taken);
    assert!(matches!(
        refused(&mut story, suggests("req_4", "ide", None)),
        Refusal::FixUnderWay { .. }
    ));
}

#[test]
fn a_suggestion_is_taken_back_by_its_client_alone_and_is_over_after_its_time() {
    let back = |client: &str| Happened::RequestTakenBack {
        request: ActionId::new("req_1").unwrap(),
        client: client.to_owned(),
    };
    let mut story = hurting(Verdict::Change);
    story.tell(suggests("req_1", "ide", None));
    assert!(story.tell(back("another")).is_empty());
    let said = story.tell(back("ide"));
    assert!(
        matches!(&said[..], [Event::RequestTakenBack { .. }]),
        "{said:?}"
    );
    assert!(story.tell(back("ide")).is_empty());
    let said = story.tell(suggests("req_5", "ide", None));
    let [Event::FixSuggested { until, .. }] = &said[..] else {
        panic!("{said:?}");
    };
    let id = ActionId::new("req_5").unwrap();
    assert!(!story.state().suggestion(&id).unwrap().is_open(*until));
}

#[test]
fn a_client_can_suggest_only_what_could_be_opened_and_no_more_than_people_can_look_at() {
    let mut story = hurting(Verdict::Change);
    let mut hotfix = suggests("req_0", "ide", None);
    if let Happened::FixSuggested { suggestion } = &mut hotfix {
        suggestion.kind = FixKind::Hotfix;
    }
    let kind = FixKind::Hotfix;
    assert_eq!(refused(&mut story, hotfix), Refusal::NoFixAccount { kind });
    assert!(matches!(
        refused(&mut story, suggests("req_1", "ide", Some("0123456"))),
        Refusal::UnknownChange { .. }
    ));
    for (place, commit) in COMMITS.iter().enumerate().take(3) {
        let said = story.tell(suggests(&format!("req_1{place}"), "ide", Some(commit)));
        assert!(
            matches!(&said[..], [Event::FixSuggested { .. }]),
            "{said:?}"
        );
    }
    assert_eq!(
        refused(&mut story, suggests("req_20", "ide", Some(COMMITS[3]))),
        Refusal::SuggestsEnough { most: 3 }
    );
    let said = story.tell(suggests("req_21", "another", Some(COMMITS[3])));
    assert!(
        matches!(&said[..], [Event::FixSuggested { .. }]),
        "{said:?}"
    );
}
