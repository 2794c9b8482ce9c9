//! Who did what is in the record, and whether the record was changed can be found out.

use crate::commands::tawny;
use crate::packages::SERVES;
use crate::settings::{ANN, CI, CY};
use crate::world::World;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_deed_is_on_record_with_who_and_why_and_so_is_who_was_refused() {
    let mut world = World::asking().await.with_first_version().await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    let refused = tawny(&world, CY, &["rollback", "shop"]).await;
    assert_eq!(refused.code, 1, "{}", refused.err);
    let done = tawny(&world, ANN, &["rollback", "shop", "--reason", "a try"]).await;
    assert_eq!(done.code, 0, "{}", done.err);
    world.over(&id, "rolled_back").await;
    tawny(&world, CY, &["freeze", "shop", "--reason", "enough"]).await;

    let ended = tawny(&world, ANN, &["--json", "audit", "--since", "1h"]).await;
    assert_eq!(ended.code, 0, "{}", ended.err);
    let found = ended.document("tawny.audit/1");
    let entries = found["entries"].as_array().unwrap();
    let told: Vec<String> = entries.iter().map(line).collect();
    for wanted in [
        "cy freeze - enough",
        "ann authorise act_ -",
        "ann answer rollback a try",
        "cy refused rollback missing_role",
        "ann deploy v2 -",
        "ann deploy v1 -",
    ] {
        assert!(
            told.iter().any(|line| line == wanted),
            "{wanted}: {told:#?}"
        );
    }
    assert!(
        told[0].starts_with("cy freeze"),
        "the newest first: {told:#?}"
    );
    let of_cy = tawny(&world, ANN, &["--json", "audit", "--who", "cy"]).await;
    let of_cy = of_cy.document("tawny.audit/1");
    assert_eq!(of_cy["entries"].as_array().unwrap().len(), 2, "{of_cy}");
    let one = tawny(&world, ANN, &["--json", "audit", "--limit", "1"]).await;
    let one = one.document("tawny.audit/1");
    let before = one["more_before"].as_i64().unwrap().to_string();
    let next = tawny(
        &world,
        ANN,
        &["--json", "audit", "--limit", "1", "--before", &before],
    )
    .await;
    let next = next.document("tawny.audit/1");
    assert_ne!(next["entries"][0]["seq"], one["entries"][0]["seq"]);

    let verified = tawny(&world, CI, &["--json", "audit", "verify"]).await;
    assert_eq!(verified.code, 0, "{}", verified.err);
    let verified = verified.document("tawny.audit-verify/1");
    assert_eq!(verified["ok"], true, "{verified}");
    assert!(verified["events"].as_u64().unwrap() > 10, "{verified}");
}

/// `who what which why`, ids cut short.
fn line(entry: &Value) -> String {
    let text = |key: &str| {
        let text = entry[key].as_str().unwrap_or("-");
        if text.starts_with("act_") {
            "act_"
        } else {
            text
        }
        .to_owned()
    };
    ["who", "what", "which", "why"].map(text).join(" ")
}
