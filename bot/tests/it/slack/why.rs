//! Resuming asks for the reason, in a dialog.

use super::pressed::whispered;
use super::workspace::{Kind, Mood, Said, first};
use super::{ANN, BO, CY, Workspace, asked, asked_about, listening_to_sockets, pausing};
use serde_json::{Value, json};

/// Presses, and sees the dialog that opens: nothing else is said.
async fn opened(slack: &Workspace, user: &str, ts: &str, value: &str) -> Said {
    assert_eq!(slack.pressed(user, ts, value).await, 200);
    let said = slack.take();
    let said: Vec<&Said> = said.iter().filter(|said| said.kind != Kind::Edit).collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0].kind, Kind::Dialog(user.to_owned()));
    said[0].clone()
}

fn wrong(answer: &Value) -> &str {
    assert_eq!(answer["response_action"], "errors");
    answer["errors"]["reason"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_resumes_says_why_in_a_dialog_that_shows_how_old_the_evidence_is() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let question = first(&said, &Kind::Broadcast);
    let resume = question.button("resume");

    // Who may not resume is not asked why, but told.
    assert_eq!(slack.pressed(CY, &question.ts, &resume).await, 200);
    assert!(whispered(&slack, CY).await.contains("lacks the role"));
    assert_eq!(slack.pressed("U0NOBODY", &question.ts, &resume).await, 200);
    assert!(
        whispered(&slack, "U0NOBODY")
            .await
            .contains("does not know the chat account")
    );

    // Too late for a dialog, or Slack does not show it: told how else it can be said.
    slack.speaks(BO, "zh-CN");
    let late = slack.press(BO, super::workspace::TEAM, &question.ts, &resume);
    slack.triggers_expire();
    assert_eq!(slack.send(&late, super::workspace::SIGNING, 0).await, 200);
    let told = whispered(&slack, BO).await;
    assert!(told.contains("无法打开"), "{told}");
    slack.plan("views.open", Mood::Refuses("view_too_large"));
    assert_eq!(slack.pressed(ANN, &question.ts, &resume).await, 200);
    let told = whispered(&slack, ANN).await;
    assert!(
        told.contains("could not be opened") && told.contains("resume"),
        "{told}"
    );

    // In the language of whoever pressed.
    let chinese = opened(&slack, BO, &question.ts, &resume).await;
    assert!(
        chinese.blocks.to_string().contains("最近一次测量"),
        "{chinese:#?}"
    );
    let dialog = opened(&slack, ANN, &question.ts, &resume).await;
    assert_eq!(dialog.text, "Resume");
    let shown = dialog.blocks.to_string();
    for word in [
        "PAUSED on 1 of 2",
        "Last measured",
        "What was found last changed",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }

    // A reason that is none, somebody who may not, and then the reason.
    let answer = slack.submit(ANN, &dialog, "  \n ").await;
    assert!(wrong(&answer).contains("at least 3 characters"), "{answer}");
    let answer = slack.submit(CY, &dialog, "I say so").await;
    assert!(wrong(&answer).contains("lacks the role"), "{answer}");
    assert!(
        !world
            .events(&id)
            .await
            .contains(&"approval_answered".to_owned())
    );
    let because = "the errors are <!channel> bots' alone";
    assert_eq!(slack.submit(ANN, &dialog, because).await, Value::Null);
    let answered = world.event(&id, "approval_answered").await;
    assert!(answered.to_string().contains(because), "{answered}");
    world.at_rest().await;
    let said = slack.take();
    assert!(
        said.iter()
            .all(|said| !matches!(said.kind, Kind::Whisper(_))),
        "{said:#?}"
    );
    let told = said
        .iter()
        .find(|said| said.kind == Kind::Reply && said.text.contains("ann"));
    assert!(told.is_some(), "{said:#?}");

    // Sent off again, it is too late, and the dialog says so; the second dialog, too.
    let answer = slack.submit(BO, &chinese, "I think so too").await;
    assert!(wrong(&answer).contains("ann"), "{answer}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_socket_a_dialog_is_answered_in_the_acknowledgement_and_a_restart_loses_none() {
    let (mut world, slack, sockets) = listening_to_sockets(&pausing()).await;
    slack.take();
    let id = asked_about(&mut world, &slack).await;
    let question = first(&slack.take(), &Kind::Broadcast);
    let resume = question.button("resume");
    let press = slack.press(ANN, super::workspace::TEAM, &question.ts, &resume);
    sockets.deliver(0, "interactive", "e-1", &press).await;
    let said = slack.take();
    let dialog = first(&said, &Kind::Dialog(ANN.to_owned()));

    // Another life of the server has never seen this dialog, and knows what it is about.
    super::again(&mut world).await;
    assert!(sockets.opened(2).await[1]);
    let short = slack.submission(ANN, &dialog, "no");
    sockets.deliver(1, "interactive", "e-2", &short).await;
    assert!(wrong(&sockets.answer("e-2")).contains("at least 3"));
    let good = slack.submission(ANN, &dialog, "nobody is harmed");
    sockets.deliver(1, "interactive", "e-3", &good).await;
    assert_eq!(sockets.answer("e-3"), json!(null));
    let answered = world.event(&id, "approval_answered").await;
    assert!(
        answered.to_string().contains("nobody is harmed"),
        "{answered}"
    );
    world.at_rest().await;
    let said = slack.take();
    assert!(
        said.iter()
            .all(|said| !matches!(said.kind, Kind::Whisper(_))),
        "{said:#?}"
    );
    sockets.all_is_well();
    world.server.stop().await;
}
