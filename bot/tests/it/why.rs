//! Which change did it: from the commits to the words in the thread.

use crate::commands::tawny;
use crate::git::Git;
use crate::packages::SERVES;
use crate::settings::{ANN, CI, CY, Guarding};
use crate::world::World;
use reqwest::Method;
use serde_json::Value;

/// A repository of two versions: `v2` brings three commits, one of which has to do with errors.
pub(crate) fn repository() -> Git {
    let mut git = Git::new();
    git.write("app/cart.py", "TOTAL = 0\n");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    git.write("README.md", "A shop.\n");
    git.commit("Say what this is");
    let raises = "def respond(error):\n    raise error\n";
    git.write("app/errors.py", raises);
    git.commit("Raise errors instead of answering them");
    git.write("app/theme.css", "a { color: teal }\n");
    git.commit("Teal links");
    git.run(&["tag", "v2"]);
    git
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_change_that_has_to_do_with_what_moved_is_named_first_in_the_thread_and_when_asked() {
    let repository = repository();
    let guarding = Guarding {
        repo: Some(repository.path().to_owned()),
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2)], &guarding)
        .await
        .with_first_version()
        .await;
    let package = world.put("shop", "v2", SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world.over(&id, "rolled_back").await;
    let first = "Raise errors instead of answering them";
    let shown = tawny(&world, CY, &["timeline", &id]).await;
    assert!(shown.out.contains(first), "{}", shown.out);
    let why = tawny(&world, CY, &["why", &id]).await;
    assert_eq!(why.code, 0, "{}", why.err);
    for part in [first, "Ann", "3 changes were looked at", "Suspects"] {
        assert!(why.out.contains(part), "{part}: {}", why.out);
    }
    let chinese = tawny(&world, CY, &["why", &id, "--lang", "zh-CN"]).await;
    assert!(chinese.out.contains("嫌疑变更"), "{}", chinese.out);
    let document = tawny(&world, CY, &["--json", "why", &id]).await;
    let document = document.document("tawny.why/1");
    assert_eq!(document["suspects"][0]["title"], first, "{document:#}");
    assert_eq!(document["changes"], 3);
    assert_eq!(document["verdict"], "change", "{document:#}");
    for part in [
        "for it",
        "What the change cannot have touched did not move",
        "Queries that show it",
    ] {
        assert!(why.out.contains(part), "{part}: {}", why.out);
    }
    let report = tawny(&world, CY, &["report", &id]).await;
    for part in ["Which change did it", first] {
        assert!(report.out.contains(part), "{part}: {}", report.out);
    }
    explained(&world, &id, first).await;
    people_say(&world, &id, &document).await;
    let events = world.events(&id).await;
    let times = events.iter().filter(|event| *event == "cause_ranked");
    assert_eq!(times.count(), 1, "{events:?}");
    world.examine().await;
}

/// The root-cause report, for programs: what rules write stands where there is no model.
async fn explained(world: &World, id: &str, title: &str) {
    let path = format!("deployments/{id}/root-cause");
    let (status, told) = world.server.call(ANN, Method::GET, &path, None).await;
    assert_eq!(status, 200, "{told:#}");
    assert_eq!(told["schema"], "tawny.root_cause/1");
    let report = &told["report"];
    assert_eq!(report["written_by"]["by"], "rules", "{report:#}");
    assert_eq!(report["conclusion"]["was"], "suspect", "{report:#}");
    assert_eq!(report["place"]["path"], "app/errors.py", "{report:#}");
    assert!(report["summary"].as_str().unwrap().contains(title));
    assert_eq!(
        report["cut"], 0,
        "what rules say is in the record: {report:#}"
    );
    assert!(report["checked"].as_u64().unwrap() > 5, "{report:#}");
    let query = &report["queries"][0];
    assert!(
        query["evidence"].as_str().unwrap().starts_with("ev_"),
        "{query:#}"
    );
    let moments = &told["milestones"];
    for known in [
        "deploy_began_at",
        "first_anomaly_at",
        "alerted_at",
        "rollback_asked_at",
    ] {
        assert!(moments[known].is_string(), "{known}: {moments:#}");
    }
    assert_eq!(moments["deploy_ended_at"], Value::Null, "{moments:#}");
}

/// What a release prints that fails in the code of its guilty commit, and gives away what it should not.
fn printed(secrets: &[String]) -> String {
    let trace = "ERROR shop.web GET /cart 500 for SECRETS\\nTraceback (most recent call last):\\n  \
                 File \"app/errors.py\", line 2, in respond\\nValueError: no answer\\n";
    let line = trace.replace("SECRETS", &secrets.join(" "));
    format!("for n in 1 2 3; do printf '{line}'; done\n{SERVES}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_that_began_to_be_logged_are_told_with_their_counts_and_no_secret_of_theirs_is_kept()
{
    let repository = repository();
    let guarding = Guarding {
        repo: Some(repository.path().to_owned()),
        logged: true,
        ..Guarding::default()
    };
    let secrets = [
        ["AKIA", "IOSFODNN7EXAMPLE"].concat(),
        [
            "eyJhbGciOiJIUzI1NiJ9",
            ".eyJzdWIiOiIxMjM0In0",
            ".c2lnbmF0dXJl",
        ]
        .concat(),
        "postgres://shop:canary5e2d@db/shop".to_owned(),
        "canary.person@example.com".to_owned(),
    ];
    let mut world = World::of(&[("shop", 2)], &guarding)
        .await
        .with_first_version()
        .await;
    let package = world.put("shop", "v2", &printed(&secrets));
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world.over(&id, "rolled_back").await;
    let document = tawny(&world, CY, &["--json", "why", &id]).await;
    let document = document.document("tawny.why/1");
    let signature = &document["signatures"][0];
    assert_eq!(signature["change"], "new", "{document:#}");
    assert_eq!(signature["origin"], "app/errors.py in respond");
    assert_eq!(
        (&signature["before"], &signature["after"]),
        (&0.into(), &3.into())
    );
    let first = "Raise errors instead of answering them";
    assert_eq!(document["suspects"][0]["title"], first, "{document:#}");
    let met = document["suspects"][0]["reasons"].to_string();
    assert!(met.contains("errors.py"), "{met}");
    let mut everywhere = vec![document.to_string(), world.server.log()];
    for verb in ["why", "timeline", "report", "postmortem", "status"] {
        for language in ["en", "zh-CN"] {
            let shown = tawny(&world, CY, &[verb, &id, "--lang", language]).await;
            if verb == "why" {
                assert!(
                    shown.out.contains("app/errors.py in respond"),
                    "{}",
                    shown.out
                );
            }
            everywhere.extend([shown.out, shown.err]);
        }
    }
    let journal = std::fs::read(world.dir.path().join("main/data/journal.db")).unwrap();
    let log = std::fs::read(world.dir.path().join("main/data/journal.db-wal")).unwrap_or_default();
    everywhere.push(String::from_utf8_lossy(&[journal, log].concat()).into_owned());
    for secret in [
        "IOSFODNN7EXAMPLE",
        "c2lnbmF0dXJl",
        "canary5e2d",
        "canary.person",
    ] {
        for text in &everywhere {
            assert!(!text.contains(secret), "{secret}");
        }
    }
    assert!(everywhere.iter().any(|text| text.contains("[e-mail]")));
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_a_cause_where_none_is_known_is_told_what_to_do() {
    let mut world = World::small().await.with_first_version().await;
    let package = world.put("shop", "v2", SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.over(&id, "rolled_back").await;
    let why = tawny(&world, CY, &["why", &id]).await;
    assert_eq!(why.code, 1, "{}", why.out);
    assert!(why.err.contains("set `repo` of the service"), "{}", why.err);
    let events = world.events(&id).await;
    assert!(!events.contains(&"cause_ranked".to_owned()), "{events:?}");
}

/// What people say did it is checked, shown and counted.
async fn people_say(world: &World, id: &str, answer: &Value) {
    let commit = answer["suspects"][0]["id"].as_str().unwrap();
    let judge =
        async |who, more: &[&str]| tawny(world, who, &[&["judge", id], more].concat()).await;
    let unknown = judge(ANN, &["--cause", "0123456789"]).await;
    assert_eq!(unknown.code, 1, "{}", unknown.out);
    let why_not = "none of the changes of this deployment";
    assert!(unknown.err.contains(why_not), "{}", unknown.err);
    let machine = judge(CI, &["--not-the-change"]).await;
    assert_eq!(machine.code, 1, "{}", machine.out);
    for wrong in [&["--cause", "0123456", "--not-the-change"][..], &[]] {
        assert_eq!(judge(ANN, wrong).await.code, 3, "{wrong:?}");
    }
    let said = judge(CY, &["--not-the-change"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let said = judge(
        CY,
        &["real", "--cause", &commit[..8], "--note", "it raises"],
    )
    .await;
    assert_eq!(said.code, 0, "{}", said.err);
    let document = tawny(world, CY, &["--json", "why", id]).await;
    let document = document.document("tawny.why/1");
    assert_eq!(document["named"].as_array().unwrap().len(), 1);
    assert_eq!(
        document["named"][0]["culprit"]["id"], commit,
        "{document:#}"
    );
    for verb in ["why", "report", "postmortem", "timeline"] {
        let shown = tawny(world, CY, &[verb, id]).await;
        assert!(
            shown.out.contains("cy says: it was"),
            "{verb}: {}",
            shown.out
        );
    }
    let stats = tawny(world, CY, &["--json", "stats", "shop"]).await;
    let service = &stats.document("tawny.stats/1")["services"][0];
    assert_eq!(service["causes"]["first"]["part"], 1, "{service:#}");
    assert_eq!(service["causes"]["accusations"]["of"], 1);
}
