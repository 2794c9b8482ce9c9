//! What people say in words, from a terminal: understood, refused with who may, done, and shown in the thread.

use crate::commands::tawny;
use crate::packages::SERVES;
use crate::settings::{ANN, CI, CY};
use crate::world::World;
use serde_json::{Value, json};

/// What is answered: exit code, outcome, text, and the whole document.
async fn say(world: &World, token: &str, words: &str) -> (i32, String, String, Value) {
    let mut arguments = vec!["--json", "say"];
    arguments.extend(words.split(' '));
    let ended = tawny(world, token, &arguments).await;
    let told = ended.document("tawny.say/1");
    let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
    (ended.code, text("outcome"), text("text"), told.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_is_understood_done_by_who_may_and_answered_in_words() {
    let mut world = World::asking().await.with_first_version().await;
    // Nobody knows what is meant, or which one is.
    let (code, outcome, text, _) = say(&world, ANN, "rolback shop").await;
    assert_eq!((code, outcome.as_str()), (3, "not_understood"));
    assert!(
        text.contains("Was this meant: rollback [deployment]"),
        "{text}"
    );
    let (code, outcome, text, _) = say(&world, ANN, "status shp").await;
    assert_eq!((code, outcome.as_str()), (1, "refused"));
    assert!(text.contains("Was this meant: shop"), "{text}");
    let (_, outcome, text, _) = say(&world, ANN, "rollback").await;
    assert_eq!(outcome, "refused");
    assert!(text.contains("Which deployment?"), "{text}");
    let (code, outcome, text, _) = say(&world, CY, "help").await;
    assert_eq!((code, outcome.as_str()), (0, "shown"));
    assert!(text.contains("unfreeze [service]"), "{text}");

    // A release is asked about, of who may; and who was not asked cannot say yes.
    let (code, outcome, text, _) = say(&world, CY, "deploy shop v2").await;
    assert_eq!((code, outcome.as_str()), (1, "refused"));
    assert!(
        text.contains("operator") && text.contains("Who may: ann, bo"),
        "{text}"
    );
    let package = world.put("shop", "v2", SERVES);
    let (code, outcome, text, told) = say(&world, ANN, "deploy shop v2").await;
    assert_eq!((code, outcome.as_str()), (1, "asked"), "{text}");
    assert!(
        text.contains("Bring v2 to shop@test? It runs v1 now, on 2 instances."),
        "{text}"
    );
    let confirm = format!("orders/{}/confirm", told["confirm"].as_str().unwrap());
    let confirmed = async |token| {
        let nothing = json!({});
        let post = reqwest::Method::POST;
        world
            .server
            .call(token, post, &confirm, Some(&nothing))
            .await
    };
    let (_, other) = confirmed(CI).await;
    assert!(
        other["text"]
            .as_str()
            .unwrap()
            .contains("ann was asked, not you"),
        "{other}"
    );
    // Nobody vouches for this package: what is in the way is said, and it is not asked again by itself.
    let (status, begun) = confirmed(ANN).await;
    assert_eq!((status, &begun["outcome"]), (200, &json!("refused")));
    let why = begun["text"].as_str().unwrap();
    assert!(why.contains("names neither md5 nor sha256"), "{why}");
    let (_, again) = confirmed(ANN).await;
    let why = again["text"].as_str().unwrap();
    assert!(why.contains("answered already"), "{why}");
    let id = world.deploy("shop", "v2", &package).await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;

    // It is shown, and acted on, by its service's name.
    let (code, _, text, told) = say(&world, CY, "status shop").await;
    assert_eq!(
        (code, told["deployment_id"].as_str()),
        (0, Some(id.as_str()))
    );
    assert!(text.contains("shop") && text.contains("v2"), "{text}");
    let (_, outcome, text, _) = say(&world, CY, "timeline shop in test").await;
    assert_eq!(outcome, "shown");
    assert!(text.contains("What happened"), "{text}");
    let (code, _, text, _) = say(&world, CY, "rollback shop because I say so").await;
    assert_eq!(code, 1);
    assert!(
        text.contains("cy lacks the role operator") && text.contains("Who can: ann, bo"),
        "{text}"
    );
    let (code, outcome, text, _) = say(&world, ANN, "回滚 shop 因为 试验").await;
    assert_eq!((code, outcome.as_str()), (0, "done"), "{text}");
    world.over(&id, "rolled_back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_service_is_frozen_no_deployment_begins_and_who_froze_it_is_named() {
    let world = World::small().await.with_first_version().await;
    let frozen = tawny(&world, CY, &["freeze", "shop", "--reason", "it is Friday"]).await;
    assert_eq!(frozen.code, 0, "{}{}", frozen.out, frozen.err);
    assert!(frozen.out.contains("shop@test"), "{}", frozen.out);
    let (_, outcome, text, _) = say(&world, ANN, "freeze").await;
    assert_eq!(outcome, "done");
    assert!(text.contains("It was frozen already"), "{text}");
    let (_, _, text, _) = say(&world, ANN, "status").await;
    assert!(
        text.contains("frozen by cy") && text.contains("it is Friday"),
        "{text}"
    );
    world.put("shop", "v2", SERVES);
    let deployed = tawny(&world, ANN, &["deploy", "shop", "v2"]).await;
    assert_eq!(deployed.code, 1);
    assert!(
        deployed.err.contains("frozen by cy: it is Friday"),
        "{}",
        deployed.err
    );
    // Stopping is for every responder; going on is not.
    let opened = tawny(&world, CY, &["unfreeze", "shop"]).await;
    assert_eq!(opened.code, 1);
    assert!(
        opened.out.contains("cy lacks the role operator"),
        "{}",
        opened.out
    );
    let opened = tawny(&world, ANN, &["unfreeze"]).await;
    assert_eq!(opened.code, 0, "{}", opened.out);
    let (_, outcome, text, told) = say(&world, ANN, "deploy shop v2").await;
    assert_eq!(outcome, "asked", "{text}");
    assert!(told["confirm"].is_string());
    let nothing = tawny(&world, ANN, &["unfreeze", "shop"]).await;
    assert!(
        nothing.out.contains("Nothing is frozen there"),
        "{}",
        nothing.out
    );
}
