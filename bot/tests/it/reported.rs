//! The health report and the postmortem, for a release that was good and for one that was rolled back.

use crate::commands::tawny;
use crate::settings::{ANN, CY};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};

async fn report(world: &World, id: &str) -> Value {
    let shown = tawny(world, CY, &["--json", "report", id]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    shown.document("tawny.report/1")
}

fn row<'a>(report: &'a Value, kind: &str) -> &'a Value {
    let rows = report["signals"].as_array().unwrap();
    let found = rows.iter().find(|row| row["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {report:#}"))
}

/// What was measured at the end is told a look later.
async fn measured(world: &mut World, id: &str, times: usize) {
    crate::wait::until("what was measured is kept", async || {
        let events = world.events(id).await;
        let kept = events.iter().filter(|event| *event == "signals_measured");
        (kept.count() >= times).then_some(())
    })
    .await;
}

/// Whether they are healthy, and what to do.
async fn checked(world: &World, bad: &str, good: &str) {
    let shown = tawny(world, CY, &["--json", "health-check", bad]).await;
    let check = shown.document("tawny.health-check/1");
    assert_eq!(
        (&check["advice"], &check["outcome"]),
        (&json!("observe"), &json!("rolled_back"))
    );
    assert_eq!(check["windows"]["before_s"], 1800, "{check:#}");
    assert!(check["risk"]["level"].is_string() && check["hypothesis"]["conclusion"].is_object());
    // This source refuses means of means, and that is said instead of a number.
    let missing = check["windows"]["missing"].as_array().unwrap();
    assert!(!missing.is_empty(), "{:#}", check["windows"]);
    let report = report(world, bad).await;
    assert_eq!(
        check["verdict"], report["verdict"],
        "nothing is judged anew"
    );
    assert_eq!(check["signals"], report["signals"]);

    let shown = tawny(world, CY, &["--json", "health-check", good]).await;
    let check = shown.document("tawny.health-check/1");
    let wanted = if check["verdict"] == "healthy" {
        "continue"
    } else {
        "observe"
    };
    assert_eq!(
        (&check["advice"], &check["hypothesis"]),
        (&json!(wanted), &Value::Null)
    );
    for (arguments, begins) in [
        (vec!["health-check", bad, "--markdown"], "# Health check"),
        (
            vec!["health-check", bad, "--markdown", "--lang", "zh-CN"],
            "# 健康检查",
        ),
    ] {
        let shown = tawny(world, CY, &arguments).await;
        assert!(shown.out.starts_with(begins), "{}{}", shown.out, shown.err);
    }
}

/// What did it, when what happened, and that there is nothing to analyse where nothing hurt.
async fn analysed(world: &World, bad: &str, good: &str) {
    let shown = tawny(world, CY, &["--json", "rca", bad]).await;
    let rca = shown.document("tawny.rca/1");
    let moments = &rca["milestones"];
    let names = [
        "deploy_began_at",
        "first_anomaly_at",
        "alerted_at",
        "rollback_asked_at",
        "recovered_at",
    ];
    let times: Vec<&str> = names
        .iter()
        .map(|name| {
            moments[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: {moments:#}"))
        })
        .collect();
    assert!(times[2..].is_sorted(), "{moments:#}");
    assert_eq!(
        moments["deploy_ended_at"],
        Value::Null,
        "it never ran everywhere"
    );
    assert!(rca["impact"]["seconds"].as_f64().unwrap() > 0.0, "{rca:#}");
    let report = &rca["report"];
    assert!(
        !report["summary"].as_str().unwrap().is_empty(),
        "{report:#}"
    );
    assert_eq!(report["cut"], 0, "what rules write is in the record");
    let shown = tawny(world, CY, &["rca", bad, "--markdown"]).await;
    for wanted in [
        "# Root cause",
        "## Summary",
        "## Contributing factors",
        "## Timeline",
    ] {
        assert!(
            shown.out.contains(wanted),
            "{wanted} is not in {}",
            shown.out
        );
    }
    let none = tawny(world, CY, &["rca", good]).await;
    assert_eq!(none.code, 1, "{}", none.err);
    assert!(none.err.contains("had no incident"), "{}", none.err);
}

/// How to deploy it the next time.
async fn prepared(world: &World) {
    let shown = tawny(world, CY, &["--json", "runbook", "shop"]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    let runbook = shown.document("tawny.runbook/1");
    assert_eq!(runbook["last_good"], "v3", "{runbook:#}");
    let asked: Vec<&str> = world.places.iter().map(|place| place.id.as_str()).collect();
    assert_eq!(runbook["instances"], json!(asked));
    assert!(
        runbook["smoke"][0]
            .as_str()
            .unwrap()
            .starts_with("curl -fsS http://")
    );
    let past = runbook["past"].as_array().unwrap();
    assert!(
        past.iter()
            .any(|one| one["to"] == "v2" && one["rolled_back"] == true),
        "{past:#?}"
    );
    assert!(!runbook["watched"].as_array().unwrap().is_empty());
    let shown = tawny(world, CY, &["runbook", "shop", "--markdown"]).await;
    for wanted in [
        "# Deployment runbook",
        "## Before",
        "## What to watch",
        "## Smoke tests",
        "## Going back",
        "tawny rollback `shop`",
        "## Communication",
        "## Known risks",
        "(to fill in)",
    ] {
        assert!(
            shown.out.contains(wanted),
            "{wanted} is not in {}",
            shown.out
        );
    }
    let shown = tawny(
        world,
        CY,
        &["runbook", "shop", "--markdown", "--lang", "zh-CN"],
    )
    .await;
    assert!(shown.out.starts_with("# 部署操作手册"), "{}", shown.out);
    let unknown = tawny(world, CY, &["runbook", "nobody"]).await;
    assert_eq!(unknown.code, 3, "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_release_has_its_report_and_one_that_hurt_its_postmortem() {
    let (mut world, bad) = World::that_rolled_back().await;
    measured(&mut world, &bad, 2).await;

    let told = report(&world, &bad).await;
    assert_eq!(told["outcome"], "rolled_back", "{told:#}");
    assert_eq!(
        (&told["tier"], &told["finished"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(told["incident"]["standing"], "cured");
    assert_eq!(told["findings"][0]["end"], "cured");
    let errors = row(&told, "ratio");
    assert!(["degraded", "over_limit"].contains(&errors["verdict"].as_str().unwrap()));
    assert!(
        errors["course"]["values"].as_array().unwrap().len() > 2,
        "{errors:#}"
    );
    assert!(errors["before"].is_number() && errors["interval"].is_array());
    assert!(
        told["impact"]["requests_failed"].as_f64().unwrap() > 0.0,
        "{told:#}"
    );
    let share = told["impact"]["share_of_traffic"].as_f64().unwrap();
    assert!((0.01..0.99).contains(&share), "{share}");
    let times = &told["times"];
    assert_eq!(
        (&times["goal_detect_s"], &times["goal_recover_s"]),
        (&json!(94.0), &json!(180.0))
    );
    assert!(times["to_recover_s"].as_f64().unwrap() > 0.0, "{times:#}");
    assert_eq!(
        told["score"]["checks"]["healthy"], false,
        "{:#}",
        told["score"]
    );
    let back = told["deeds"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&back["word"]["by"], &back["end"]),
        (&json!("policy"), &json!("verified"))
    );

    // A healthy one beside it: nothing moved, and each signal has its row all the same.
    let good = world.bring_out("shop", "v3").await;
    measured(&mut world, &good, 1).await;
    let told = report(&world, &good).await;
    assert_eq!(told["outcome"], "promoted");
    assert_eq!(
        (&told["incident"], &told["impact"]),
        (&Value::Null, &Value::Null)
    );
    let errors = row(&told, "ratio");
    assert!(["healthy", "inconclusive"].contains(&errors["verdict"].as_str().unwrap()));
    assert!(errors["after"].is_number(), "{errors:#}");
    let earlier: Vec<&Value> = told["earlier"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["to"])
        .collect();
    assert_eq!(earlier, ["v2", "v1"]);
    let untested = |s: &&Value| s["what"] == "test_rollback";
    assert!(
        !told["suggestions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| untested(&s)),
        "v2 went back"
    );

    // The same for people, by the name of the service, in both languages and as Markdown.
    let shown = tawny(&world, CY, &["report", "shop"]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(
        shown.out.contains("Health report") && shown.out.contains("promoted"),
        "{}",
        shown.out
    );
    let shown = tawny(
        &world,
        CY,
        &["report", &bad, "--markdown", "--lang", "zh-CN"],
    )
    .await;
    assert!(
        shown.out.starts_with("# 部署健康报告") && shown.out.contains("| --- |"),
        "{}",
        shown.out
    );
    let shown = tawny(&world, CY, &["postmortem", &bad, "--markdown"]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    for wanted in [
        "# Postmortem",
        "## Timeline",
        "## Root cause",
        "(to fill in)",
        "## Action items",
    ] {
        assert!(
            shown.out.contains(wanted),
            "{wanted} is not in {}",
            shown.out
        );
    }
    let shown = tawny(&world, CY, &["--json", "postmortem", &bad]).await;
    let document = shown.document("tawny.postmortem/1");
    assert_eq!(
        (&document["closed"], &document["cause"]["attribution"]),
        (&json!(true), &json!("change"))
    );
    assert!(document["timeline"].as_array().unwrap().len() > 5);

    checked(&world, &bad, &good).await;
    analysed(&world, &bad, &good).await;
    prepared(&world).await;

    let none = tawny(&world, CY, &["postmortem", &good]).await;
    assert_eq!(none.code, 1, "{}", none.err);
    assert!(none.err.contains("had no incident"), "{}", none.err);
    for wrong in [
        vec!["report", "nobody"],
        vec!["postmortem", "dep_0"],
        vec!["report"],
    ] {
        let ended = tawny(&world, CY, &wrong).await;
        assert_eq!(ended.code, 3, "{wrong:?}: {}", ended.err);
    }
    for (query, field) in [("format=pdf", "format"), ("lang=fr", "lang")] {
        let path = format!("deployments/{bad}/report?{query}");
        let (status, problem) = world.server.call(ANN, Method::GET, &path, None).await;
        assert_eq!(status, 422, "{problem}");
        assert!(
            problem["detail"].as_str().unwrap().starts_with(field),
            "{problem}"
        );
    }
    let view = world.view(&bad, "shown", |_| true).await;
    assert_eq!(view["incident"]["standing"], "cured");
}
