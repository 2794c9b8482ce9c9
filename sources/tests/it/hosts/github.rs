//! GitHub.

use super::github_double::{PREFIX, TOKEN, github, plainly, refusal};
use super::world::{Made, MadeRequest, Server, World, id, titles};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use sources::code::{
    Bounds, Changes, CodeError, GitHub, GitHubAuth, GitHubRepository, HostConfig, Missing, Relation,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub(super) fn bounds() -> Bounds {
    Bounds::default()
}

pub(super) fn host(
    double: &Server,
    auth: &GitHubAuth,
    change: impl FnOnce(&mut HostConfig),
) -> Result<GitHub, String> {
    let mut config = HostConfig::new("https://ghe.example", format!("{}{PREFIX}", double.url));
    change(&mut config);
    GitHub::new(config, auth)
}

pub(super) fn repository_as(double: &Server, auth: &GitHubAuth) -> GitHubRepository {
    host(double, auth, |_| {})
        .unwrap()
        .repository("acme", "shop")
}

fn token() -> GitHubAuth {
    GitHubAuth::Token(TOKEN.to_owned().into())
}

fn within(double: &Server, requests: usize) -> GitHubRepository {
    let host = host(double, &token(), |config| config.requests = requests).unwrap();
    host.repository("acme", "shop")
}

pub(super) async fn ask(repository: &GitHubRepository, from: &str, to: &str) -> Changes {
    repository.changes(from, to, &bounds()).await.unwrap()
}

#[tokio::test]
async fn a_release_is_told_with_its_requests_people_files_and_hunks() {
    let double = github(World::line(3), plainly).await;
    let told = ask(&repository_as(&double, &token()), "v1", "v2").await;
    assert_eq!(
        (told.relation, told.missing.as_slice()),
        (Relation::Ahead, &[][..])
    );
    assert_eq!(titles(&told.changes), ["Change 1", "Change 2", "Change 3"]);
    let last = &told.changes[2];
    assert_eq!(
        (last.body.as_str(), last.author.as_str()),
        ("Why 3", "Ann <ann@example.com>")
    );
    assert_eq!(last.files[0].patch, "@@ -0,0 +1 @@\n+line 3\n");
    let request = last.request.as_ref().unwrap();
    assert_eq!((request.number, request.title.as_str()), (3, "Request 3"));
    assert_eq!(request.merger.as_deref(), Some("mia"));
    assert_eq!(
        (request.labels.as_slice(), request.reviewers.as_slice()),
        (
            &["payments".to_owned()][..],
            &["rob".to_owned(), "rita".to_owned()][..]
        )
    );
    // What the host says of links is not believed.
    let page = format!("https://ghe.example/acme/shop/commit/{}", id('a', 3));
    assert_eq!(last.url.as_deref(), Some(page.as_str()));
    assert_eq!(request.url, "https://ghe.example/acme/shop/pull/3");
    assert_eq!(told.requests, double.seen().len());
}

#[tokio::test]
async fn what_did_not_change_at_the_host_is_not_sent_again_and_costs_nothing() {
    let double = github(World::line(5), plainly).await;
    let repository = within(&double, 40);
    let first = ask(&repository, "v1", "v2").await;
    let asked = double.seen().len();
    assert!(double.seen().iter().all(|one| one.status == 200));
    for _ in 0..5 {
        let again = ask(&repository, "v1", "v2").await;
        assert_eq!(
            (again.changes, again.missing),
            (first.changes.clone(), first.missing.clone())
        );
    }
    let later = &double.seen()[asked..];
    assert_eq!(later.len(), 5 * asked);
    assert!(later.iter().all(|one| one.status == 304));
}

#[tokio::test]
async fn commits_and_files_beyond_one_page_are_told_in_full() {
    let mut world = World::line(260);
    world.commits[260].files = (0..700)
        .map(|n| (format!("lib/f{n:03}"), "@@ -0,0 +1 @@\n+x".into()))
        .collect();
    let double = github(world, plainly).await;
    let told = ask(&within(&double, 1000), "v1", "v2").await;
    assert_eq!(told.changes.len(), 260);
    assert_eq!(told.changes[260 - 1].files.len(), 700);
    assert!(
        told.changes
            .iter()
            .all(|one| !one.files.is_empty() && one.request.is_some())
    );
    assert_eq!(told.changes[0].title, "Change 1");
    // Who had to do with it is asked of the newest requests alone.
    assert_eq!(told.missing, [Missing::People(235)]);
}

#[tokio::test]
async fn the_budget_is_kept_and_what_it_did_not_buy_is_said() {
    let double = github(World::line(200), plainly).await;
    let told = ask(&within(&double, 60), "v1", "v2").await;
    assert!(double.seen().len() <= 60, "{}", double.seen().len());
    assert_eq!(told.changes.len(), 200);
    let read = told
        .changes
        .iter()
        .filter(|one| !one.files.is_empty())
        .count();
    assert!(read > 10, "{read}");
    assert!(
        told.missing.contains(&Missing::Unread(200 - read)),
        "{:?}",
        told.missing
    );
    // The newest are read first, and what is not read is not guessed.
    assert!(
        told.changes[200 - read..]
            .iter()
            .all(|one| !one.files.is_empty())
    );
    assert_eq!(told.unattributed.len(), 200 - read);
    assert!(told.cut.unwrap().contains("all requests"));
}

#[tokio::test]
async fn more_than_three_hundred_files_are_found_by_their_trees() {
    let double = github(World::line(400), plainly).await;
    let told = ask(&within(&double, 60), "v1", "v2").await;
    let read = told
        .changes
        .iter()
        .filter(|one| !one.files.is_empty())
        .count();
    assert_eq!(told.unattributed.len(), 400 - read);
    assert_eq!(double.count("/git/trees/"), 2);
}

#[tokio::test]
async fn after_a_forced_push_what_went_is_told_beside_what_came() {
    let mut world = World::line(2);
    world.commits.push(Made {
        id: id('b', 1),
        parents: vec![id('a', 1)],
        message: "Better".into(),
        files: vec![("b".into(), "@@ -0,0 +1 @@\n+b".into())],
    });
    world.names.push(("forced".into(), id('b', 1)));
    let double = github(world, plainly).await;
    let repository = repository_as(&double, &token());
    let told = ask(&repository, "v2", "forced").await;
    assert_eq!(told.relation, Relation::Diverged);
    assert_eq!(
        (titles(&told.changes), titles(&told.gone)),
        (vec!["Better"], vec!["Change 2"])
    );
    let back = ask(&repository, "v2", "v1").await;
    assert_eq!(back.relation, Relation::Behind);
    assert_eq!(
        (titles(&back.changes), titles(&back.gone)),
        (vec![], vec!["Change 1", "Change 2"])
    );
    let same = ask(&repository, "v2", "v2").await;
    assert_eq!((same.relation, same.changes.len()), (Relation::Same, 0));
}

#[tokio::test]
async fn of_unrelated_histories_the_difference_of_the_files_is_one_change() {
    let mut world = World::line(2);
    world.commits.push(Made {
        id: id('c', 0),
        parents: vec![],
        message: "Squashed".into(),
        files: vec![("src/f1.rs".into(), "x".into()), ("new".into(), "x".into())],
    });
    world.names.push(("anew".into(), id('c', 0)));
    let double = github(world, plainly).await;
    let told = ask(&repository_as(&double, &token()), "v2", "anew").await;
    assert_eq!(told.relation, Relation::Unrelated);
    assert_eq!(titles(&told.changes), ["Squashed"]);
    let paths: Vec<_> = told.changes[0]
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(paths, ["new", "src/f0.rs", "src/f1.rs", "src/f2.rs"]);
    assert_eq!(told.missing, [Missing::Patches(4)]);
}

#[tokio::test]
async fn a_request_that_was_closed_unmerged_brought_nothing() {
    let mut world = World::line(2);
    world.requests[1].merged = false;
    world.requests.push(MadeRequest {
        number: 9,
        commit: id('a', 1),
        merged: false,
    });
    let double = github(world, plainly).await;
    let told = ask(&repository_as(&double, &token()), "v1", "v2").await;
    let numbers: Vec<_> = told
        .changes
        .iter()
        .map(|one| one.request.as_ref().map(|r| r.number))
        .collect();
    assert_eq!(numbers, [Some(1), None]);
    assert_eq!(told.missing, []);
}

#[tokio::test]
async fn an_unknown_version_is_named_and_a_repository_that_may_not_be_seen_too() {
    let double = github(World::line(2), plainly).await;
    let repository = repository_as(&double, &token());
    for (from, to, unknown) in [
        ("v9", "v2", "v9"),
        ("v1", "../../user", "../../user"),
        ("..", "v2", ".."),
    ] {
        let error = repository.changes(from, to, &bounds()).await.unwrap_err();
        assert!(
            matches!(&error, CodeError::NotThere { version, .. } if version == unknown),
            "{error}"
        );
    }
    let all = double.seen();
    assert!(
        all.iter()
            .all(|one| one.path.starts_with("/api/v3/repos/acme/shop/")),
        "{all:?}"
    );
    let other = host(&double, &token(), |_| {})
        .unwrap()
        .repository("acme", "hidden");
    let error = other
        .changes("v1", "v2", &bounds())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("https://ghe.example/acme/hidden") && error.contains("may not see it"),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_token_is_said_and_never_shown() {
    let double = github(World::line(2), |_, _| {
        let echo = format!(
            "Bad credentials: ghp_wrongButSecret and {}",
            "x".repeat(500)
        );
        Some(refusal(401, &echo, &[]))
    })
    .await;
    let auth = GitHubAuth::Token("ghp_wrongButSecret".to_owned().into());
    let repository = repository_as(&double, &auth);
    let error = repository.changes("v1", "v2", &bounds()).await.unwrap_err();
    let shown = format!("{error} {error:?} {repository:?} {auth:?}");
    assert!(shown.contains("put a new one into `auth`"), "{shown}");
    assert!(!shown.contains("ghp_wrongButSecret"), "{shown}");
    assert_eq!(
        double.seen().len(),
        1,
        "what is refused for good is asked once"
    );
}

#[tokio::test]
async fn a_redirect_elsewhere_is_not_followed_and_one_at_home_is() {
    let other = github(World::line(2), plainly).await;
    let target = format!("{}{PREFIX}/repositories/1", other.url);
    let double = github(World::line(2), move |_, _| {
        Some(
            (
                StatusCode::MOVED_PERMANENTLY,
                [("location", target.clone())],
            )
                .into_response(),
        )
    })
    .await;
    let repository = repository_as(&double, &token());
    let error = repository
        .changes("v1", "v2", &bounds())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("redirected to another place"), "{error}");
    assert_eq!(
        other.seen().len(),
        0,
        "no request, and so no token, went there"
    );

    let home = github(World::line(2), |path, _| {
        let (before, after) = path.split_once("/acme/old/")?;
        let to = format!("{before}/acme/shop/{after}?per_page=100&page=1");
        Some((StatusCode::MOVED_PERMANENTLY, [("location", to)]).into_response())
    })
    .await;
    let moved = host(&home, &token(), |_| {})
        .unwrap()
        .repository("acme", "old");
    assert_eq!(ask(&moved, "v1", "v2").await.changes.len(), 2);
}

#[tokio::test]
async fn a_short_pause_is_waited_for_and_a_long_one_ends_the_reading_with_what_there_is() {
    let double = github(World::line(4), |_, number| {
        let pause = [("retry-after", "1")];
        (number == 0).then(|| refusal(403, "You have exceeded a secondary rate limit.", &pause))
    })
    .await;
    let told = ask(&repository_as(&double, &token()), "v1", "v2").await;
    assert_eq!((told.changes.len(), told.missing.len()), (4, 0));

    let double = github(World::line(4), |path, _| {
        let pause = [("retry-after", "3600")];
        path.contains("/commits/")
            .then(|| refusal(429, "Too many", &pause))
    })
    .await;
    let told = ask(&repository_as(&double, &token()), "v1", "v2").await;
    assert_eq!(told.changes.len(), 4);
    assert!(
        told.missing.contains(&Missing::Unread(4)),
        "{:?}",
        told.missing
    );
    assert!(told.cut.unwrap().contains("rate limit"));
    assert!(
        double.count("/commits/") <= 6,
        "only what was under way: {}",
        double.count("/commits/")
    );
}

#[tokio::test]
async fn when_the_limit_is_used_up_nobody_asks_until_it_begins_anew() {
    let reset = jiff::Timestamp::now().as_second() + 1800;
    let double = github(World::line(4), move |_, _| {
        let reset = reset.to_string();
        let headers = [
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", &*reset),
        ];
        Some(refusal(
            403,
            "API rate limit exceeded for user ID 1.",
            &headers,
        ))
    })
    .await;
    let repository = repository_as(&double, &token());
    for _ in 0..3 {
        let error = repository
            .changes("v1", "v2", &bounds())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("rate limit is used up"), "{error}");
    }
    assert_eq!(double.seen().len(), 1);
}

#[tokio::test]
async fn an_hour_of_trouble_at_the_host_is_survived_in_the_time_for_it() {
    let double = github(World::line(30), |path, _| {
        path.contains("/commits/")
            .then(|| refusal(502, "Bad gateway", &[]))
    })
    .await;
    let told = ask(&repository_as(&double, &token()), "v1", "v2").await;
    assert_eq!(told.changes.len(), 30);
    assert!(told.changes.iter().all(|one| one.request.is_some()));
    assert!(
        told.missing.contains(&Missing::Unread(30)),
        "{:?}",
        told.missing
    );

    let mut world = World::line(3);
    world.slow = Duration::from_secs(60);
    let double = github(world, plainly).await;
    let short = Bounds {
        time: Duration::from_millis(300),
        ..Bounds::default()
    };
    let error = repository_as(&double, &token())
        .changes("v1", "v2", &short)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("the time for it was over"),
        "{error}"
    );
}

#[tokio::test]
async fn no_more_than_a_few_requests_are_under_way_at_once() {
    let mut world = World::line(40);
    world.slow = Duration::from_millis(20);
    let asked = Arc::new(AtomicU32::new(0));
    let counted = asked.clone();
    let double = github(world, move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        None
    })
    .await;
    let begun = std::time::Instant::now();
    ask(&within(&double, 200), "v1", "v2").await;
    // Six at once and 20 ms each: to be done sooner takes more at once.
    let asked = asked.load(Ordering::SeqCst);
    assert!(asked > 40, "{asked}");
    assert!(begun.elapsed() >= Duration::from_millis(20) * asked / 6);
}

#[tokio::test]
async fn the_token_goes_to_the_host_with_every_request_and_nowhere_else() {
    let double = github(World::line(3), plainly).await;
    ask(&repository_as(&double, &token()), "v1", "v2").await;
    for seen in double.seen() {
        assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
        assert!(!seen.path.contains(TOKEN) && !seen.query.contains(TOKEN));
    }
}
