use super::*;
use clap::ValueEnum;
use std::collections::BTreeSet;

async fn made(scenario: Scenario, seed: u64) -> (tempfile::TempDir, Repository) {
    let dir = tempfile::TempDir::new().unwrap();
    let made = make(&dir.path().join("shop"), scenario, seed, ("v1", "v2")).await;
    (dir, made.unwrap())
}

async fn asked(repository: &Repository, arguments: &[&str]) -> String {
    let ended = Command::new("git")
        .arg("-C")
        .arg(&repository.path)
        .args(arguments)
        .output()
        .await
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
    String::from_utf8(ended.stdout).unwrap()
}

#[tokio::test]
async fn the_history_is_long_of_several_people_over_weeks_and_both_versions_are_tags() {
    let (_dir, repository) = made(Scenario::ErrorSpike, 1).await;
    let log = asked(
        &repository,
        &["log", "--format=%an|%ct|%s", "--reverse", "v2"],
    )
    .await;
    let commits: Vec<Vec<&str>> = log.lines().map(|line| line.split('|').collect()).collect();
    assert!((20..=40).contains(&commits.len()), "{}", commits.len());
    let people: BTreeSet<&str> = commits.iter().map(|commit| commit[0]).collect();
    assert!(people.len() >= 4, "{people:?}");
    let times: Vec<i64> = commits
        .iter()
        .map(|commit| commit[1].parse().unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    let days = (times[times.len() - 1] - times[0]) / DAY;
    assert!((14..90).contains(&days), "{days} days");
    let tag = |name: &str| format!("refs/tags/{name}");
    let shown = asked(&repository, &["rev-parse", &tag("v1"), &tag("v2"), "main"]).await;
    let hashes: Vec<&str> = shown.lines().collect();
    assert_eq!(hashes, [&repository.old, &repository.new, &repository.new]);
    assert_eq!(asked(&repository, &["status", "--porcelain"]).await, "");
    let files = asked(&repository, &["ls-files"]).await;
    for kind in [
        "shop/",
        "config/",
        "migrations/",
        "tests/",
        "docs/",
        "requirements.txt",
    ] {
        assert!(files.lines().any(|file| file.starts_with(kind)), "{kind}");
    }
}

#[tokio::test]
async fn one_commit_between_the_versions_is_guilty_where_the_release_does_harm() {
    for scenario in Scenario::value_variants() {
        let (_dir, repository) = made(*scenario, 3).await;
        let between = asked(&repository, &["rev-list", "v1..v2"]).await;
        let none = [Scenario::Dependency, Scenario::Healthy, Scenario::Quiet].contains(scenario);
        match &repository.guilty {
            None => assert!(none, "{scenario:?}"),
            Some(guilty) => {
                assert!(!none, "{scenario:?}");
                let among = between.lines().filter(|hash| hash == guilty);
                assert_eq!(among.count(), 1, "{scenario:?}");
                assert_ne!(*guilty, repository.new, "it is not the last one");
                let touched = asked(&repository, &["show", "--stat", "--format=", guilty]).await;
                assert!(touched.contains("shop/"), "{touched}");
            }
        }
        let innocent = between.lines().count() - usize::from(!none);
        assert!(innocent >= 5, "{innocent} others");
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_commits_and_another_seed_others() {
    let hashes = |repository: &Repository| {
        (
            repository.old.clone(),
            repository.new.clone(),
            repository.guilty.clone(),
        )
    };
    let (_one, first) = made(Scenario::Latency, 1).await;
    let (_two, again) = made(Scenario::Latency, 1).await;
    let (_three, other) = made(Scenario::Latency, 2).await;
    assert_eq!(hashes(&first), hashes(&again));
    assert_ne!(first.new, other.new);
    assert_eq!(first.new.len(), 40);
}

#[tokio::test]
async fn what_the_faulty_code_logs_names_a_line_that_the_guilty_commit_wrote() {
    for scenario in [
        Scenario::ErrorSpike,
        Scenario::PoolLeak,
        Scenario::Latency,
        Scenario::Crash,
    ] {
        let (_dir, repository) = made(scenario, 5).await;
        let guilty = repository.guilty.clone().unwrap();
        let said: Vec<String> = repository
            .words
            .values()
            .map(|words| words.text.clone())
            .collect();
        let mut met = false;
        for frame in guard::suspects::frames(&said) {
            let path = frame.file.trim_start_matches("/srv/shop/");
            let line = frame.line.unwrap().to_string();
            let lines = format!("{line},{line}");
            let blame = ["blame", "-l", "-L", lines.as_str(), "v2", "--", path];
            met |= asked(&repository, &blame).await.starts_with(&guilty);
        }
        assert!(met, "{scenario:?}: {said:?}");
        assert!(!said.concat().contains(&guilty[..7]));
    }
}

#[test]
fn every_seed_has_a_story_and_nobody_commits_at_night_or_at_the_weekend() {
    for seed in 0..50 {
        for scenario in Scenario::value_variants() {
            let story = story(*scenario, seed).unwrap();
            for commit in &story.commits {
                let at = jiff::Timestamp::from_second(commit.at).unwrap();
                let at = at.to_zoned(jiff::tz::TimeZone::UTC);
                assert!((7..18).contains(&at.hour()), "{at}");
                let weekend = [jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday];
                assert!(!weekend.contains(&at.weekday()), "{at}");
            }
        }
    }
}
