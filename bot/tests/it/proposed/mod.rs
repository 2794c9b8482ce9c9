//! What did it is undone where the code is: from a word to a request that people can merge.

mod at_gitlab;
mod drafted;
pub(crate) mod github;
mod gitlab;
mod pinned;
mod store;
mod suggested;

use crate::commands::tawny;
use crate::git::Git;
use crate::hub::Mood;
use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, BO, CI, CY, Guarding};
use crate::wait::until;
use crate::why::repository;
use crate::world::World;
use github::{GitHub, TOKEN};
use reqwest::Method;
use serde_json::Value;
use std::time::{Duration, Instant};

const GUILTY: &str = "Raise errors instead of answering them";

/// A service whose code is in this repository, and that asks before it rolls back.
fn guarding(git: &Git) -> Guarding {
    Guarding {
        autonomy: "pause",
        repo: Some(git.path().to_owned()),
        ..Guarding::default()
    }
}

/// A server whose service's code is in this repository and at a double of GitHub.
async fn proposing(git: Git, more: &str) -> (World, GitHub) {
    proposing_with(git, more, "").await
}

/// The same, with more said of how it is proposed.
async fn proposing_with(git: Git, more: &str, how: &str) -> (World, GitHub) {
    let world = World::of(&[("shop", 2)], &guarding(&git)).await;
    let github = GitHub::start(world.at(18700), git).await;
    let file = world.dir.path().join("main/tawny.yaml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    let url = github.url();
    text +=
        &format!("    fix_forward: {{repo: \"{url}/acme/shop\", labels: [tawny, revert]{how}}}\n");
    text += &github.settings(more);
    std::fs::write(&file, text).unwrap();
    (world.with_first_version().await, github)
}

pub(crate) fn writing() -> String {
    format!("write_auth: {{type: token, token: {TOKEN}}}")
}

/// A deployment that hurts and is paused, with its suspects known.
async fn hurting(world: &mut World) -> String {
    let package = world.put("shop", "v2", SERVES);
    world.prometheus.spoil("v2");
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world.event(&id, "approval_asked").await;
    id
}

/// How the fixes of a deployment stand, once none is under way.
async fn fixes(world: &mut World, id: &str, count: usize) -> Vec<Value> {
    until("the fixes have ended", async || {
        world.server.revive();
        let path = format!("deployments/{id}");
        let (_, view) = world.server.try_call(ANN, Method::GET, &path, None).await?;
        let fixes = view["fixes"].as_array()?.clone();
        let ended = fixes.len() == count && fixes.iter().all(|fix| fix["standing"] != "under_way");
        ended.then_some(fixes)
    })
    .await
}

/// The commit with this title.
fn commit(git: &Git, title: &str) -> String {
    let found = git.run(&[
        "log",
        "--all",
        "--format=%H",
        "--fixed-strings",
        "--grep",
        title,
    ]);
    found.lines().last().unwrap().to_owned()
}

/// The tree that git itself makes of a revert on the default branch.
fn reverted(git: &Git, suspect: &str) -> String {
    git.run(&["checkout", "--quiet", "--detach", "main"]);
    git.run(&["revert", "--no-edit", suspect]);
    let tree = git.run(&["rev-parse", "HEAD^{tree}"]);
    git.run(&["checkout", "--quiet", "main"]);
    tree.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_has_the_suspect_undone_in_one_request_whose_tree_is_what_git_makes_of_it() {
    let mut git = repository();
    // Work went on since: also in the file that the suspect brought.
    git.write("app/cart.py", "TOTAL = 1\n");
    git.commit("Count from one");
    let (mut world, github) = proposing(git, &writing()).await;
    let id = hurting(&mut world).await;
    for (who, why) in [(CI, "machine"), (CY, "may not")] {
        let refused = tawny(&world, who, &["revert-pr", &id]).await;
        assert_eq!(refused.code, 1, "{}", refused.out);
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    let asked = tawny(
        &world,
        ANN,
        &["revert-pr", &id, "--reason", "errors since the release"],
    )
    .await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let fixes = fixes(&mut world, &id, 1).await;
    assert_eq!(fixes[0]["standing"], "opened", "{fixes:?}");
    let url = format!("{}/acme/shop/pull/1", github.url());
    assert_eq!(fixes[0]["url"], url.as_str());
    {
        let inner = github.sound();
        let suspect = commit(&inner.git, GUILTY);
        assert_eq!(fixes[0]["suspect"], suspect.as_str());
        let [pull] = &inner.pulls[..] else {
            panic!("{:?}", inner.pulls);
        };
        let branch = format!("tawny/revert-{}-{id}", &suspect[..7]);
        assert_eq!(pull["head"]["ref"], branch.as_str());
        assert_eq!(pull["labels"], serde_json::json!(["tawny", "revert"]));
        let tree = inner.git.run(&["rev-parse", &format!("{branch}^{{tree}}")]);
        assert_eq!(tree.trim(), reverted(&inner.git, &suspect));
        let parent = inner.git.run(&["rev-parse", &format!("{branch}^")]);
        assert_eq!(parent, inner.git.run(&["rev-parse", "main"]));
        let message = inner.git.run(&["log", "-1", "--format=%B", &branch]);
        assert!(
            message.contains(&format!("This reverts commit {suspect}.")),
            "{message}"
        );
        let body = pull["body"].as_str().unwrap();
        for part in [
            GUILTY,
            "ann",
            "What was found",
            "errors",
            &id,
            "<!-- Tawny-Fix: revert/",
        ] {
            assert!(body.contains(part), "{part}: {body}");
        }
    }
    // Who asks again is told who was faster; nothing else is opened.
    let again = tawny(&world, BO, &["say", &format!("revert pr {id}")]).await;
    assert!(
        again.out.contains(&url) || again.err.contains(&url),
        "{} {}",
        again.out,
        again.err
    );
    assert_eq!(github.sound().pulls.len(), 1);
    let timeline = tawny(&world, CY, &["timeline", &id]).await;
    for part in ["ann asks for a request that undoes", "is open for review"] {
        assert!(timeline.out.contains(part), "{part}: {}", timeline.out);
    }
    let audit = tawny(&world, ANN, &["audit"]).await;
    assert!(audit.out.contains("revert-pr"), "{}", audit.out);
    let view = world
        .view(&id, "waits", |view| view["status"] == "paused")
        .await;
    world.answer(&view, "rollback").await;
    world.over(&id, "rolled_back").await;
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_opened_once_although_the_server_dies_and_answers_are_lost_between() {
    let (mut world, github) = proposing(repository(), &writing()).await;
    let id = hurting(&mut world).await;
    world.server.kill();
    world.server.begin(&Life {
        until: Some("after-fix:1".to_owned()),
        ..Life::default()
    });
    world.server.ready().await;
    for lost in ["/git/refs", "/pulls", "/labels"] {
        github.plan(Mood::DoesAndHangsUp(lost));
    }
    let path = format!("deployments/{id}/revert-pr");
    let (status, said) = world.server.call(ANN, Method::POST, &path, None).await;
    assert_eq!(status, 200, "{said}");
    let before = world.server.lives;
    let fixes = fixes(&mut world, &id, 1).await;
    assert_eq!(fixes[0]["standing"], "opened", "{fixes:?}");
    assert_eq!(world.server.lives, before + 1, "it died once");
    let inner = github.sound();
    assert_eq!(inner.pulls.len(), 1);
    let branches = inner.git.run(&["branch", "--list", "tawny/*"]);
    assert_eq!(branches.lines().count(), 1, "{branches}");
    let pulls = inner
        .writes
        .iter()
        .filter(|write| write.ends_with("/pulls"));
    assert_eq!(pulls.count(), 1, "{:?}", inner.writes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_undone_is_said_plainly_and_leaves_nothing_behind() {
    let mut git = repository();
    git.write(
        "app/errors.py",
        "def respond(error):\n    return str(error)\n",
    );
    git.commit("Answer errors again");
    let (mut world, github) = proposing(git, &writing()).await;
    let id = hurting(&mut world).await;
    let asked = tawny(&world, ANN, &["revert-pr", &id]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 1).await;
    assert_eq!(ended[0]["trouble"]["trouble"], "conflict", "{ended:?}");
    assert_eq!(ended[0]["trouble"]["paths"][0], "app/errors.py");
    let timeline = tawny(&world, CY, &["timeline", &id, "--lang", "zh-CN"]).await;
    assert!(timeline.out.contains("请手工还原"), "{}", timeline.out);
    assert_eq!(github.sound().writes, [""; 0]);
    // Another of its commits can be undone all the same; what the host refuses for good is said with what to do.
    let other = commit(&github.sound().git, "Teal links");
    // It is left alone as long as it wants to be, although each try is a new one.
    let (begun, before) = (Instant::now(), github.sound().writes.len());
    github.plan(Mood::Wait("/git/trees", 4));
    github.plan(Mood::Refuses(
        "/git/refs",
        403,
        "Resource not accessible by personal access token",
    ));
    let asked = tawny(&world, ANN, &["revert-pr", &id, "--suspect", &other[..8]]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 2).await;
    let of_it = ended
        .iter()
        .find(|fix| fix["suspect"] == other.as_str())
        .unwrap();
    assert_eq!(of_it["trouble"]["status"], 403, "{of_it}");
    assert!(
        begun.elapsed() >= Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        github.sound().writes.len(),
        before + 4,
        "trees twice, then once the rest"
    );
    let timeline = tawny(&world, CY, &["timeline", &id]).await;
    assert!(
        timeline.out.contains("rights to write contents"),
        "{}",
        timeline.out
    );
    // Once that is set right, it is opened.
    let asked = tawny(&world, ANN, &["revert-pr", &id, "--suspect", &other]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 3).await;
    assert_eq!(
        ended
            .iter()
            .filter(|fix| fix["standing"] == "opened")
            .count(),
        1,
        "{ended:?}"
    );
    assert_eq!(github.sound().pulls.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_account_that_may_write_nothing_is_offered_and_who_asks_is_told_why() {
    let (mut world, github) = proposing(repository(), "requests: 10").await;
    let id = hurting(&mut world).await;
    let asked = tawny(&world, ANN, &["revert-pr", &id]).await;
    assert_eq!(asked.code, 1, "{}", asked.out);
    assert!(
        asked.err.contains("No account is configured"),
        "{}",
        asked.err
    );
    let draft = tawny(&world, ANN, &["hotfix-pr", &id]).await;
    assert!(draft.err.contains("written by a model"), "{}", draft.err);
    assert_eq!(github.sound().writes, [""; 0]);
}
