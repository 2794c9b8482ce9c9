//! What events are made of, with the same foreign text wherever it can stand.

use crate::story::{errors, start};
use guard::action::{Action, ActionKind, Precondition};
use guard::alert::{Alert, AlertKey, AlertSeverity};
use guard::approval::{Approval, Choice, Question};
use guard::cause::{Accused, Cause, Unseen};
use guard::event::{Event, PauseReason};
use guard::finding::Finding;
use guard::fix::{Fix, FixKind, How, Opened, Suggestion};
use guard::ids::{
    ActionId, ApprovalId, DeploymentId, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use guard::queue::Behind;
use guard::request::Request;
use guard::root_cause::{
    Abnormal, Advice, Author, Cite, CiteKind, Conclusion, Confidence, Ended, Injection, Money,
    Origin, Recommendation, RootCauseReport, Short, Spent, Spot, Standing, Stated, Weighed,
};
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

pub(crate) fn suggestion(text: &str) -> Suggestion {
    Suggestion {
        id: ActionId::new("req_2").unwrap(),
        client: text.to_owned(),
        person: Some(PersonId::new("mei").unwrap()),
        kind: FixKind::Hotfix,
        suspect: None,
        reason: Some(text.to_owned()),
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

pub(crate) fn root_cause(text: &str) -> RootCauseReport {
    let stated = |kind: CiteKind| Stated {
        text: text.to_owned(),
        cites: vec![Cite {
            kind,
            id: text.to_owned(),
            path: Some(text.to_owned()),
            line: Some(7),
            value: Some(0.31),
            quote: Some(text.to_owned()),
        }],
        standing: Standing::Supported,
    };
    let guess = Stated {
        text: text.to_owned(),
        cites: Vec::new(),
        standing: Standing::Hypothesis,
    };
    let suspect = Conclusion::Suspect {
        id: text.to_owned(),
    };
    RootCauseReport {
        summary: text.to_owned(),
        impact: vec![stated(CiteKind::Evidence); 3],
        queries: vec![Abnormal {
            promql: text.to_owned(),
            value: 0.31,
            unit: Some("ratio".to_owned()),
            evidence: text.to_owned(),
        }],
        conclusion: suspect.clone(),
        mechanism: text.to_owned(),
        place: Some(Spot {
            path: text.to_owned(),
            line: Some(7),
        }),
        evidence_for: vec![stated(CiteKind::Hunk), stated(CiteKind::Log), guess.clone()],
        evidence_against: vec![guess.clone()],
        hypotheses: [suspect, Conclusion::None, Conclusion::Unknown]
            .map(|conclusion| Weighed {
                conclusion,
                because: text.to_owned(),
                refuted_by: Some(stated(CiteKind::Commit)),
            })
            .into(),
        ruled_out: vec![guess.clone()],
        contributing: vec![guess.clone()],
        time_lost: vec![guess],
        recommendation: Recommendation {
            action: Advice::RollBack,
            because: text.to_owned(),
            risk: text.to_owned(),
        },
        solution: text.to_owned(),
        action_items: vec![text.to_owned()],
        checked: 12,
        cut: 2,
        confidence: Confidence::Medium,
        written_by: Author::Model {
            name: text.to_owned(),
        },
        addressed: vec![Injection {
            from: Origin::Request,
            id: text.to_owned(),
        }],
        spent: Some(Spent {
            model: text.to_owned(),
            endpoint: text.to_owned(),
            calls: 4,
            steps: 6,
            tokens_in: 20_000,
            tokens_cached: 9_000,
            tokens_out: 1_200,
            cost: Some(Money {
                amount: 0.04,
                currency: text.to_owned(),
            }),
            seconds: 21.5,
            over: None,
        }),
        ended: Ended::Partial {
            why: Short::Deadline,
        },
    }
}
