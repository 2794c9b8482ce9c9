//! A release of 5,000 commits and 2,000 files stays within its time, its memory and its budget.

use super::github::{ask, host};
use super::github_double::{TOKEN, github, plainly};
use super::world::World;
use sources::code::{GitHubAuth, Missing};
use std::time::{Duration, Instant};

/// Kilobytes that this process held at most, the double's included.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_of_five_thousand_commits_stays_within_its_memory_and_its_budget() {
    let mut world = World::line(5000);
    for (at, commit) in world.commits.iter_mut().enumerate() {
        let patch = format!(
            "@@ -0,0 +1,40 @@\n{}",
            "+some line of code, as long as lines are\n".repeat(40)
        );
        commit.message = format!("Change {at}\n\n{}", "Why it was done. ".repeat(20));
        commit.files = vec![(format!("src/f{}.rs", at % 2000), patch)];
    }
    // As far as a host in the cloud is; told with `--no-capture`.
    world.slow = Duration::from_millis(100);
    let double = github(world, plainly).await;
    let auth = GitHubAuth::Token(TOKEN.to_owned().into());
    let repository = host(&double, &auth, |_| {})
        .unwrap()
        .repository("acme", "shop");
    let before = peak();
    let begun = Instant::now();
    let told = ask(&repository, "v1", "v2").await;
    let (took, after) = (begun.elapsed(), peak());
    let read = told
        .changes
        .iter()
        .filter(|one| !one.files.is_empty())
        .count();
    let with = told
        .changes
        .iter()
        .filter(|one| one.request.is_some())
        .count();
    println!(
        "5000 commits, 2000 files: {:.1} s, {} MB at most with the double ({} MB before), {} requests; \
         files of {read} commits, requests of {with}, {} files without a commit; missing {:?}",
        took.as_secs_f64(),
        after / 1000,
        before / 1000,
        told.requests,
        told.unattributed.len(),
        told.missing
    );
    assert_eq!(told.changes.len(), 5000);
    assert!(told.missing.contains(&Missing::Unread(5000 - read)));
    assert!(after < 200_000, "{after} kB");
    assert!(told.requests <= 240 && double.seen().len() <= 240);
}
