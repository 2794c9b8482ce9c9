//! Accounts of GitHub that people link by what they say there.

use super::sent::{github, handled, listening, slow};
use crate::commands::tawny;
use crate::people::code_in;
use crate::settings::{ANN, BO};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};

async fn says(world: &World, token: &str, text: &str) -> String {
    let order = json!({ "text": text });
    let (status, said) = world
        .server
        .call(token, Method::POST, "orders", Some(&order))
        .await;
    assert_eq!(status, 200, "{said}");
    said["text"].as_str().unwrap().to_owned()
}

fn comment(action: &str, kind: &str, login: &str, body: &str) -> Value {
    json!({
        "action": action,
        "issue": {"number": 7, "title": "t", "user": {"login": "somebody", "type": "User"}, "body": body},
        "comment": {"id": 1, "body": body, "user": {"login": login, "type": kind}},
        "repository": {"name": "shop", "full_name": "acme/shop", "default_branch": "main"},
        "sender": {"login": login, "type": kind},
    })
}

/// What came of a comment: what, and in which words.
async fn came_of(world: &World, key: &str, said: &Value) -> (String, String) {
    github(world, key, "issue_comment", said).await.unwrap();
    let all = handled(world).await;
    let came = &all[0]["came_to"][0];
    let text = |field: &str| came[field].as_str().unwrap_or_default().to_owned();
    (text("what"), text("detail"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_github_is_theirs_who_say_their_code_there() {
    let mut world = listening(&slow()).await;
    let told = says(&world, ANN, "link github").await;
    assert!(
        told.contains("comment") && !told.contains("/tawny"),
        "{told}"
    );
    let code = code_in(&told);
    for (key, action, kind, body, why) in [
        (
            "talk",
            "created",
            "User",
            "Looks good to me.",
            "no code is said",
        ),
        (
            "quoted",
            "created",
            "User",
            &*format!("> {code}"),
            "no code is said",
        ),
        ("edited", "edited", "User", &code, "not created"),
        ("bot", "created", "Bot", &code, "no person says"),
        (
            "wrong",
            "created",
            "User",
            "AAAA-BBBB-CCCC",
            "nobody has the code",
        ),
    ] {
        let said = comment(action, kind, "ann-ong", body);
        let (what, detail) = came_of(&world, key, &said).await;
        assert_eq!(what, "ignored", "{key}: {detail}");
        assert!(detail.contains(why), "{key}: {detail}");
    }
    let body = format!("Here it is.\r\n\r\ntawny link {}\r\n", code.to_lowercase());
    let said = comment("created", "User", "Ann-Ong", &body);
    let (what, detail) = came_of(&world, "said", &said).await;
    assert_eq!((&*what, &*detail), ("linked", "github Ann-Ong is ann"));

    // Whoever reads it there later has nothing of it, and told again it is no news.
    let other = comment("created", "User", "mallory", &code);
    assert_eq!(came_of(&world, "stolen", &other).await.0, "ignored");
    let again = comment("created", "User", "Ann-Ong", &code);
    assert_eq!(came_of(&world, "again", &again).await.0, "known");
    let theirs = says(&world, ANN, "link").await;
    assert!(theirs.contains("github Ann-Ong"), "{theirs}");
    let others = says(&world, BO, "link").await;
    assert!(!others.contains("Ann-Ong"), "{others}");

    let audit = tawny(&world, ANN, &["--json", "audit", "--who", "ann"]).await;
    let audit = audit.document("tawny.audit/1");
    let entries = audit["entries"].as_array().unwrap();
    let linked = |entry: &Value| entry["what"] == "link" && entry["which"] == "github/Ann-Ong";
    assert!(entries.iter().any(linked), "{audit:#}");
    assert!(!world.server.whole_log().contains(&code));
    world.server.stop().await;
}
