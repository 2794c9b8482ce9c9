//! What events are made of, with the same foreign text wherever it can stand.

use crate::story::{errors, start};
use guard::action::{Action, ActionKind, Precondition};
use guard::alert::{Alert, AlertKey, AlertSeverity};
use guard::approval::{Approval, Choice, Question};
use guard::cause::{Accused, Cause, Unseen};
use guard::event::{Event, PauseReason};
use guard::finding::Finding;
use guard::fix::{Fix, FixKind, How, Opened};
use guard::ids::{
    ActionId, ApprovalId, DeploymentId, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use guard::queue::Behind;
use guard::request::Request;
use guard::signatures::{Change, Level, Signature};
use guard::suspects::{self, Elsewhere, Reason, Supports};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn action_id() -> ActionId {
    ActionId::new("act_1").unwrap()
}

pub(crate) fn approval_id() -> ApprovalId {
    ApprovalId::new("apr_1").unwrap()
}

pub(crate) fn action(kind: ActionKind) -> Action {
    Action {
        id: action_id(),
        kind,
        instances: vec![InstanceId::new("shop-1").unwrap()],
        version: Version::new("v2").unwrap(),
        precondition: Precondition {
            versions: BTreeMap::new(),
        },
        not_after: start(),
    }
}

pub(crate) fn finding(text: &str) -> Finding {
    Finding {
        query: text.to_owned(),
        unit: text.to_owned(),
        ..errors()
    }
}

pub(crate) fn approval(question: Question) -> Approval {
    Approval {
        id: approval_id(),
        question,
        options: vec![
            Choice::Rollback,
            Choice::Resume,
            Choice::Hold,
            Choice::Promote,
            Choice::Abandon,
        ],
        expires_at: start(),
        step: 0,
    }
}

pub(crate) fn behind() -> Behind {
    Behind {
        deployment: DeploymentId::new("dep_0").unwrap(),
        version: Version::new("v1").unwrap(),
    }
}

pub(crate) fn paused(reason: PauseReason) -> Event {
    Event::Paused {
        reason,
        ask_at: None,
    }
}

pub(crate) fn alert(text: &str, severity: AlertSeverity) -> Alert {
    Alert {
        key: AlertKey {
            source: text.to_owned(),
            fingerprint: text.to_owned(),
            starts_at: start(),
        },
        name: text.to_owned(),
        severity,
        service: ServiceName::new("shop").unwrap(),
        environment: None,
        summary: Some(text.to_owned()),
    }
}

pub(crate) fn cause(text: &str) -> Cause {
    Cause {
        verdict: suspects::Verdict::Change,
        probability: 0.93,
        suspects: vec![Accused {
            id: text.to_owned(),
            title: text.to_owned(),
            author: text.to_owned(),
            merged_at: Some(start()),
            probability: 0.91,
            reasons: vec![Reason::Inert],
            hunks: Vec::new(),
            url: Some(text.to_owned()),
        }],
        elsewhere: vec![Elsewhere::Traffic],
        supports: vec![
            Supports::After {
                onset: start(),
                changed: start(),
            },
            Supports::ControlsStayed { count: 1 },
            Supports::DependenciesStayed { count: 2 },
            Supports::TrafficDoesNot,
            Supports::OtherDaysDoNot,
        ],
        order: vec![text.to_owned()],
        changes: 12,
        missing: BTreeMap::from([
            (Unseen::Commits, 1),
            (Unseen::Files, 2),
            (Unseen::Patches, 3),
            (Unseen::Logs, 1),
            (Unseen::Requests, 4),
        ]),
        signals: BTreeSet::from([SignalKey::new("errors").unwrap()]),
        signatures: [Change::New, Change::MoreFrequent]
            .map(|change| Signature {
                change,
                level: Level::Error,
                template: text.to_owned(),
                origin: Some(text.to_owned()),
                sample: text.to_owned(),
                before: 1,
                after: 60,
                before_per_minute: 0.1,
                after_per_minute: 30.0,
                places: vec![text.to_owned()],
            })
            .into(),
    }
}

pub(crate) fn fix(text: &str) -> Fix {
    Fix {
        id: action_id(),
        kind: FixKind::Revert,
        suspect: "6dcb09b5b57875f334f61aebed695e2e4193db5e".to_owned(),
        title: text.to_owned(),
        not_after: start(),
    }
}

pub(crate) fn opened(how: How) -> Event {
    Event::FixOpened {
        fix: action_id(),
        opened: Opened {
            number: 12,
            url: "https://code.example/acme/shop/pull/12".to_owned(),
            branch: "tawny/revert-6dcb09b-dep_1".to_owned(),
            into: "main".to_owned(),
            how,
        },
    }
}

pub(crate) fn request(text: &str) -> Request {
    Request {
        id: ActionId::new("req_1").unwrap(),
        client: text.to_owned(),
        person: Some(PersonId::new("mei").unwrap()),
        choice: Choice::Pause,
        reason: Some(text.to_owned()),
    }
}
