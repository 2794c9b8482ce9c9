//! A link that shows one deployment: made, listed and ended from a terminal, opened without a session, kept secret.

use crate::commands::tawny;
use crate::server::Life;
use crate::settings::{ANN, CI, CY};
use crate::world::World;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Status and text of a link, as somebody without any session has it.
async fn opened(link: &str) -> (StatusCode, String) {
    let answer = reqwest::get(link).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_made_listed_and_ended_on_record_and_its_secret_is_kept_nowhere() {
    let mut world = World::small().await;
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("{name: cy}", "{name: cy, roles: []}")).unwrap();
    world.server.begin(&Life {
        log: Some("trace,sqlx=trace"),
        ..Life::default()
    });
    world.server.ready().await;
    let id = world.bring_out("shop", "v1").await;

    let made = tawny(&world, ANN, &["--json", "share", "shop", "--for", "2h"]).await;
    assert_eq!(made.code, 0, "{}", made.err);
    let made = made.document("tawny.share/1");
    assert_eq!(made["share"]["deployment_id"], id.as_str());
    assert_eq!(made["share"]["status"], "open");
    let link = made["link"].as_str().unwrap().to_owned();
    let name = made["share"]["id"].as_str().unwrap().to_owned();
    let token = link.rsplit('/').next().unwrap();
    assert_eq!((token.len(), token.contains(&name)), (64, false));

    let (status, page) = opened(&link).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("v1") && !page.contains("<form"), "{page}");
    assert_eq!(opened(&format!("{link}/report.md")).await.0, 200);
    let elsewhere = format!("{}/deployments/{id}", world.server.url());
    assert_eq!(opened(&elsewhere).await.0, 401);

    // Who may not, or asks for too much.
    for (who, arguments, code) in [
        (CY, vec!["share", "shop"], 1),
        (CI, vec!["share", "shop"], 1),
        (CY, vec!["share", "shop", "--list"], 1),
        (ANN, vec!["share", "shop", "--for", "400days"], 3),
        (ANN, vec!["share", "shop", "--revoke", "none"], 3),
    ] {
        let refused = tawny(&world, who, &arguments).await;
        assert_eq!(refused.code, code, "{arguments:?}: {}", refused.err);
    }
    let path = format!("deployments/{id}/shares");
    let call = |body: Value| {
        let (world, path) = (&world, &path);
        async move {
            let server = &world.server;
            server.call(ANN, Method::POST, path, Some(&body)).await
        }
    };
    assert_eq!(call(json!({ "seconds": 1 })).await.0, 422);
    assert_eq!(call(json!({ "hours": 1 })).await.0, 422);

    let listed = tawny(&world, ANN, &["--json", "share", "shop", "--list"]).await;
    let listed = listed.document("tawny.share-list/1");
    let shares = listed["shares"].as_array().unwrap();
    assert_eq!(shares.len(), 1, "{listed}");
    assert!(shares[0]["used_at"].is_string(), "{listed}");
    assert!(shares[0]["opened_at"].is_string(), "{listed}");

    let ended = tawny(&world, ANN, &["share", "shop", "--revoke", &name]).await;
    assert_eq!(ended.code, 0, "{}", ended.err);
    let (status, page) = opened(&link).await;
    assert_eq!(status, 410);
    assert!(!page.contains("v1"), "{page}");

    let audit = tawny(&world, ANN, &["--json", "audit", "--since", "1h"]).await;
    let audit = audit.document("tawny.audit/1");
    let entries = audit["entries"].as_array().unwrap().iter();
    let deeds = entries.map(|entry| ["who", "what", "which"].map(|key| entry[key].as_str()));
    let deeds: Vec<[Option<&str>; 3]> = deeds.collect();
    for deed in [
        ["ann", "share_link", &name],
        ["nobody", "open_link", &name],
        ["cy", "refused", "share"],
        ["build-server", "refused", "share"],
        ["ann", "revoke_link", &name],
    ] {
        let same = deeds.iter().filter(|known| **known == deed.map(Some));
        assert!(same.count() >= 1, "{deed:?} in {deeds:#?}");
    }

    world.server.stop().await;
    let secret = token.to_owned();
    let keeps = |place: &str, text: &str| assert!(!text.contains(&secret), "it is in {place}");
    keeps("the audit", &audit.to_string());
    keeps("the log", &world.server.whole_log());
    for message in world.receiver.take_all() {
        keeps("a message", &format!("{message:?}"));
    }
    for entry in std::fs::read_dir(world.dir.path().join("main/data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let content = std::fs::read(&path).unwrap();
            keeps("the journal", &String::from_utf8_lossy(&content));
        }
    }
}
