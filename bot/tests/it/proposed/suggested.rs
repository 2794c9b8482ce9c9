//! A client of models suggests a fix: nothing follows from it but that people see it, and press it on the page or do not.

use super::{GUILTY, commit, fixes, hurting, proposing, writing};
use crate::models::call;
use crate::settings::{ANN, CI, CY};
use crate::visit::{Visit, form};
use crate::why::repository;
use reqwest::Method;
use serde_json::{Value, json};

fn suggests(id: &str, action: &str, suspect: Option<&str>) -> Value {
    let reason = "errors began with it, ev_1 <!channel> password=hunter2hunter2";
    let mut wish = json!({ "deployment": id, "action": action, "reason": reason });
    if let Some(suspect) = suspect {
        wish["suspect"] = json!(suspect);
    }
    wish
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_suggests_opens_nothing_until_somebody_who_may_presses_it_on_the_page() {
    let (mut world, github) = proposing(repository(), &writing()).await;
    let id = hurting(&mut world).await;
    let (guilty, other) = {
        let inner = github.sound();
        (commit(&inner.git, GUILTY), commit(&inner.git, "Teal links"))
    };

    // However often and however it is named: people are asked once.
    let (wrong, asked) = call(
        &world,
        CI,
        "request_action",
        suggests(&id, "revert_pr", None),
    )
    .await;
    assert!(!wrong, "{asked}");
    assert_eq!(asked["status"], "asked", "{asked}");
    assert_eq!(asked["options"], json!(["revert-pr"]), "{asked}");
    for suspect in [None, Some(&guilty[..8])] {
        let wish = suggests(&id, "revert_pr", suspect);
        let (_, again) = call(&world, CI, "request_action", wish).await;
        assert_eq!(again["request_id"], asked["request_id"], "{again}");
    }
    for (action, suspect, why) in [
        ("revert_pr", Some("0123456789"), "0123456789"),
        ("hotfix_pr", None, "not set up"),
        ("pause", Some(&guilty[..8]), "only with"),
    ] {
        let wish = suggests(&id, action, suspect);
        let (wrong, said) = call(&world, CI, "request_action", wish).await;
        assert!(wrong && said.to_string().contains(why), "{action}: {said}");
    }
    let wish = suggests(&id, "revert_pr", Some(&other));
    let (_, second) = call(&world, CI, "request_action", wish).await;
    let back = json!({ "deployment": id, "request_id": second["request_id"] });
    let (_, taken_back) = call(&world, CI, "cancel_request", back).await;
    assert_eq!(taken_back["status"], "taken_back", "{taken_back}");
    let path = format!("deployments/{id}/revert-pr");
    let (status, refused) = world.server.call(CI, Method::POST, &path, None).await;
    assert_eq!(status, 409, "a machine's own word opens nothing: {refused}");
    let made = world.event(&id, "fix_suggested").await;
    assert!(!made.to_string().contains("hunter2"), "{made}");
    let events = world.events(&id).await;
    let count = |name: &str| events.iter().filter(|event| *event == name).count();
    assert_eq!(count("fix_suggested"), 2, "{events:?}");
    assert_eq!(count("fix_requested"), 0, "{events:?}");
    assert_eq!(github.sound().writes, [""; 0]);

    // It stands after the rollback too: then Git is brought to what runs.
    let view = world
        .view(&id, "waits", |view| view["status"] == "paused")
        .await;
    world.answer(&view, "rollback").await;
    world.over(&id, "rolled_back").await;
    let (page, fix) = (
        format!("/deployments/{id}"),
        format!("/deployments/{id}/fix"),
    );
    let wanted = [("kind", "revert"), ("suspect", guilty.as_str())];
    let stranger = Visit::of(&world, CY).await;
    let seen = stranger.read(&page).await;
    assert!(seen.contains("asks people for a request"), "{seen}");
    let (fields, lives) = form(&seen, &wanted).expect("the form is shown to everybody");
    assert!(!lives, "who may not sees that");
    let (status, said) = stranger.post(&fix, &fields).await;
    assert!(status >= 400 && said.contains("may not"), "{status} {said}");
    let ann = Visit::of(&world, ANN).await;
    let (mut forged, lives) = form(&ann.read(&page).await, &wanted).unwrap();
    assert!(lives);
    let (fields, token) = (forged.clone(), "form_token");
    forged.retain(|(name, _)| name != token);
    forged.push((token.to_owned(), "another".to_owned()));
    let (status, said) = ann.post(&fix, &forged).await;
    assert_eq!(status, 403, "{said}");
    assert_eq!(github.sound().writes, [""; 0]);

    let (status, to) = ann.post(&fix, &fields).await;
    assert_eq!((status, to.as_str()), (303, &*format!("{page}#fix")));
    let ended = fixes(&mut world, &id, 1).await;
    assert_eq!(ended[0]["standing"], "opened", "{ended:?}");
    let url = format!("{}/acme/shop/pull/1", github.url());
    let ann = Visit::of(&world, ANN).await;
    let seen = ann.read(&page).await;
    assert!(seen.contains(&format!("href=\"{url}\"")), "{seen}");
    assert!(form(&seen, &wanted).is_none(), "it is not offered twice");
    // Whoever still has the button before their eyes.
    let (mut late, _) = form(&seen, &[]).unwrap();
    late.retain(|(name, _)| name == token);
    late.extend(fields.into_iter().filter(|(name, _)| name != token));
    let (_, late) = ann.post(&fix, &late).await;
    assert!(late.contains("/pull/1"), "{late}");
    assert_eq!(github.sound().pulls.len(), 1);

    // The client hears where it is, and that it need not ask again.
    let back = json!({ "deployment": id, "request_id": asked["request_id"] });
    let (_, known) = call(&world, CI, "cancel_request", back).await;
    assert_eq!(
        (&known["status"], &known["by"], &known["link"]),
        (&json!("answered"), &json!("ann"), &json!(url)),
        "{known}"
    );
    let of = json!({ "deployment": id });
    let (_, stands) = call(&world, CI, "get_deployment", of).await;
    assert_eq!(stands["fixes"][0]["url"], json!(url), "{stands}");
    assert_eq!(stands["fixes"].as_array().unwrap().len(), 1, "{stands}");
    let wish = suggests(&id, "revert_pr", None);
    let (wrong, said) = call(&world, CI, "request_action", wish).await;
    assert!(wrong && said.to_string().contains("/pull/1"), "{said}");
    world.examine().await;
}
