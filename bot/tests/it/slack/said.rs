//! What people say to Tawny: by name in a thread, or as a slash command.

use super::pressed::{whisper, whispered};
use super::workspace::{CHANNEL, Kind, SIGNING, Said, TEAM, first};
use super::{ANN, BO, CY, asked, listening_for_two_services, pausing};
use crate::packages::SERVES;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_to_tawny_in_a_thread_is_done_once_and_who_said_it_is_told_what_came_of_it() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = first(&said, &Kind::Parent);
    let thread = Some(parent.ts.as_str());
    let challenge = json!({ "type": "url_verification", "challenge": "3eZbrw1a" });
    assert_eq!(
        slack.tell(&challenge, 1).await,
        r#"{"challenge":"3eZbrw1a"}"#
    );
    // Nobody else's messages are of interest.
    let other =
        json!({ "type": "event_callback", "event_id": "Ev0", "event": { "type": "message" } });
    slack.tell(&other, 1).await;
    slack.tell(&json!([]), 1).await;

    for (user, place, text, expected) in [
        (ANN, None, "status", "PAUSED on 1 of 2 instances"),
        (ANN, thread, "", "What can be said"),
        (
            ANN,
            thread,
            "rolback",
            "Was this meant: `rollback [deployment]",
        ),
        (ANN, thread, "report", "Signals"),
        // Nobody looks into questions, and it is said who does not.
        (ANN, thread, "ask why now?", "no model is configured"),
        (ANN, thread, "share", "answered you nothing"),
        (ANN, thread, "timeline", "What happened"),
        (ANN, None, "rollback", "Which deployment?"),
        (ANN, Some("1.1"), "rollback", "Which deployment?"),
        (CY, thread, "rollback because now", "lacks the role"),
        (
            "U0NOBODY",
            thread,
            "rollback",
            "does not know the chat account",
        ),
    ] {
        slack.tell(&slack.mention(user, place, text), 1).await;
        let told = whispered(&slack, user).await;
        assert!(!told.contains("answer."), "buttons that never go: {told}");
        let plain = told.replace('`', "");
        assert!(plain.contains(&expected.replace('`', "")), "{text}: {told}");
    }
    // The shortcut of a message asks why.
    let shortcut = json!({
        "type": "message_action", "callback_id": "explain", "trigger_id": "5.6.7",
        "user": { "id": CY, "team_id": TEAM }, "team": { "id": TEAM }, "channel": { "id": CHANNEL },
        "message": { "ts": parent.ts },
    });
    assert_eq!(slack.send(&shortcut, SIGNING, 0).await, 200);
    let told = whispered(&slack, CY).await;
    assert!(told.contains("Nothing was ranked"), "{told}");
    let foreign = {
        let mut event = slack.mention(BO, thread, "rollback");
        event["event"]["user_team"] = json!("T0ELSEWHERE");
        event
    };
    slack.tell(&foreign, 1).await;
    assert!(whispered(&slack, BO).await.contains("another workspace"));
    let events = world.events(&id).await;
    assert!(!events.contains(&"rolled_back".to_owned()), "{events:?}");

    // Told three times, as Slack does when it is in doubt, and done once.
    let order = slack.mention(BO, thread, "rollback because customers call");
    slack.tell(&order, 3).await;
    world.over(&id, "rolled_back").await;
    world.at_rest().await;
    let said = slack.take();
    let whispers: Vec<&Said> = said
        .iter()
        .filter(|said| matches!(said.kind, Kind::Whisper(_)))
        .collect();
    assert_eq!(whispers.len(), 1, "{whispers:#?}");
    assert!(
        said.iter().all(|said| said.kind != Kind::Parent),
        "{said:#?}"
    );
    let path = format!("deployments/{id}/timeline");
    let get = reqwest::Method::GET;
    let (_, timeline) = world
        .server
        .call(crate::settings::ANN, get, &path, None)
        .await;
    assert!(
        timeline.to_string().contains("customers call"),
        "{timeline}"
    );

    // As a slash command: asked about, and only who was asked can mean it.
    world.put("shop", "v2", SERVES);
    assert_eq!(slack.command(ANN, "deploy shop v2").await, 200);
    let question = whisper(&slack, ANN).await;
    assert!(question.text.contains("Bring v2 to"), "{}", question.text);
    let value = question.buttons().remove(0);
    for (user, expected) in [
        (BO, "ann was asked, not you"),
        (ANN, "names neither md5 nor sha256"),
    ] {
        let press = slack.confirm(user, &value);
        assert_eq!(slack.send(&press, SIGNING, 0).await, 200);
        let told = whispered(&slack, user).await;
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(slack.command("U0NOBODY", "status").await, 200);
    assert!(
        whispered(&slack, "U0NOBODY")
            .await
            .contains("does not know the chat account")
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_thread_of_several_services_nobody_means_the_wrong_one() {
    let (mut world, slack) = listening_for_two_services().await;
    let said = slack.take();
    let root = first(&said, &Kind::Parent);
    let parents = said.iter().filter(|said| said.kind == Kind::Parent);
    assert_eq!(parents.count(), 1, "{said:#?}");
    let thread = Some(root.ts.as_str());
    for (text, expected) in [
        ("rollback", "Which deployment?"),
        ("status shop", "shop · test · v1"),
        ("status cart", "cart · test · v1"),
    ] {
        slack.tell(&slack.mention(ANN, thread, text), 1).await;
        let told = whispered(&slack, ANN).await;
        assert!(told.replace('`', "").contains(expected), "{text}: {told}");
    }
    world.server.stop().await;
}
