//! What people say of a cause and of its report, by a press in the thread or in words.

use super::workspace::{Kind, SIGNING, Said, Workspace};
use super::{ANN, BO, CY, listening, pausing};
use crate::commands::tawny;
use crate::packages::SERVES;
use crate::settings::{ANN as TOKEN, Guarding};
use crate::wait::until;
use crate::why::repository;
use serde_json::json;

const FIRST: &str = "Raise errors instead of answering them";

/// What is said until somebody is told what came of it: what they are told, and what the thread says.
async fn told(slack: &Workspace, user: &str, replies: usize) -> (String, Vec<Said>) {
    let mut heard: Vec<Said> = Vec::new();
    until("somebody is told, and the thread too", async || {
        let said = slack.take().into_iter();
        heard.extend(said.filter(|said| said.kind != Kind::Edit));
        (heard.len() > replies).then_some(())
    })
    .await;
    let (whispers, thread): (Vec<Said>, Vec<Said>) = heard
        .into_iter()
        .partition(|said| said.kind == Kind::Whisper(user.to_owned()));
    assert_eq!((whispers.len(), thread.len()), (1, replies), "{thread:#?}");
    assert!(thread.iter().all(|said| said.kind == Kind::Reply));
    assert_eq!(whispers[0].buttons(), [""; 0]);
    (whispers[0].text.replace('\u{200B}', ""), thread)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_press_below_a_cause_is_kept_as_their_last_word_and_changes_nothing_else() {
    let repository = repository();
    let guarding = Guarding {
        repo: Some(repository.path().to_owned()),
        ..pausing()
    };
    let (mut world, slack) = listening(&guarding).await;
    slack.take();
    world.prometheus.spoil("v2");
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    world.event(&id, "cause_ranked").await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    until("a picture is shown", async || {
        (slack.pictures() > 0).then_some(())
    })
    .await;
    world.at_rest().await;
    let said = slack.take();
    let cause = said
        .iter()
        .find(|said| said.kind == Kind::Reply && said.text.contains(FIRST));
    let cause = cause.unwrap_or_else(|| panic!("{said:#?}"));
    let values = cause.buttons();
    let change = values[0].split(' ').nth(1).unwrap().to_owned();
    assert_eq!(
        values,
        [
            format!("it-was {change} {id}"),
            format!("not-this {id}"),
            format!("useful {id}"),
            format!("not-useful {id}"),
        ]
    );
    let labels = cause.blocks.to_string();
    for label in ["Not this change", "Useful", "Not useful"] {
        assert!(labels.contains(&format!("\"{label}\"")), "{labels}");
    }
    assert!(labels.contains(&format!("“{FIRST}”")), "{labels}");

    // Pressed once, and told twice by Slack.
    let press = slack.press_of("opinion.not-useful", CY, &values[3]);
    for _ in 0..2 {
        assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
    }
    assert!(told(&slack, CY, 0).await.0.contains("last word"));
    slack.speaks(BO, "zh-CN");
    let press = slack.press_of("opinion.useful", BO, &values[2]);
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
    let chinese = told(&slack, BO, 0).await.0;
    assert!(chinese.contains("已记下"), "{chinese}");
    let press = slack.press_of("opinion.not-this", "U0NOBODY", &values[1]);
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
    let stranger = told(&slack, "U0NOBODY", 0).await.0;
    assert!(stranger.contains("does not know"), "{stranger}");
    // A button of ours never gives another order.
    let press = slack.press_of("opinion.useful", ANN, &format!("rollback {id}"));
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);

    let press = slack.press_of("opinion.not-this", ANN, &values[1]);
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
    let (_, thread) = told(&slack, ANN, 1).await;
    assert!(thread[0].text.contains("ann"), "{thread:#?}");
    let press = slack.press_of("opinion.it-was", ANN, &values[0]);
    assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
    let (_, thread) = told(&slack, ANN, 1).await;
    assert!(thread[0].text.contains(&change[..10]), "{thread:#?}");

    // In words, in the thread; a commit that nobody ranked is no answer.
    let parent = said.iter().find(|said| said.kind == Kind::Parent).unwrap();
    let thread = Some(parent.ts.as_str());
    let named = format!("it was {}", &change[..8]);
    slack.tell(&slack.mention(CY, thread, &named), 1).await;
    assert!(told(&slack, CY, 1).await.0.contains("last word"));
    let named = slack.mention(CY, thread, "it was 0123456789");
    slack.tell(&named, 1).await;
    let refused = told(&slack, CY, 0).await.0;
    assert!(refused.contains("0123456789"), "{refused}");

    let stats = tawny(&world, TOKEN, &["--json", "stats", "shop"]).await;
    let document = stats.document("tawny.stats/1");
    let causes = &document["services"][0]["causes"];
    assert_eq!(
        (&causes["reports"]["part"], &causes["reports"]["of"]),
        (&json!(1), &json!(2)),
        "{causes:#}"
    );
    assert_eq!(causes["first"]["part"], 1, "{causes:#}");
    // No model was asked.
    assert_eq!(
        (&document["analyst"]["calls"], &document["analyst"]["cost"]),
        (&json!(0), &json!(null))
    );
    // Whoever wants a model's words hears that there are none; what rules say stands.
    let written = tawny(&world, TOKEN, &["rca", &id, "--prose"]).await;
    assert_eq!(written.code, 0, "{}", written.err);
    for part in [
        "No word from the model",
        "No model is configured",
        "Action items",
        FIRST,
    ] {
        assert!(written.out.contains(part), "{part}: {}", written.out);
    }
    let shown = tawny(&world, TOKEN, &["stats"]).await;
    assert!(shown.out.contains("No model was asked"), "{}", shown.out);
    let events = world.events(&id).await;
    let count = |name: &str| events.iter().filter(|event| *event == name).count();
    assert_eq!(count("root_cause_rated"), 2, "{events:?}");
    assert_eq!(count("cause_named"), 3, "{events:?}");
    assert_eq!(
        count("rolled_back") + count("approval_answered"),
        0,
        "{events:?}"
    );
    world.server.stop().await;
}
