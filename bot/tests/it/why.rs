//! Which change did it: from the commits to the words in the thread.

use crate::commands::tawny;
use crate::git::Git;
use crate::packages::SERVES;
use crate::settings::{CY, Guarding};
use crate::world::World;

/// A repository of two versions: `v2` brings three commits, one of which has to do with errors.
fn repository() -> Git {
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
    let events = world.events(&id).await;
    let times = events.iter().filter(|event| *event == "cause_ranked");
    assert_eq!(times.count(), 1, "{events:?}");
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
