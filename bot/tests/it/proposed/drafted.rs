//! A model drafts what mends the suspect: judged, tried, and opened as a draft for people.

use super::{commit, fixes, hurting, proposing_with, writing};
use crate::commands::tawny;
use crate::hub::Mood;
use crate::model::{Answer, Double, KEY};
use crate::settings::{ANN, CI, CY};
use crate::why::repository;
use serde_json::{Value, json};
use std::sync::Mutex;

/// The change is in the copy, and nothing of Tawny's surroundings is: the runner of tests sets such variables.
pub(super) const CHECK: &str =
    "grep -q str app/errors.py && ! env | grep -q -e CARGO -e NEXTEST && echo all is well";

fn mended(path: &str, diff: &str) -> Answer {
    let why = "It raised instead of answering; see https://evil.example/x, @everyone.";
    let files = json!([{ "path": path, "diff": diff }]);
    Answer::Text(json!({ "files": files, "why": why }).to_string())
}

/// Whether a request asks for a draft; the analyst asks for other things.
pub(super) fn for_a_draft(request: &Value) -> bool {
    request["response_format"]["json_schema"]["name"] == "mended"
}

/// A model that takes three attempts at one file, and does not want to write about another.
pub(super) async fn model() -> Double {
    let tries = Mutex::new(0);
    Double::of(move |request, _| {
        if !for_a_draft(request) || request.to_string().contains("theme.css") {
            return Answer::Refusal("no");
        }
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        let good =
            "@@ -2,9 +2,9 @@\n def respond(error):\n-    raise error\n+    return str(error)\n";
        match *tries {
            1 => mended(".github/workflows/ci.yml", good),
            2 => mended(
                "app/errors.py",
                "@@ -1 +1 @@\n-    raise other\n+    pass\n",
            ),
            3 => mended("app/errors.py", good),
            more => panic!("asked for the {more}th time"),
        }
    })
    .await
}

/// The part of the configuration that names it.
pub(super) fn agent(model: &Double) -> String {
    let url = model.url();
    format!(
        "agent: {{endpoints: [{{name: main, url: \"{url}\", model: wise-1, key: {KEY}, proxy: direct}}]}}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_models_draft_is_judged_tried_in_a_copy_and_opened_once_as_a_draft() {
    let model = model().await;
    let agent = agent(&model);
    let check = format!(", check: {{command: '{CHECK}', timeout: 30s}}");
    let (mut world, github) = proposing_with(repository(), &writing(), &check).await;
    world.server.stop().await;
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text + &agent).unwrap();
    world.server.begin(&crate::server::Life::default());
    world.server.ready().await;
    let id = hurting(&mut world).await;
    for who in [CI, CY] {
        let refused = tawny(&world, who, &["hotfix-pr", &id]).await;
        assert_eq!(refused.code, 1, "{}", refused.out);
    }
    // What it does is lost on the way; the model is not asked again for what is there.
    github.plan(Mood::DoesAndHangsUp("/git/refs"));
    let asked = tawny(&world, ANN, &["hotfix-pr", &id]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 1).await;
    assert_eq!(ended[0]["standing"], "opened", "{ended:?}");
    {
        let inner = github.sound();
        let [pull] = &inner.pulls[..] else {
            panic!("{:?}", inner.pulls);
        };
        assert_eq!(pull["draft"], true, "{pull:#}");
        let body = pull["body"].as_str().unwrap();
        for part in [
            "A model wrote it",
            "the configured command was content",
            "It raised instead of answering",
            "all is well",
            "ann",
            "<!-- Tawny-Fix: hotfix/",
        ] {
            assert!(body.contains(part), "{part}: {body}");
        }
        for foreign in ["evil.example", "@everyone"] {
            assert!(!body.contains(foreign), "{foreign}: {body}");
        }
        let branch = pull["head"]["ref"].as_str().unwrap();
        assert!(branch.starts_with("tawny/hotfix-"), "{branch}");
        let changed = inner.git.run(&["diff", "--name-only", "main", branch]);
        assert_eq!(changed.trim(), "app/errors.py");
        let now = inner.git.run(&["show", &format!("{branch}:app/errors.py")]);
        assert_eq!(now, "def respond(error):\n    return str(error)\n");
    }
    assert_eq!(model.refused(), Vec::<String>::new());
    let drafts = model.requests().into_iter().filter(for_a_draft).count();
    assert_eq!(drafts, 3, "each attempt once");

    // A model that does not want to: nothing is opened, and that is said.
    let other = commit(&github.sound().git, "Teal links");
    let asked = tawny(&world, ANN, &["hotfix-pr", &id, "--suspect", &other]).await;
    assert_eq!(asked.code, 0, "{}", asked.err);
    let ended = fixes(&mut world, &id, 2).await;
    let failed = ended.iter().find(|fix| fix["suspect"] == other.as_str());
    assert_eq!(failed.unwrap()["trouble"]["why"], "declined", "{ended:?}");
    let timeline = tawny(&world, CY, &["timeline", &id]).await;
    assert!(
        timeline.out.contains("does not want to"),
        "{}",
        timeline.out
    );
    assert_eq!(github.sound().pulls.len(), 1);
    let log = world.server.whole_log();
    assert!(!log.contains(KEY) && !log.contains(super::TOKEN));
}
