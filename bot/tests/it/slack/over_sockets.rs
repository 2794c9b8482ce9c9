//! The same presses over sockets, which come and go.

use super::pressed::whispered;
use super::workspace::{Kind, Mood, TEAM, first};
use super::{ANN, BO, asked_about, listening_to_sockets, pausing};
use crate::wait::until;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_over_a_socket_counts_and_the_next_socket_is_open_before_the_old_one_closes() {
    let (mut world, slack, sockets) = listening_to_sockets(&pausing()).await;
    assert_eq!(sockets.opened(1).await, [true]);
    slack.take();
    let id = asked_about(&mut world, &slack).await;
    let said = slack.take();
    let question = first(&said, &Kind::Broadcast);

    // Without a signing secret nothing is heard over HTTP.
    let payload = slack.press(ANN, TEAM, &question.ts, &question.button("hold"));
    assert_eq!(
        slack.send(&payload, super::workspace::SIGNING, 0).await,
        404
    );
    // What is no press is acknowledged, or not even that.
    sockets.say(0, "nonsense");
    sockets.say(0, &json!({ "type": "something", "new": true }).to_string());
    sockets
        .deliver(0, "events_api", "e-1", &json!({ "event": {} }))
        .await;
    sockets
        .deliver(0, "slash_commands", "e-2", &json!({ "command": "/x" }))
        .await;
    sockets
        .deliver(0, "interactive", "e-3", &json!({ "type": "shortcut" }))
        .await;
    assert!(
        !world
            .events(&id)
            .await
            .contains(&"approval_answered".to_owned())
    );

    // Slack wants to close: the next is open while the old one still is, and the old one is still heard.
    slack.plan("apps.connections.open", Mood::Waits(2));
    sockets.say(
        0,
        &json!({ "type": "disconnect", "reason": "warning" }).to_string(),
    );
    assert_eq!(sockets.opened(2).await, [true, true]);
    sockets.deliver(0, "interactive", "e-4", &payload).await;
    world.event(&id, "approval_answered").await;
    world.at_rest().await;
    // Told again, as Slack does when it is in doubt, over the new one.
    sockets.deliver(1, "interactive", "e-5", &payload).await;
    sockets.drop_line(0);
    until("the old socket is closed", async || {
        (sockets.opened(2).await == [false, true]).then_some(())
    })
    .await;
    assert!(
        slack
            .take()
            .iter()
            .all(|said| !matches!(said.kind, Kind::Whisper(_)))
    );

    // Who is late is told over the new one.
    let late = slack.press(BO, TEAM, &question.ts, &question.button("rollback"));
    sockets.deliver(1, "interactive", "e-6", &late).await;
    let told = whispered(&slack, BO).await;
    assert!(told.contains("ann already answered"), "{told}");

    // A line that breaks is opened again.
    sockets.drop_line(1);
    assert!(sockets.opened(3).await[2]);
    sockets.all_is_well();
    world.server.stop().await;
    let log = world.server.whole_log();
    assert!(
        !log.contains("xapp-a-token") && !log.contains("ticket="),
        "a secret is in the log"
    );
}
