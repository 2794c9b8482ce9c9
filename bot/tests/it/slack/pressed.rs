//! Who may press, and what is no press at all.

use super::sends::{form, signed};
use super::workspace::{BEFORE, Kind, SIGNING, Said, TEAM, first};
use super::{ANN, BO, CY, asked, pausing};
use crate::wait::until;
use serde_json::json;

/// What one person was told since, all of it; beside it nothing but edits was said.
pub(super) async fn whispered(slack: &super::Workspace, user: &str) -> String {
    let said = whisper(slack, user).await;
    let blocks = said.blocks.to_string();
    format!("{} {blocks}", said.text).replace('\u{200B}', "")
}

pub(super) async fn whisper(slack: &super::Workspace, user: &str) -> Said {
    let mut heard: Vec<Said> = Vec::new();
    until("somebody is told what came of it", async || {
        let said = slack.take().into_iter();
        heard.extend(said.filter(|said| said.kind != Kind::Edit));
        (!heard.is_empty()).then_some(())
    })
    .await;
    assert_eq!(heard.len(), 1, "{heard:#?}");
    assert_eq!(heard[0].kind, Kind::Whisper(user.to_owned()));
    heard.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_slack_did_not_send_or_sent_before_is_not_heard() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let question = first(&said, &Kind::Broadcast);
    let hold = question.button("hold");
    let payload = slack.press(ANN, TEAM, &question.ts, &hold);
    for (secret, away) in [("another-secret-0123", 0), (SIGNING, -400), (SIGNING, 400)] {
        assert_eq!(
            slack.send(&payload, secret, away).await,
            401,
            "{secret} {away}"
        );
    }
    let body = form(&payload);
    let (stamp, signature) = signed(SIGNING, 0, &body);
    for (body, stamp, signature, status) in [
        (
            format!("{body}&more=1"),
            stamp.clone(),
            signature.clone(),
            401,
        ),
        (body.clone(), stamp.clone(), String::new(), 401),
        (
            body.clone(),
            stamp.clone(),
            signature.replace("v0=", "v1="),
            401,
        ),
        (body.clone(), String::new(), signature.clone(), 401),
        (
            "x".repeat(1024 * 1024 + 1),
            stamp.clone(),
            signature.clone(),
            413,
        ),
    ] {
        assert_eq!(slack.post(&body, &stamp, &signature).await, status);
    }
    // Genuine and senseless: taken, and nothing comes of it.
    for (body, status) in [
        ("", 400),
        ("payload=", 400),
        ("payload=%7B", 400),
        ("other=1", 400),
        ("payload=null", 200),
        ("payload=%5B%5D", 200),
        ("payload=%7B%22type%22%3A%22view_closed%22%7D", 200),
        ("\u{0}\u{fffd}", 400),
    ] {
        let (stamp, signature) = signed(SIGNING, 0, body);
        assert_eq!(
            slack.post(body, &stamp, &signature).await,
            status,
            "{body:?}"
        );
    }
    let before = world.events(&id).await;
    assert!(
        !before.contains(&"approval_answered".to_owned()),
        "{before:?}"
    );

    // The good one counts once, also signed with the secret before; sent again it is nothing new.
    let (stamp, signature) = signed(BEFORE, -100, &body);
    for _ in 0..3 {
        assert_eq!(slack.post(&body, &stamp, &signature).await, 200);
    }
    world.event(&id, "approval_answered").await;
    world.at_rest().await;
    let said = slack.take();
    assert!(
        said.iter()
            .all(|said| !matches!(said.kind, Kind::Whisper(_))),
        "{said:#?}"
    );
    let events = world.events(&id).await;
    assert_eq!(
        events
            .iter()
            .filter(|name| *name == "approval_answered")
            .count(),
        1
    );
    assert!(!events.contains(&"refused".to_owned()), "{events:?}");
    let log = world.server.whole_log();
    assert!(!log.contains(&signature) && !log.contains(SIGNING) && !log.contains(BEFORE));
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_press_is_told_why_and_who_can_and_who_comes_late_who_was_first() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = first(&said, &Kind::Parent).ts.clone();
    let question = first(&said, &Kind::Broadcast);
    let (rollback, hold) = (question.button("rollback"), question.button("hold"));

    // A responder holds and does not roll back.
    assert_eq!(slack.pressed(CY, &parent, &rollback).await, 200);
    let told = whispered(&slack, CY).await;
    assert!(
        told.contains("lacks the role") && told.contains("Who can: ann, bo."),
        "{told}"
    );
    // Nobody knows this account.
    assert_eq!(slack.pressed("U0NOBODY", &parent, &hold).await, 200);
    let told = whispered(&slack, "U0NOBODY").await;
    assert!(
        told.contains("does not know the chat account") && told.contains("Who can: ann, bo, cy."),
        "{told}"
    );
    // Somebody of another workspace, even under a known account.
    let payload = slack.press(ANN, "T0ELSEWHERE", &parent, &hold);
    assert_eq!(slack.send(&payload, SIGNING, 0).await, 200);
    let told = whispered(&slack, ANN).await;
    assert!(told.contains("another workspace"), "{told}");
    // A question that nobody asked, from a message that nobody posted.
    assert_eq!(slack.pressed(ANN, "1.2", "apr_unknown/hold").await, 200);
    let told = whispered(&slack, ANN).await;
    assert!(told.contains("not known here"), "{told}");
    // A response url that is worth nothing any more: told all the same.
    let mut payload = slack.press(CY, TEAM, &parent, &rollback);
    payload["response_url"] = json!("http://127.0.0.1:9/actions/x");
    assert_eq!(slack.send(&payload, SIGNING, 0).await, 200);
    assert!(whispered(&slack, CY).await.contains("lacks the role"));

    assert_eq!(slack.pressed(CY, &parent, &hold).await, 200);
    world.event(&id, "approval_answered").await;
    world.at_rest().await;
    slack.take();
    assert_eq!(slack.pressed(BO, &question.ts, &rollback).await, 200);
    let told = whispered(&slack, BO).await;
    assert!(told.contains("cy already answered at"), "{told}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_presses_at_once_one_counts_and_everybody_else_is_told() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let question = first(&said, &Kind::Broadcast);
    let buttons = question.buttons();
    let presses = (0..48).map(|n| {
        let user = [ANN, BO, CY][n % 3];
        slack.pressed(user, &question.ts, &buttons[(n / 3) % buttons.len()])
    });
    for status in futures_util::future::join_all(presses).await {
        assert_eq!(status, 200);
    }
    world.event(&id, "approval_answered").await;
    let mut heard: Vec<Said> = Vec::new();
    // Who pressed *Resume* before it was decided has a dialog open, which comes to nothing.
    until("everybody else is told", async || {
        heard.extend(slack.take());
        let told = heard
            .iter()
            .filter(|said| matches!(said.kind, Kind::Whisper(_) | Kind::Dialog(_)));
        (told.count() == 47).then_some(())
    })
    .await;
    if let Some(open) = heard
        .iter()
        .find(|said| matches!(said.kind, Kind::Dialog(_)))
    {
        let answer = slack.submit(BO, open, "it is fine").await;
        let why = answer["errors"]["reason"].as_str().unwrap();
        assert!(why.contains("already answered"), "{why}");
    }
    let told = heard
        .iter()
        .filter(|said| matches!(said.kind, Kind::Whisper(_)));
    for said in told {
        let known = ["already answered at", "lacks the role"];
        assert!(
            known.iter().any(|known| said.text.contains(known)),
            "{}",
            said.text
        );
    }
    let events = world.events(&id).await;
    let answers = events.iter().filter(|name| *name == "approval_answered");
    assert_eq!(answers.count(), 1, "{events:?}");
    world.server.stop().await;
}
