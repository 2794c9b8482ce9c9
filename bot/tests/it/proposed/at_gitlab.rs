//! The same at GitLab, which undoes a commit itself.

use super::drafted::{CHECK, agent, for_a_draft, model};
use super::gitlab::GitLab;
use super::{commit, fixes, guarding, hurting, reverted};
use crate::commands::tawny;
use crate::git::Git;
use crate::hub::Mood;
use crate::settings::{ANN, CY};
use crate::why::repository;
use crate::world::World;
use serde_json::json;

/// A server whose service's code is in this repository and at a double of GitLab, with more said of how it is proposed.
async fn proposing(git: Git, how: &str, more: &str) -> (World, GitLab) {
    let world = World::of(&[("shop", 2)], &guarding(&git)).await;
    let gitlab = GitLab::start(world.at(18700), git).await;
    let url = format!("http://{}/acme/shop", gitlab.address);
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    text += &format!("    fix_forward: {{repo: \"{url}\", labels: [tawny, revert]{how}}}\n");
    text += &(gitlab.settings() + more);
    std::fs::write(&file, text).unwrap();
    (world.with_first_version().await, gitlab)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_gitlab_a_suspect_is_undone_in_one_merge_request_and_a_conflict_leaves_nothing_behind() {
    let mut git = repository();
    let raises = "def respond(error):\n    return str(error)\n";
    git.write("app/errors.py", raises);
    git.commit("Answer errors again");
    let (mut world, gitlab) = proposing(git, "", "").await;
    let url = format!("http://{}/acme/shop", gitlab.address);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_gitlab_a_models_draft_is_tried_in_a_copy_and_opened_once_as_a_draft() {
    let model = model().await;
    let check = format!(", check: {{command: '{CHECK}', timeout: 30s}}");
    let (mut world, gitlab) = proposing(repository(), &check, &agent(&model)).await;
    let id = hurting(&mut world).await;
    let refused = tawny(&world, CY, &["hotfix-pr", &id]).await;
    assert_eq!(refused.code, 1, "{}", refused.out);
    assert_eq!(gitlab.sound().writes, [""; 0]);
    // What it does is lost on the way twice; the model is not asked again for what is there.
    for lost in ["/repository/commits", "/merge_requests"] {
        gitlab.plan(Mood::DoesAndHangsUp(lost));
    }
    let asked = tawny(&world, ANN, &["hotfix-pr", &id]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 1).await;
    assert_eq!(ended[0]["standing"], "opened", "{ended:?}");
    assert_eq!(model.refused(), Vec::<String>::new());
    let drafts = model.requests().into_iter().filter(for_a_draft).count();
    assert_eq!(drafts, 3, "each attempt once");
    let inner = gitlab.sound();
    let [request] = &inner.requests[..] else {
        panic!("{:?}", inner.requests);
    };
    let title = request["title"].as_str().unwrap();
    assert!(title.starts_with("Draft: "), "{title}");
    let body = request["description"].as_str().unwrap();
    for part in [
        "A model wrote it",
        "the configured command was content",
        "all is well",
        "ann",
        "<!-- Tawny-Fix: hotfix/",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    for foreign in ["evil.example", "@everyone"] {
        assert!(!body.contains(foreign), "{foreign}: {body}");
    }
    let branch = request["source_branch"].as_str().unwrap();
    assert!(branch.starts_with("tawny/hotfix-"), "{branch}");
    let changed = inner.git.run(&["diff", "--name-only", "main", branch]);
    assert_eq!(changed.trim(), "app/errors.py");
    let ahead = inner
        .git
        .run(&["rev-list", "--count", &format!("main..{branch}")]);
    assert_eq!(ahead.trim(), "1", "written once");
}
