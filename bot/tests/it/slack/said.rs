//! What people say to Tawny in a thread.

use super::pressed::whispered;
use super::workspace::{Kind, Said};
use super::{ANN, BO, CY, asked, pausing};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_to_tawny_in_a_thread_is_done_once_and_who_said_it_is_told_what_came_of_it() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = said.iter().find(|said| said.kind == Kind::Parent).unwrap();
    let thread = Some(parent.ts.as_str());
    let challenge = json!({ "type": "url_verification", "challenge": "3eZbrw1a" });
    assert_eq!(
        slack.tell(&challenge, 1).await,
        r#"{"challenge":"3eZbrw1a"}"#
    );
    // Nobody else's messages are of interest.
    slack
        .tell(
            &json!({ "type": "event_callback", "event_id": "Ev0", "event": { "type": "message" } }),
            1,
        )
        .await;
    slack.tell(&json!([]), 1).await;

    for (user, place, text, expected) in [
        (ANN, thread, "status", "PAUSED"),
        ("U0NOBODY", thread, "status", "PAUSED"),
        (ANN, thread, "", "you can say to Tawny: status, pause"),
        (ANN, thread, "dance", "does not understand dance"),
        (ANN, None, "rollback", "Say it in the thread"),
        (ANN, Some("1.1"), "rollback", "Say it in the thread"),
        (CY, thread, "rollback now", "lacks the role"),
        ("U0NOBODY", thread, "rollback", "does not know you"),
    ] {
        slack.tell(&slack.mention(user, place, text), 1).await;
        let told = whispered(&slack, user).await;
        assert!(told.contains(expected), "{text}: {told}");
    }
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
    slack
        .tell(&slack.mention(BO, thread, "rollback customers call"), 3)
        .await;
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
    let (_, timeline) = world
        .server
        .call(
            crate::settings::ANN,
            reqwest::Method::GET,
            &format!("deployments/{id}/timeline"),
            None,
        )
        .await;
    assert!(
        timeline.to_string().contains("customers call"),
        "{timeline}"
    );
    world.server.stop().await;
}
