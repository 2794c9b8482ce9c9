//! Deployments that others make.

use super::sent::{deployment, github, handled, listening, only_deployment, slow, status};
use crate::commands::tawny;
use crate::settings::{ANN, CY};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_others_is_watched_once_however_often_and_in_whatever_order_it_is_told() {
    let mut world = listening(&slow()).await;
    // Its status comes first.
    github(
        &world,
        "s",
        "deployment_status",
        &status(7, "shop", "v2", "in_progress"),
    )
    .await
    .unwrap();
    handled(&world).await;
    github(&world, "d", "deployment", &deployment(7, "shop", "v2"))
        .await
        .unwrap();
    github(
        &world,
        "d-again",
        "deployment",
        &deployment(7, "shop", "v2"),
    )
    .await
    .unwrap();
    let all = handled(&world).await;
    let id = only_deployment(&world).await;
    let came: Vec<&Value> = all
        .iter()
        .rev()
        .map(|one| &one["came_to"][0]["what"])
        .collect();
    assert_eq!(came, ["begun", "known", "known"]);
    let view = world
        .view(&id, "watched", |view| view["status"] == "progressing")
        .await;
    assert_eq!(
        (&view["service"], &view["to"]),
        (&json!("shop"), &json!("v2"))
    );

    // Its end is noted once; what fails is given up, and its lane is free for the next.
    github(
        &world,
        "f",
        "deployment_status",
        &status(7, "shop", "v2", "failure"),
    )
    .await
    .unwrap();
    world.event(&id, "deploy_reported").await;
    world.event(&id, "abandoned").await;
    github(
        &world,
        "late",
        "deployment_status",
        &status(7, "shop", "v2", "success"),
    )
    .await
    .unwrap();
    handled(&world).await;
    let reported = world.events(&id).await;
    assert_eq!(
        reported
            .iter()
            .filter(|name| *name == "deploy_reported")
            .count(),
        1
    );
    github(&world, "n", "deployment", &deployment(8, "shop", "v3"))
        .await
        .unwrap();
    let all = handled(&world).await;
    assert_eq!(all[0]["came_to"][0]["what"], "begun", "{:#}", all[0]);

    // Who asks is told; replayed, nothing changes twice.
    let number = all.last().unwrap()["id"].to_string();
    let shown = tawny(&world, ANN, &["--json", "deliveries", "show", &number]).await;
    let shown = shown.document("tawny.deliveries-show/1");
    assert!(
        shown["body"].as_str().unwrap().contains("acme/shop"),
        "{shown}"
    );
    let refused = tawny(&world, CY, &["deliveries", "replay", &number]).await;
    assert_eq!(refused.code, 1, "{}", refused.err);
    let again = tawny(&world, ANN, &["deliveries", "replay", &number]).await;
    assert_eq!(again.code, 0, "{}", again.err);
    let all = handled(&world).await;
    assert_eq!(all.last().unwrap()["came_to"][0]["what"], "known");
    let (_, deployments) = world
        .server
        .call(ANN, Method::GET, "deployments", None)
        .await;
    assert_eq!(deployments.as_array().unwrap().len(), 2);
    for source in ["github", "generic", "alerts"] {
        let tried = tawny(&world, ANN, &["--json", "webhooks", "test", source]).await;
        assert_eq!(tried.code, 0, "{}{}", tried.out, tried.err);
        let tried = tried.document("tawny.webhooks-test/1");
        assert_eq!(tried["answer"], 200, "{tried}");
        assert!(
            tried["understood"][0].as_str().unwrap().contains("shop"),
            "{tried}"
        );
    }
    assert_eq!(
        handled(&world).await.len(),
        all.len(),
        "a test leaves nothing"
    );
}
