//! A client of models asks: people decide, with the buttons that policy makes, and nothing else follows from it.

use super::*;
use crate::approval::Standing;
use crate::ids::{ActionId, PersonId};
use crate::request::Request;

pub(super) fn asks(id: &str, choice: Choice) -> Happened {
    Happened::Requested {
        request: Request {
            id: ActionId::new(id).unwrap(),
            client: "ide".to_owned(),
            person: Some(PersonId::new("mei").unwrap()),
            choice,
            reason: Some("errors".to_owned()),
        },
    }
}

fn takes_back(id: &str, client: &str) -> Happened {
    Happened::RequestTakenBack {
        request: ActionId::new(id).unwrap(),
        client: client.to_owned(),
    }
}

#[test]
fn a_request_becomes_a_question_and_only_a_persons_answer_pauses() {
    let mut story = Story::gray(Autonomy::Pause);
    let said = story.wait(1).tell(asks("req_1", Choice::Pause));
    let [
        Event::ApprovalAsked { approval },
        Event::RequestMade { approval: by, .. },
    ] = &said[..]
    else {
        panic!("{said:?}");
    };
    assert_eq!(*by, approval.id);
    assert_eq!(approval.options.first(), Some(&Choice::Pause));
    assert_eq!(story.state().status(), Status::Progressing);
    let machine = Actor::Machine {
        id: PersonId::new("ide").unwrap(),
        roles: vec![Role::Responder, Role::Operator],
    };
    let said = story.tell(Happened::Answered {
        approval: approval.id.clone(),
        by: machine,
        duty: Duty::default(),
        choice: Choice::Pause,
        reason: None,
    });
    assert!(matches!(&said[..], [Event::Refused { .. }]), "{said:?}");
    let said = story.tell(Happened::Answered {
        approval: approval.id.clone(),
        by: mei(),
        duty: Duty::default(),
        choice: Choice::Pause,
        reason: None,
    });
    assert!(
        said.iter()
            .any(|event| matches!(event, Event::Paused { .. })),
        "{said:?}"
    );
    assert_eq!(story.state().status(), Status::Paused);
}

#[test]
fn the_same_request_is_made_once_and_joins_a_question_that_is_open() {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(1).tell(degraded(finding()));
    let open = story.state().open_approval().unwrap().approval.clone();
    let said = story.tell(asks("req_1", Choice::Rollback));
    assert!(
        matches!(&said[..], [Event::RequestMade { approval, .. }] if *approval == open.id),
        "{said:?}"
    );
    assert!(story.tell(asks("req_2", Choice::Rollback)).is_empty());
    let said = story.tell(takes_back("req_1", "ide"));
    assert!(
        matches!(&said[..], [Event::RequestTakenBack { .. }]),
        "{said:?}"
    );
    assert_eq!(story.state().open_approval().unwrap().approval, open);
}

#[test]
fn only_the_client_that_asked_takes_its_request_back_and_the_question_with_it() {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(1).tell(asks("req_1", Choice::Pause));
    assert!(story.tell(takes_back("req_1", "another")).is_empty());
    let said = story.tell(takes_back("req_1", "ide"));
    assert!(
        matches!(
            &said[..],
            [
                Event::ApprovalWithdrawn { .. },
                Event::RequestTakenBack { .. }
            ]
        ),
        "{said:?}"
    );
    assert!(story.tell(takes_back("req_1", "ide")).is_empty());
    assert!(story.state().open_approval().is_none());
}

#[test]
fn what_cannot_be_done_is_refused_and_what_is_done_meanwhile_is_asked_no_more() {
    let mut story = Story::gray(Autonomy::Pause);
    let said = story.wait(1).tell(asks("req_1", Choice::Resume));
    assert!(
        matches!(&said[..], [Event::Refused { by, .. }] if by == "ide"),
        "{said:?}"
    );
    story.tell(asks("req_2", Choice::Pause));
    let id = story.state().open_approval().unwrap().approval.id.clone();
    story.tell(Happened::Commanded {
        by: mei(),
        duty: Duty::default(),
        command: Command::Pause,
        reason: None,
    });
    let standing = &story.state().approval(&id).unwrap().standing;
    assert!(
        matches!(standing, Standing::Withdrawn { .. }),
        "{standing:?}"
    );
}
