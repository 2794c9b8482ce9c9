//! The command line as another program sees it: exit codes, documents, and who may say what.

use crate::packages::SERVES;
use crate::settings::{ANN, BO, CI, CY};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

/// How a verb ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// The one document on standard output.
    pub(crate) fn document(&self, schema: &str) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{}", self.out);
        let document: Value = serde_json::from_str(&self.out).unwrap();
        assert_eq!(document["schema"], schema, "{document}");
        document
    }
}

async fn at(url: &str, token: Option<&str>, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tawny"));
    command
        .args(arguments)
        .env("TAWNY_URL", url)
        .env_remove("TAWNY_TOKEN")
        .env_remove("TAWNY_LANG")
        .env_remove("TAWNY_LOG");
    if let Some(token) = token {
        command.env("TAWNY_TOKEN", token);
    }
    let ended = command.output().await.unwrap();
    Ended {
        code: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// As [`tawny`], of a server that is in no world.
pub(crate) async fn tawny_at(url: &str, token: &str, arguments: &[&str]) -> Ended {
    at(url, Some(token), arguments).await
}

pub(crate) async fn tawny(world: &World, token: &str, arguments: &[&str]) -> Ended {
    at(world.server.url(), Some(token), arguments).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_use_no_server_and_no_right_to_call_exit_with_3() {
    let mut world = World::small().await;
    let url = world.server.url().to_owned();
    for wrong in [
        vec![],
        vec!["frobnicate"],
        vec!["status", "--nope"],
        vec!["approve", "apr_1", "perhaps"],
        vec!["check-config", "/does/not/exist.yaml"],
    ] {
        let ended = at(&url, Some(ANN), &wrong).await;
        assert_eq!(ended.code, 3, "{wrong:?}: {}{}", ended.out, ended.err);
    }
    let wrong = at(&url, Some(ANN), &["--json", "status", "--nope"]).await;
    assert_eq!(wrong.code, 3);
    let document = wrong.document("tawny.usage/1");
    assert!(document["error"].as_str().unwrap().contains("argument"));
    let unheard = at(&url, Some(ANN), &["--json", "status"]).await;
    assert_eq!(unheard.code, 3);
    let document = unheard.document("tawny.status/1");
    assert!(document["error"].as_str().unwrap().contains("no answer"));
    assert!(
        unheard.err.contains("is `tawny serve` running"),
        "{}",
        unheard.err
    );

    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    for token in [None, Some("not-a-known-token")] {
        let ended = at(&url, token, &["--json", "status"]).await;
        assert_eq!(ended.code, 3);
        let document = ended.document("tawny.status/1");
        assert!(document["error"].as_str().unwrap().contains("token"));
    }
    let ended = at(&url, Some(ANN), &["status", "nobody"]).await;
    assert_eq!(ended.code, 3, "{}", ended.err);
    let ended = at(&url, Some(ANN), &["--json", "status"]).await;
    assert_eq!(ended.code, 0);
    assert_eq!(ended.document("tawny.status/1")["deployments"], json!([]));
    let ended = at(&url, None, &["--help"]).await;
    assert_eq!(ended.code, 0);
    assert!(ended.out.contains("Exit codes: 0 healthy"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_deployment_comes_to_is_its_exit_code_and_its_document() {
    let mut world = World::asking().await.with_first_version().await;
    let again = tawny(&world, ANN, &["deploy", "shop", "v1"]).await;
    assert_eq!(again.code, 1, "{}", again.err);
    assert!(again.err.contains("already runs v1"), "{}", again.err);
    let may_not = tawny(&world, CY, &["deploy", "shop", "v2"]).await;
    assert_eq!(may_not.code, 1, "{}", may_not.err);
    assert!(may_not.err.contains("operator"), "{}", may_not.err);

    // A package that nobody has: it fails, and waiting for it says so.
    let url = world.packages.url("shop", "nowhere");
    let md5 = "0cc175b9c0f1b6a831c399e269772661";
    let arguments = ["--json", "deploy", "shop", "nowhere", "--wait"];
    let package = ["--package", &url, "--md5", md5];
    let failed = tawny(&world, ANN, &[&arguments[..], &package].concat()).await;
    assert_eq!(failed.code, 1, "{}", failed.err);
    let document = failed.document("tawny.deploy/1");
    assert_eq!(document["status"], "failed");

    // A good one: begun is done; what it has come to is asked for later.
    let package = world.put("shop", "v2", SERVES);
    let (url, md5) = (package["url"].as_str(), package["md5"].as_str());
    let package = ["--package", url.unwrap(), "--md5", md5.unwrap()];
    let arguments = ["--json", "deploy", "shop", "v2"];
    let begun = tawny(&world, ANN, &[&arguments[..], &package].concat()).await;
    assert_eq!(begun.code, 0, "{}", begun.err);
    let document = begun.document("tawny.deploy/1");
    let id = document["id"].as_str().unwrap().to_owned();
    let view = asked(&mut world, &id).await;
    let status = tawny(&world, ANN, &["--json", "status", &id]).await;
    assert_eq!(status.code, 2, "a second of metrics proves nothing");
    let document = status.document("tawny.status/1");
    assert_eq!(document["deployments"][0]["id"], id.as_str());

    // Who may answer, and what becomes of a late answer.
    let approval = view["approval"]["id"].as_str().unwrap();
    let answer = ["--json", "approve", approval, "rollback"];
    let machine = tawny(&world, CI, &answer).await;
    assert_eq!(machine.code, 1, "{}", machine.err);
    let document = machine.document("tawny.approve/1");
    assert!(document["error"].as_str().unwrap().contains("is a machine"));
    let may_not = tawny(&world, CY, &answer).await;
    assert_eq!(may_not.code, 1, "{}", may_not.err);
    let rolled = tawny(&world, CI, &["--json", "rollback", &id]).await;
    assert_eq!(rolled.code, 1, "nor as a command: {}", rolled.err);
    let granted = tawny(&world, ANN, &answer).await;
    assert_eq!(granted.code, 0, "{}", granted.err);
    granted.document("tawny.approve/1");
    let late = tawny(&world, BO, &answer).await;
    assert_eq!(late.code, 1);
    assert!(
        late.err.contains("ann already answered at ") && late.err.contains("Roll back"),
        "{}",
        late.err
    );

    world
        .view(&id, "rolled back", |view| view["status"] == "rolled_back")
        .await;
    let status = tawny(&world, ANN, &["status", "shop"]).await;
    assert_eq!(status.code, 1);
    let timeline = tawny(&world, ANN, &["--json", "timeline", &id]).await;
    assert_eq!(timeline.code, 0);
    let document = timeline.document("tawny.timeline/1");
    assert_eq!(document["deployment_id"], id.as_str());
    let events = document["events"].as_array().unwrap();
    let answered = events.iter().filter(|e| e["event"] == "approval_answered");
    assert_eq!(answered.count(), 1);
}

/// The deployment once it asks.
async fn asked(world: &mut World, id: &str) -> Value {
    world
        .view(id, "a question", |view| view["approval"].is_object())
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_answer_at_once_one_decides_and_the_other_is_told_who_and_when() {
    let mut world = World::asking().await.with_first_version().await;
    for version in ["v2", "v3"] {
        let package = world.put("shop", version, SERVES);
        let id = world.deploy("shop", version, &package).await;
        let view = asked(&mut world, &id).await;
        let path = format!("approvals/{}", view["approval"]["id"].as_str().unwrap());
        let (resume, hold) = (json!({ "choice": "resume" }), json!({ "choice": "hold" }));
        let (ann, bo) = tokio::join!(
            world.server.call(ANN, Method::POST, &path, Some(&resume)),
            world.server.call(BO, Method::POST, &path, Some(&hold)),
        );
        let (winner, loser) = match (ann.0, bo.0) {
            (200, 409) => (("ann already answered at ", "Resume"), bo.1),
            (409, 200) => (("bo already answered at ", "Keep paused"), ann.1),
            both => panic!("{both:?}"),
        };
        let detail = loser["detail"].as_str().unwrap();
        assert!(detail.contains(winner.0), "{detail}");
        assert!(detail.contains(winner.1), "{detail}");
        let events = world.events(&id).await;
        let answered = events.iter().filter(|event| *event == "approval_answered");
        assert_eq!(answered.count(), 1);
        if winner.0.starts_with("bo") {
            // Held: somebody else has to let it go on.
            let (status, _) = world
                .server
                .call(
                    ANN,
                    Method::POST,
                    &format!("deployments/{id}/resume"),
                    Some(&json!({})),
                )
                .await;
            assert_eq!(status, 200);
        }
        world.over(&id, "promoted").await;
    }
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_gets_a_link_to_the_page_by_their_token_and_a_machine_does_not() {
    let mut world = World::small().await;
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let made = tawny(&world, ANN, &["--json", "login"]).await;
    assert_eq!(made.code, 0, "{}", made.err);
    let document = made.document("tawny.login/1");
    assert_eq!(document["person"], "ann");
    let link = document["link"].as_str().unwrap();
    assert!(link.contains("/login/"), "{link}");
    let until = document["expires_at"].as_str().unwrap();
    assert_eq!(until.len(), "2026-11-21T03:12:00.000Z".len(), "{until}");
    let machine = tawny(&world, CI, &["--json", "login"]).await;
    assert_eq!(machine.code, 1, "{}", machine.err);
}

/// One at a time comes to the same as all at once, each page leads to the next, and the last one to none.
async fn every_list_has_pages(url: &str) {
    for (list, field, id, least) in [
        ("deployments", "", "/id", 2),
        ("incidents", "/incidents", "/id", 0),
        ("audit", "/entries", "/seq", 3),
        ("deliveries", "/deliveries", "/id", 0),
        ("audit/calls", "/calls", "/id", 0),
    ] {
        let of = |body: &Value| -> Vec<Value> {
            let all = body.pointer(field).and_then(Value::as_array).unwrap();
            all.iter()
                .map(|one| one.pointer(id).unwrap().clone())
                .collect()
        };
        let (whole, next) = page_at(&format!("{url}/api/v1/{list}?limit=200")).await;
        assert_eq!(next, None, "{list}");
        let whole = of(&whole);
        assert!(whole.len() >= least, "{list}: {whole:?}");
        let mut found = Vec::new();
        let mut at = Some(format!("{url}/api/v1/{list}?limit=1"));
        while let Some(address) = at {
            let (body, next) = page_at(&address).await;
            found.extend(of(&body));
            assert!(found.len() <= whole.len(), "{list}: {found:?}");
            at = next.map(|link| format!("{url}{link}"));
        }
        assert_eq!(found, whole, "{list}");
        let strange = format!("{url}/api/v1/{list}?cursor=InN0cmFuZ2Ui_");
        let refused = reqwest::Client::new()
            .get(strange)
            .bearer_auth(ANN)
            .send()
            .await
            .unwrap();
        assert_eq!(refused.status(), 422, "{list}");
    }
}

/// A page of a list, and the address of the next one.
async fn page_at(address: &str) -> (Value, Option<String>) {
    let asked = reqwest::Client::new().get(address).bearer_auth(ANN);
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{address}");
    let link = answer
        .headers()
        .get("link")
        .map(|link| link.to_str().unwrap().to_owned());
    let cursor = answer
        .headers()
        .get("next-cursor")
        .map(|cursor| cursor.to_str().unwrap().to_owned());
    let next = link.map(|link| {
        let rest = link.strip_prefix('<').unwrap();
        rest.strip_suffix(">; rel=\"next\"").unwrap().to_owned()
    });
    assert_eq!(next.is_some(), cursor.is_some());
    if let (Some(next), Some(cursor)) = (&next, &cursor) {
        assert!(next.ends_with(&format!("cursor={cursor}")), "{next}");
    }
    let body: Value = answer.json().await.unwrap();
    if body.is_object() {
        assert_eq!(body["next_cursor"].as_str(), cursor.as_deref(), "{body}");
    }
    (body, next)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_told_as_a_problem_and_a_command_needs_no_body() {
    let mut world = World::asking().await.with_first_version().await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    asked(&mut world, &id).await;
    let command = format!("deployments/{id}/hold");
    let long = "x".repeat(501);
    for (path, body) in [
        (&command, json!({ "reason": long })),
        (&command, json!({ "raison": "typo" })),
        (&"approvals/apr_1".to_owned(), json!({ "choice": 7 })),
    ] {
        let (status, problem) = world
            .server
            .call(ANN, Method::POST, path, Some(&body))
            .await;
        assert_eq!(
            (status, &problem["type"]),
            (422, &json!("bad_value")),
            "{problem}"
        );
    }
    let (status, problem) = world
        .server
        .call(ANN, Method::GET, "deployments?limit=many", None)
        .await;
    assert_eq!(
        (status, &problem["type"]),
        (422, &json!("bad_value")),
        "{problem}"
    );
    let (status, view) = world.server.call(ANN, Method::POST, &command, None).await;
    assert_eq!(status, 200, "{view}");
    every_list_has_pages(world.server.url()).await;
    let told = tawny(&world, ANN, &["status", &id]).await;
    assert!(
        told.out.contains(&format!("tawny resume {id}")),
        "{}",
        told.out
    );
    let (status, _) = world
        .server
        .call(ANN, Method::POST, &format!("deployments/{id}/resume"), None)
        .await;
    assert_eq!(status, 200);
    world.over(&id, "promoted").await;
    world.examine().await;
}
