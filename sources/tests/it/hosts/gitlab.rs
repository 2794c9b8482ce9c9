//! GitLab.

use super::gitlab_double::{PREFIX, TOKEN, gitlab};
use super::world::{Made, Server, World, id, titles};
use sources::code::{
    Bounds, Changes, CodeError, GitLab, GitLabRepository, HostConfig, Missing, Relation,
};

fn within(double: &Server, requests: usize, token: &str) -> GitLabRepository {
    let config = HostConfig {
        requests,
        ..HostConfig::new("https://git.example/git", format!("{}{PREFIX}", double.url))
    };
    let token = token.to_owned().into();
    GitLab::new(config, Some(&token))
        .unwrap()
        .repository("acme/team/shop")
}

async fn ask(repository: &GitLabRepository, from: &str, to: &str) -> Changes {
    repository
        .changes(from, to, &Bounds::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_release_is_told_with_its_merge_requests_people_files_and_hunks() {
    let double = gitlab(World::line(3)).await;
    let told = ask(&within(&double, 100, TOKEN), "v1", "v2").await;
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
    assert_eq!(
        (last.files[0].additions, last.files[0].patch.as_str()),
        (1, "@@ -0,0 +1 @@\n+line 3")
    );
    let request = last.request.as_ref().unwrap();
    assert_eq!(
        (request.number, request.merger.as_deref()),
        (3, Some("mia"))
    );
    assert_eq!(
        (&request.labels[0], &request.reviewers[0]),
        (&"payments".to_owned(), &"rita".to_owned())
    );
    assert_eq!(
        request.url,
        "https://git.example/git/acme/team/shop/-/merge_requests/3"
    );
    let page = format!(
        "https://git.example/git/acme/team/shop/-/commit/{}",
        id('a', 3)
    );
    assert_eq!(last.url.as_deref(), Some(page.as_str()));
    assert!(
        double
            .seen()
            .iter()
            .all(|one| one.headers["private-token"] == TOKEN)
    );
}

#[tokio::test]
async fn commits_and_files_beyond_one_page_are_told_in_full() {
    let mut world = World::line(250);
    world.commits[250].files = (0..230)
        .map(|n| (format!("lib/f{n:03}"), "@@ -0,0 +1 @@\n+x".into()))
        .collect();
    let double = gitlab(world).await;
    let told = ask(&within(&double, 1000, TOKEN), "v1", "v2").await;
    assert_eq!(
        (told.changes.len(), told.changes[249].files.len()),
        (250, 230)
    );
    assert!(
        told.changes
            .iter()
            .all(|one| !one.files.is_empty() && one.request.is_some())
    );
    assert_eq!(told.missing, []);
}

#[tokio::test]
async fn the_budget_is_kept_and_what_it_did_not_buy_is_said() {
    let double = gitlab(World::line(200)).await;
    let told = ask(&within(&double, 50, TOKEN), "v1", "v2").await;
    assert!(double.seen().len() <= 50, "{}", double.seen().len());
    let read = told
        .changes
        .iter()
        .filter(|one| !one.files.is_empty())
        .count();
    assert_eq!(told.changes.len(), 200);
    assert!(
        read > 10 && told.missing.contains(&Missing::Unread(200 - read)),
        "{:?}",
        told.missing
    );
    assert_eq!(told.unattributed.len(), 200 - read);
}

#[tokio::test]
async fn diverged_and_unrelated_histories_are_told() {
    let mut world = World::line(2);
    for (line, parents) in [('b', vec![id('a', 1)]), ('c', vec![])] {
        world.commits.push(Made {
            id: id(line, 1),
            parents,
            message: format!("On {line}"),
            files: vec![(line.to_string(), "@@ -0,0 +1 @@\n+x".into())],
        });
    }
    let double = gitlab(world).await;
    let repository = within(&double, 100, TOKEN);
    let told = ask(&repository, "v2", &id('b', 1)).await;
    assert_eq!(told.relation, Relation::Diverged);
    assert_eq!(
        (titles(&told.changes), titles(&told.gone)),
        (vec!["On b"], vec!["Change 2"])
    );
    let told = ask(&repository, "v2", &id('c', 1)).await;
    assert_eq!(
        (told.relation, titles(&told.changes)),
        (Relation::Unrelated, vec!["On c"])
    );
    assert_eq!(told.changes[0].files[0].path, "c");
}

#[tokio::test]
async fn what_is_unknown_and_what_is_refused_is_named_without_the_token() {
    let double = gitlab(World::line(2)).await;
    let error = within(&double, 100, TOKEN)
        .changes("v9", "v2", &Bounds::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CodeError::NotThere { version, .. } if version == "v9"),
        "{error}"
    );
    let wrong = within(&double, 100, "glpat-wrong");
    let error = wrong
        .changes("v1", "v2", &Bounds::default())
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?} {wrong:?}");
    assert!(
        shown.contains("put a new one into `token`") && !shown.contains("glpat-wrong"),
        "{shown}"
    );
}
