use super::*;
use crate::actor::Role;
use crate::duty::OnCall;
use crate::ids::PersonId;
use crate::policy::Policy;

fn person(name: &str, roles: &[Role]) -> Actor {
    Actor::Person {
        id: PersonId::new(name).unwrap(),
        roles: roles.to_vec(),
    }
}

fn operator(name: &str) -> Actor {
    person(name, &[Role::Responder, Role::Operator])
}

fn others() -> OnCall {
    OnCall::Others {
        who: vec![PersonId::new("bo").unwrap()],
    }
}

fn unknown() -> OnCall {
    OnCall::Unknown {
        why: "no answer".into(),
    }
}

fn duty(on_call: OnCall) -> Duty {
    Duty {
        on_call,
        ..Duty::default()
    }
}

fn word(duty: &Duty, choice: Choice, by: &Actor) -> &'static str {
    match may(by, duty, choice) {
        Ok(()) => "may",
        Err(Refusal::MissingRole { .. }) => "role",
        Err(Refusal::NotOnCall { .. }) => "not on call",
        Err(Refusal::OnCallUnknown { .. }) => "unknown",
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_direction_of_the_risk_says_who_may() {
    let visitor = person("vi", &[]);
    let responder = person("re", &[Role::Responder]);
    let operator = operator("op");
    let theirs = Duty {
        author: true,
        ..duty(others())
    };
    let own = Duty {
        owner: true,
        ..duty(unknown())
    };
    // Who they are to it; hold, roll back, resume, promote.
    let table: [(&str, &Actor, Duty, [&str; 4]); 12] = [
        (
            "a visitor",
            &visitor,
            duty(OnCall::They),
            ["role", "role", "role", "role"],
        ),
        (
            "a visitor's change",
            &visitor,
            theirs.clone(),
            ["role", "not on call", "role", "role"],
        ),
        (
            "a responder",
            &responder,
            duty(OnCall::Anybody),
            ["may", "role", "role", "role"],
        ),
        (
            "a responder on call",
            &responder,
            duty(OnCall::They),
            ["may", "may", "role", "role"],
        ),
        (
            "a responder's change",
            &responder,
            theirs.clone(),
            ["may", "may", "role", "role"],
        ),
        (
            "a responder's service",
            &responder,
            own.clone(),
            ["may", "may", "role", "role"],
        ),
        ("an operator", &operator, duty(OnCall::Anybody), ["may"; 4]),
        (
            "an operator on call",
            &operator,
            duty(OnCall::They),
            ["may"; 4],
        ),
        (
            "another operator",
            &operator,
            duty(others()),
            ["may", "not on call", "not on call", "not on call"],
        ),
        (
            "an operator's change",
            &operator,
            theirs,
            ["may", "may", "not on call", "not on call"],
        ),
        (
            "an operator's service",
            &operator,
            own,
            ["may", "may", "unknown", "unknown"],
        ),
        (
            "nobody knows who is on call",
            &operator,
            duty(unknown()),
            ["may", "may", "unknown", "unknown"],
        ),
    ];
    for (who, by, duty, expected) in table {
        let choices = [
            Choice::Hold,
            Choice::Rollback,
            Choice::Resume,
            Choice::Promote,
        ];
        assert_eq!(
            choices.map(|choice| word(&duty, choice, by)),
            expected,
            "{who}"
        );
    }
}

fn weight(by: &str, duty: &Duty, choice: Choice, policy: &Policy, backings: &[Backing]) -> String {
    let circumstances = Circumstances {
        policy,
        paused: true,
        backings,
    };
    match weigh(&operator(by), duty, choice, &circumstances) {
        Ok(Weight::Enough { with }) => format!("decides with {with:?}"),
        Ok(Weight::Backs { more }) => format!("{more} more"),
        Err(refusal) => refusal.to_string(),
    }
}

fn backing(by: &str, author: bool) -> Backing {
    Backing {
        by: by.into(),
        choice: Choice::Resume,
        author,
        at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn an_author_does_not_resume_alone_and_somebody_else_does() {
    let policy = Policy::default();
    let author = Duty {
        author: true,
        ..Duty::default()
    };
    let nobody = Duty::default();
    let says = |by, duty, backings: &[Backing]| weight(by, duty, Choice::Resume, &policy, backings);
    assert_eq!(says("ann", &author, &[]), "1 more");
    assert_eq!(says("bo", &nobody, &[]), "decides with []");
    let ann = [backing("ann", true)];
    assert_eq!(says("bo", &nobody, &ann), r#"decides with ["ann"]"#);
    assert_eq!(
        says("cy", &author, &ann),
        "1 more",
        "another author is none who looks at it anew"
    );
    assert!(says("ann", &author, &ann).contains("another person has to agree"));
    let alone = Duty {
        alone: true,
        ..author.clone()
    };
    assert_eq!(
        says("ann", &alone, &[]),
        "decides with []",
        "nobody else could agree"
    );
    let trusted = Policy {
        author_may_resume: true,
        ..Policy::default()
    };
    assert_eq!(
        weight("ann", &author, Choice::Resume, &trusted, &[]),
        "decides with []"
    );
    for safe in [Choice::Rollback, Choice::Hold] {
        assert_eq!(
            weight("ann", &author, safe, &policy, &[]),
            "decides with []"
        );
    }
}

#[test]
fn two_distinct_people_promote_where_two_are_asked_for() {
    let policy = Policy {
        promote_by: 2,
        resume_by: 3,
        ..Policy::default()
    };
    let duty = Duty::default();
    let promote = |by, backings: &[Backing]| weight(by, &duty, Choice::Promote, &policy, backings);
    assert_eq!(promote("ann", &[]), "1 more");
    let for_promotion = Backing {
        choice: Choice::Promote,
        ..backing("ann", false)
    };
    assert_eq!(
        promote("bo", std::slice::from_ref(&for_promotion)),
        r#"decides with ["ann"]"#
    );
    assert!(promote("ann", &[for_promotion]).contains("already for `promote`"));
    assert_eq!(
        promote("bo", &[backing("ann", false)]),
        "1 more",
        "she was for something else"
    );
    assert_eq!(
        weight(
            "bo",
            &duty,
            Choice::Resume,
            &policy,
            &[backing("ann", false)]
        ),
        "1 more"
    );
    assert_eq!(
        weight("bo", &duty, Choice::Abandon, &policy, &[]),
        "decides with []"
    );
    let machine = Actor::Machine {
        id: PersonId::new("ci").unwrap(),
        roles: vec![Role::Operator],
    };
    let circumstances = Circumstances {
        policy: &policy,
        paused: false,
        backings: &[],
    };
    assert!(matches!(
        weigh(&machine, &duty, Choice::Promote, &circumstances),
        Err(Refusal::NotAPerson { .. })
    ));
}
