//! A deployment from its beginning to its end, as a channel sees it.

use super::workspace::{Kind, Said, first};
use super::{ANN, asked, listening, listening_in_chinese, pausing};
use crate::settings::Guarding;

fn count(said: &[Said], kind: &Kind) -> usize {
    said.iter().filter(|said| said.kind == *kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_healthy_release_is_one_message_in_slack_that_is_edited() {
    let (mut world, slack) = listening(&Guarding::default()).await;
    slack.take();
    let id = world.bring_out("shop", "v2").await;
    world.at_rest().await;
    let said = slack.take();
    assert_eq!(said[0].kind, Kind::Parent);
    assert_eq!(said[0].deployment.as_deref(), Some(id.as_str()));
    assert_eq!(count(&said, &Kind::Parent), 1, "{said:#?}");
    // A watch of seconds is not always sure; then it asks, and nothing else is said in the thread.
    let events = world.events(&id).await;
    if !events
        .iter()
        .any(|event| event == "approval_asked" || event == "paused")
    {
        let thread: Vec<&Said> = said
            .iter()
            .filter(|said| said.kind != Kind::Edit && said.kind != Kind::Parent)
            .collect();
        // Nor does the end of a short bake prove anything.
        assert!(
            thread.iter().all(|said| said.kind == Kind::Reply) && thread.len() <= 1,
            "{thread:#?}"
        );
    }
    let (text, buttons) = slack.shown().into_iter().next_back().unwrap();
    assert!(buttons.is_empty(), "{text}");
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_hurts_is_asked_about_in_slack_and_rolled_back_by_a_pressed_button() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = first(&said, &Kind::Parent);
    assert!(parent.text.contains("shop · test · bad"), "{}", parent.text);
    assert_eq!(parent.deployment.as_deref(), Some(id.as_str()));
    assert_eq!(count(&said, &Kind::Parent), 1, "{said:#?}");
    let question = first(&said, &Kind::Broadcast);
    assert_eq!(count(&said, &Kind::Broadcast), 1, "{said:#?}");
    let shown = said
        .iter()
        .rfind(|said| said.kind == Kind::Edit && said.ts == parent.ts)
        .unwrap();
    assert!(shown.text.contains("PAUSED"), "{}", shown.text);
    assert_eq!(shown.buttons(), question.buttons());
    let choices: Vec<&str> = shown
        .blocks
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|block| block["elements"].as_array())
        .flatten()
        .filter_map(|one| one["text"]["text"].as_str())
        .collect();
    assert_eq!(choices, ["Roll back", "Resume", "Keep paused"]);

    // Pressed in the channel; the buttons go everywhere.
    let rollback = question.buttons()[0].clone();
    assert!(rollback.ends_with("/rollback"), "{rollback}");
    assert_eq!(slack.pressed(ANN, &question.ts, &rollback).await, 200);
    world.over(&id, "rolled_back").await;
    world.at_rest().await;
    let said = slack.take();
    assert_eq!(count(&said, &Kind::Parent), 0, "{said:#?}");
    assert_eq!(count(&said, &Kind::Broadcast), 0, "{said:#?}");
    assert!(
        said.iter()
            .all(|said| !matches!(said.kind, Kind::Whisper(_))),
        "{said:#?}"
    );
    let closed: Vec<&Said> = said.iter().filter(|said| said.ts == question.ts).collect();
    assert_eq!(closed.len(), 1, "the question is closed once: {closed:#?}");
    let thread: Vec<&str> = said
        .iter()
        .filter(|said| said.kind == Kind::Reply)
        .map(|said| said.text.as_str())
        .collect();
    for word in ["ann", "back"] {
        assert!(
            thread.iter().any(|text| text.contains(word)),
            "{word}: {thread:#?}"
        );
    }
    for (text, buttons) in slack.shown() {
        assert!(buttons.is_empty(), "{text} still has {buttons:?}");
    }
    let last = said.iter().rfind(|said| said.ts == parent.ts).unwrap();
    assert!(last.text.contains("ROLLED BACK"), "{}", last.text);
    // Who answered is in the record.
    let answered = world.event(&id, "approval_answered").await;
    assert!(answered.to_string().contains("ann"), "{answered}");
    world.examine().await;
    slack.take();
    let log = world.server.whole_log();
    for secret in [
        "xoxb-a-token-for-tests",
        super::workspace::SIGNING,
        super::workspace::BEFORE,
    ] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_hears_in_its_language_and_only_of_its_own_services() {
    let (mut world, slack) = listening_in_chinese(&Guarding::default()).await;
    let said = slack.take();
    assert!(said.iter().any(|said| said.kind == Kind::Parent));
    for said in &said {
        let chinese = said
            .text
            .chars()
            .any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        assert!(chinese, "{}", said.text);
        assert!(
            said.kind != Kind::Parent || said.text.contains("shop"),
            "{}",
            said.text
        );
    }
    // What is told nowhere holds nothing up.
    let calls = slack.calls();
    world.bring_out("cart", "v2").await;
    world.at_rest().await;
    assert_eq!(slack.calls(), calls);
    world.examine().await;
}
