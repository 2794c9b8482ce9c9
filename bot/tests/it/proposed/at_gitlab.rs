//! The same at GitLab, which undoes a commit itself.

use super::gitlab::GitLab;
use super::{commit, fixes, guarding, hurting, reverted};
use crate::commands::tawny;
use crate::hub::Mood;
use crate::settings::{ANN, CY};
use crate::why::repository;
use crate::world::World;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_gitlab_a_suspect_is_undone_in_one_merge_request_and_a_conflict_leaves_nothing_behind() {
    let mut git = repository();
    let raises = "def respond(error):\n    return str(error)\n";
    git.write("app/errors.py", raises);
    git.commit("Answer errors again");
    let world = World::of(&[("shop", 2)], &guarding(&git)).await;
    let gitlab = GitLab::start(world.at(18700), git).await;
    let url = format!("http://{}/acme/shop", gitlab.address);
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += &format!("    fix_forward: {{repo: \"{url}\", labels: [tawny, revert]}}\n");
    text += &gitlab.settings();
    std::fs::write(&file, text).unwrap();
    let mut world = world.with_first_version().await;
    let id = hurting(&mut world).await;

    let asked = tawny(&world, ANN, &["revert-pr", &id]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 1).await;
    assert_eq!(ended[0]["trouble"]["trouble"], "conflict", "{ended:?}");
    let timeline = tawny(&world, CY, &["timeline", &id]).await;
    assert!(timeline.out.contains("by hand"), "{}", timeline.out);
    {
        let inner = gitlab.sound();
        assert_eq!(inner.git.run(&["branch", "--list", "tawny/*"]), "");
        assert_eq!(inner.writes.len(), 1, "tried dry: {:?}", inner.writes);
    }

    // Another of its commits, although nobody learns of the branch, of what was done to it, and of the request.
    let other = commit(&gitlab.sound().git, "Teal links");
    for lost in ["/branches", "/revert", "/merge_requests"] {
        gitlab.plan(Mood::DoesAndHangsUp(lost));
    }
    let asked = tawny(&world, ANN, &["revert-pr", &id, "--suspect", &other[..8]]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 2).await;
    let opened = ended.iter().find(|fix| fix["standing"] == "opened");
    let opened = opened.unwrap_or_else(|| panic!("{ended:?}"));
    assert_eq!(opened["url"], format!("{url}/-/merge_requests/1").as_str());
    let inner = gitlab.sound();
    let [request] = &inner.requests[..] else {
        panic!("{:?}", inner.requests);
    };
    let branch = format!("tawny/revert-{}-{id}", &other[..7]);
    assert_eq!(request["source_branch"], branch.as_str());
    assert_eq!(request["target_branch"], "main");
    assert_eq!(request["labels"], "tawny,revert");
    assert_eq!(request["remove_source_branch"], json!(true));
    let body = request["description"].as_str().unwrap();
    for part in ["Teal links", "ann", &id, "<!-- Tawny-Fix: revert/"] {
        assert!(body.contains(part), "{part}: {body}");
    }
    let tree = inner.git.run(&["rev-parse", &format!("{branch}^{{tree}}")]);
    assert_eq!(tree.trim(), reverted(&inner.git, &other));
    let ahead = inner
        .git
        .run(&["rev-list", "--count", &format!("main..{branch}")]);
    assert_eq!(ahead.trim(), "1", "undone once");
}
