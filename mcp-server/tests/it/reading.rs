//! What the reading tools say of a deployment that hurts.

use crate::story::{self, paused, tell};
use crate::world::{Stage, only, reader, text};
use guard::alert::{Alert, AlertKey, AlertSeverity, AlertStatus, Relation};
use guard::input::Happened;
use serde_json::json;

#[tokio::test]
async fn a_deployment_is_listed_and_shown_with_what_hurts_and_what_is_asked() {
    let stage = Stage::paused().await;
    let list = stage.ask("list_deployments", json!({"open": true})).await;
    let one = &list["deployments"][0];
    assert_eq!(one["id"], "dep_1");
    assert_eq!(
        (&one["status"], &one["verdict"]),
        (&json!("paused"), &json!("degraded"))
    );
    assert_eq!(one["asks"], true);
    let none = stage
        .ask("list_deployments", json!({"service": "pay"}))
        .await;
    assert_eq!(none["deployments"], json!([]));
    let shown = stage
        .ask("get_deployment", json!({"deployment": "dep_1"}))
        .await;
    let finding = &shown["findings"][0];
    assert_eq!(finding["signal"], "errors");
    assert_eq!(finding["evidence_id"], "ev_1");
    assert_eq!(finding["interval"], json!([0.25, 0.36]));
    let asked = &shown["approvals"][0];
    assert_eq!(
        (&asked["standing"], &asked["why"]),
        (&json!("open"), &json!("degraded"))
    );
    assert_eq!(shown["link"], "https://tawny.example/deployments/dep_1");
}

#[tokio::test]
async fn what_a_client_may_not_see_is_to_it_as_what_does_not_exist() {
    let stage = Stage::paused().await;
    let pay = only(&["pay"]);
    let list = stage.call(&pay, "list_deployments", json!({})).await;
    assert!(!text(&list).contains("dep_1"), "{}", text(&list));
    let tools = [
        "get_deployment",
        "get_timeline",
        "get_report",
        "rank_suspects",
        "get_diff",
    ];
    for tool in tools {
        let hidden = stage.call(&pay, tool, json!({"deployment": "dep_1"})).await;
        let unknown = stage
            .call(&reader(), tool, json!({"deployment": "dep_9"}))
            .await;
        assert_eq!(hidden.is_error, Some(true), "{tool}");
        assert_eq!(
            text(&hidden).replace("dep_1", "dep_9"),
            text(&unknown),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn a_timeline_and_a_report_are_read_in_words() {
    let stage = Stage::paused().await;
    let timeline = stage
        .ask("get_timeline", json!({"deployment": "dep_1"}))
        .await;
    let events = timeline["events"].as_array().unwrap();
    assert_eq!(events[0]["at"], "2026-11-21T03:12:00.000Z");
    assert!(
        events.iter().any(|event| event["severity"] == "alarm"),
        "{timeline}"
    );
    let report = stage
        .ask("get_report", json!({"deployment": "dep_1"}))
        .await;
    let first = report["parts"][0]["markdown"].as_str().unwrap();
    assert!(first.starts_with("# "), "{first}");
    assert!(report.to_string().contains("errors"), "{report}");
    let postmortem = json!({"deployment": "dep_1", "kind": "postmortem"});
    let postmortem = stage.ask("get_report", postmortem).await;
    assert_ne!(postmortem["parts"], report["parts"]);
    let quiet = Stage::new().await;
    quiet.add("dep_2", &story::running("dep_2")).await;
    let nothing = json!({"deployment": "dep_2", "kind": "postmortem"});
    let nothing = quiet.refused("get_report", nothing).await;
    assert!(nothing.contains("nothing to look back on"), "{nothing}");
}

#[tokio::test]
async fn without_a_ranking_or_a_repository_it_is_said_why() {
    let stage = Stage::paused().await;
    for tool in ["rank_suspects", "get_diff"] {
        let why = stage.refused(tool, json!({"deployment": "dep_1"})).await;
        assert!(
            why.contains("not configured where the service's code is"),
            "{tool}: {why}"
        );
    }
}

#[tokio::test]
async fn an_alert_is_listed_with_its_deployment_until_it_is_over() {
    let stage = Stage::new().await;
    let mut records = paused("dep_1");
    let alert = Alert {
        key: AlertKey {
            source: "alertmanager".into(),
            fingerprint: "f1".into(),
            starts_at: story::start(),
        },
        name: "ErrorsHigh".into(),
        severity: AlertSeverity::Critical,
        service: "shop".parse().unwrap(),
        environment: Some("prod".parse().unwrap()),
        summary: Some("password=hunter2hunter2 leaked".into()),
    };
    let fires = |status| Happened::Alerted {
        alert: Box::new(alert.clone()),
        relation: Relation::Own,
        status,
    };
    tell(&mut records, 20, fires(AlertStatus::Firing));
    stage.add("dep_1", &records).await;
    let alerts = stage.ask("list_alerts", json!({})).await;
    let one = &alerts["alerts"][0];
    assert_eq!(
        (&one["name"], &one["deployment"]),
        (&json!("ErrorsHigh"), &json!("dep_1"))
    );
    assert!(!alerts.to_string().contains("hunter2"), "{alerts}");
    let others = stage.call(&only(&["pay"]), "list_alerts", json!({})).await;
    assert!(!text(&others).contains("ErrorsHigh"), "{}", text(&others));
    let over = Stage::new().await;
    tell(&mut records, 30, fires(AlertStatus::Over));
    over.add("dep_1", &records).await;
    assert_eq!(
        over.ask("list_alerts", json!({})).await["alerts"],
        json!([])
    );
    let all = over.ask("list_alerts", json!({"over_too": true})).await;
    assert_eq!(all["alerts"][0]["firing"], false);
}
