//! What cannot be undone goes back where Git names the version.

use super::{GUILTY, fixes, hurting, proposing_with, writing};
use crate::commands::tawny;
use crate::hub::Mood;
use crate::settings::ANN;
use crate::why::repository;

const VALUES: &str = "# what runs\nimage:\n  repository: acme/shop\n  tag: \"v2\" # by hand\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_conflict_is_in_the_way_the_version_before_is_put_back_and_every_other_byte_stays()
{
    let mut git = repository();
    let answers = "def respond(error):\n    return str(error)\n";
    git.write("app/errors.py", answers);
    git.write("deploy/values.yaml", VALUES);
    git.commit("Answer errors again, and deploy by Git");
    let pin = ", pin: {file: deploy/values.yaml, key: image.tag}";
    let (mut world, github) = proposing_with(git, &writing(), pin).await;
    let id = hurting(&mut world).await;
    github.plan(Mood::DoesAndHangsUp("/git/refs"));
    let asked = tawny(&world, ANN, &["revert-pr", &id]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 1).await;
    assert_eq!(ended[0]["standing"], "opened", "{ended:?}");
    let inner = github.sound();
    let [pull] = &inner.pulls[..] else {
        panic!("{:?}", inner.pulls);
    };
    assert!(pull["title"].as_str().unwrap().contains("v1"), "{pull:#}");
    let body = pull["body"].as_str().unwrap();
    for part in [GUILTY, "The change itself is not undone", "app/errors.py"] {
        assert!(body.contains(part), "{part}: {body}");
    }
    let branch = pull["head"]["ref"].as_str().unwrap();
    let changed = inner.git.run(&["diff", "--name-only", "main", branch]);
    assert_eq!(changed.trim(), "deploy/values.yaml");
    let values = inner
        .git
        .run(&["show", &format!("{branch}:deploy/values.yaml")]);
    assert_eq!(values, VALUES.replace("\"v2\"", "\"v1\""));
}
