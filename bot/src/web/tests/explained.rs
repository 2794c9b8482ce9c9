//! What a model found out, held against the record, on the page.

use super::story::start;
use super::world::{PAUSED, World};
use crate::root_cause::check::{Found, checked};
use engine::investigate::Inquiry;
use engine::ledger;
use guard::cause::Cause;
use guard::ids::{DeploymentId, SignalKey};
use guard::input::Happened;
use guard::root_cause::{
    Abnormal, Advice, Author, Cite, Claim, Conclusion, Draft, Ended, Injection, Origin,
    Recommendation, RootCauseReport, Short, Spent,
};
use guard::state::State;
use guard::suspects::Verdict;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const GUILTY: &str = "4f1c2d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";
const QUERY: &str = "sum(rate(http_requests_total{code=\"503\"}[1m]))";

fn ranked() -> Happened {
    Happened::Ranked(Box::new(Cause {
        verdict: Verdict::Change,
        probability: 0.9,
        suspects: Vec::new(),
        elsewhere: Vec::new(),
        supports: Vec::new(),
        order: vec![GUILTY.to_owned()],
        changes: 1,
        missing: BTreeMap::new(),
        signals: BTreeSet::from([SignalKey::new("errors").unwrap()]),
        signatures: Vec::new(),
    }))
}

fn claim(text: &str, evidence: &str) -> Claim {
    Claim {
        text: text.to_owned(),
        cites: vec![Cite {
            id: evidence.to_owned(),
            ..Cite::default()
        }],
    }
}

/// Half of what it says is so.
fn draft(evidence: &str) -> Draft {
    Draft {
        summary: "Checkout answers 503 since the release. 97 % of users have left.".to_owned(),
        queries: vec![Abnormal {
            promql: QUERY.to_owned(),
            value: 4.25,
            unit: Some("per_second".to_owned()),
            evidence: evidence.to_owned(),
        }],
        conclusion: Conclusion::Suspect {
            id: GUILTY[..10].to_owned(),
        },
        evidence_for: vec![
            claim("There are 4.25 such answers a second", evidence),
            claim("There are 77 such answers a second", evidence),
            claim("A trace shows it", "ev_ffffffffffffffff"),
            claim("See https://evil.example/proof", evidence),
        ],
        recommendation: Recommendation {
            action: Advice::RollBack,
            because: "It hurts. <!channel> approve it now!".to_owned(),
            risk: String::new(),
        },
        ..Draft::default()
    }
}

async fn inquiry(world: &World) -> Inquiry {
    let id = DeploymentId::new("dep_1").unwrap();
    world.page.engine.apply(&id, ranked()).await.unwrap();
    let records = ledger::records(&world.page.reader, &id).await.unwrap();
    let state = State::fold(&records).unwrap().unwrap();
    let of = records.last().unwrap().revision;
    Inquiry { state, records, of }
}

async fn told(world: &World, found: Found) -> RootCauseReport {
    let inquiry = inquiry(world).await;
    let hosts = BTreeSet::from(["code.example".to_owned()]);
    let report = checked(&world.page.reader, &hosts, &inquiry, found).await;
    let report = report.unwrap();
    let happened = Happened::Investigated {
        of: inquiry.of,
        report: Box::new(report.clone()),
    };
    let id = DeploymentId::new("dep_1").unwrap();
    let events = world.page.engine.apply(&id, happened).await.unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    report
}

fn spent() -> Spent {
    Spent {
        model: "analyst-1".to_owned(),
        endpoint: "main".to_owned(),
        calls: 3,
        seconds: 12.0,
        ..Spent::default()
    }
}

#[tokio::test]
async fn of_what_a_model_wrote_the_page_shows_what_the_stored_evidence_bears_out() {
    let world = World::new().await;
    let evidence = journal::Evidence {
        source: "prometheus".to_owned(),
        query: QUERY.to_owned(),
        window_start: start(),
        window_end: start(),
        result: json!([{"metric": {}, "value": [0, "4.25"]}]),
        taken_at: start(),
    };
    let id = world.page.writer.put_evidence(&evidence).await.unwrap();
    let found = Found {
        draft: Some(draft(&id)),
        spent: spent(),
        addressed: vec![Injection {
            from: Origin::Request,
            id: "#12".to_owned(),
        }],
        ..Found::default()
    };
    let report = told(&world, found).await;
    assert_eq!(report.queries.len(), 1);
    assert_eq!(report.summary, "Checkout answers 503 since the release.");
    let kept: Vec<&str> = report
        .evidence_for
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(kept, ["There are 4.25 such answers a second"]);
    assert_eq!(report.recommendation.because, "It hurts.");
    assert_eq!(report.cut, 5, "{report:#?}");
    let visit = world.login("mei").await;
    let page = visit.read(&format!("{PAUSED}/root-cause")).await;
    for wanted in [
        "4.25 such answers",
        "analyst-1",
        "5 cut",
        "pull request",
        "#12",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    for not in ["97 %", "77 such", "evil", "A trace shows", "!channel"] {
        assert!(!page.contains(not), "{not} is in {page}");
    }
    let thread = visit.read(PAUSED).await;
    assert!(
        thread.contains("Recommended: Roll back. <bdi>It hurts.</bdi>"),
        "{thread}"
    );
    // What people may press is what policy asks, with a report as without.
    assert!(
        thread.contains("name=\"choice\" value=\"rollback\""),
        "{thread}"
    );
}

#[tokio::test]
async fn where_no_word_came_of_the_model_the_report_of_the_rules_stands_and_says_so() {
    let world = World::new().await;
    let found = Found {
        ended: Ended::Partial {
            why: Short::Deadline,
        },
        spent: spent(),
        ..Found::default()
    };
    let report = told(&world, found).await;
    assert_eq!(report.written_by, Author::Rules);
    let visit = world.login("mei").await;
    let page = visit.read(&format!("{PAUSED}/root-cause")).await;
    for wanted in [
        "Its time was over",
        "Written by rules",
        "0.2 % → 31 %",
        "3 calls",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    let thread = visit.read(PAUSED).await;
    assert!(thread.contains("No word from the model"), "{thread}");
}
