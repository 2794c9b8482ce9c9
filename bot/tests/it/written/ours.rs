//! A deployment of Tawny's own that carries out one of GitHub's.

use super::github::GitHub;
use super::{AUTH, states};
use crate::commands::tawny;
use crate::packages::SERVES;
use crate::settings::{ANN, Guarding};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_tawny_deploys_for_github_is_told_there_how_it_goes_and_who_has_no_number_is_refused()
{
    let world = World::of(&[("shop", 2)], &Guarding::default()).await;
    let github = GitHub::start(world.at(18600)).await;
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text + &github.settings(AUTH, "write_back: [statuses]");
    std::fs::write(&file, text).unwrap();
    let mut world = world.with_first_version().await;
    world.at_rest().await;
    // Nobody at GitHub asked for that one.
    states(&github, &[]).await;

    let package = world.put("shop", "v2", SERVES);
    let of = |field: &str| package[field].as_str().unwrap().to_owned();
    let (url, md5) = (of("url"), of("md5"));
    let deploy = [
        "--json",
        "deploy",
        "shop",
        "v2",
        "--package",
        &url,
        "--md5",
        &md5,
    ];
    for wrong in ["acme/shop", "acme/shop/latest", "../shop/17"] {
        let refused = tawny(&world, ANN, &[&deploy[..], &["--github", wrong]].concat()).await;
        assert_eq!(refused.code, 3, "{wrong}: {}{}", refused.out, refused.err);
        assert!(
            refused.err.contains("owner/name/NUMBER"),
            "{wrong}: {}",
            refused.err
        );
    }
    let begun = tawny(
        &world,
        ANN,
        &[&deploy[..], &["--github", "acme/shop/17"]].concat(),
    )
    .await;
    assert_eq!(begun.code, 0, "{}", begun.err);
    let begun = begun.document("tawny.deploy/1");
    let id = begun["id"].as_str().unwrap().to_owned();
    states(&github, &["in_progress"]).await;
    world.over(&id, "promoted").await;
    states(&github, &["in_progress", "success"]).await;
    let page = github.raw_statuses()[1]["log_url"].clone();
    let page = page.as_str().unwrap();
    assert!(page.ends_with(&format!("/deployments/{id}")), "{page}");
    world.at_rest().await;
    states(&github, &["in_progress", "success"]).await;
    assert!(!world.server.whole_log().contains(super::github::TOKEN));
    world.examine().await;
}
