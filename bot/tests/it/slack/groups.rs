//! Who belongs to a user group, as policy asks for it.

use super::workspace::{Mood, Workspace};
use super::{ANN, BO, asked, pausing};
use bot::chat::slack::Groups;
use bot::live::Live;
use serde_json::json;

const GROUP: &str = "S0ONCALL";

fn settings(slack: &Workspace) -> config::Settings {
    let text = format!(
        r#"metrics: {{main: {{type: prometheus, url: "http://127.0.0.1:9090"}}}}
services: [{{name: shop, platform: observed, metrics: {{selector: 'job="shop"'}}, signals: [{{preset: up}}]}}]
{}"#,
        slack.settings().replace("environments: [test], ", "")
    );
    let lookup = config::Lookup::of_variables(&[]);
    let place = std::path::Path::new("/etc/tawny");
    config::parse(&text, "tawny.yaml", place, &lookup).unwrap_or_else(|errors| panic!("{errors}"))
}

/// An address that nobody uses.
fn free() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_group_is_asked_for_once_and_anew_when_somebody_came_and_what_is_not_known_is_an_error() {
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let slack = Workspace::start(free(), free()).await;
    let groups = Groups::new(Live::new(settings(&slack))).unwrap();

    // Nobody was ever told that there is such a group: that is no group of nobody.
    let error = groups.members(GROUP).await.unwrap_err().to_string();
    assert!(error.contains("no_such_subteam"), "{error}");
    slack.group(GROUP, &[ANN]);
    let many = futures_util::future::join_all((0..20).map(|_| groups.members(GROUP))).await;
    for members in many {
        assert_eq!(members.unwrap().into_iter().collect::<Vec<_>>(), [ANN]);
    }
    assert_eq!(slack.asked("usergroups.users.list").len(), 2);
    // A group may be empty, and then that is what is known.
    slack.group("S0EMPTY", &[]);
    assert!(groups.members("S0EMPTY").await.unwrap().is_empty());

    slack.group(GROUP, &[BO]);
    groups.changed("S0ANOTHER");
    assert!(groups.members(GROUP).await.unwrap().contains(ANN));
    groups.changed(GROUP);
    let now = groups.members(GROUP).await.unwrap();
    assert_eq!(now.into_iter().collect::<Vec<_>>(), [BO]);

    // What was known before counts for nothing once it may have changed.
    for mood in [Mood::Refuses("missing_scope"), Mood::DoesAndHangsUp] {
        slack.plan("usergroups.users.list", mood);
        groups.changed(GROUP);
        groups.members(GROUP).await.unwrap_err();
    }
    slack.plan("usergroups.users.list", Mood::Waits(60));
    groups.members(GROUP).await.unwrap_err();
    // Called again before the time is over would be a fault.
    let error = groups.members(GROUP).await.unwrap_err().to_string();
    assert!(error.contains("wants peace"), "{error}");
    let error = groups.members("S0 @here").await.unwrap_err().to_string();
    assert!(error.contains("no id"), "{error}");
    assert!(slack.take().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_something_alone_is_told_it_in_their_language_and_slack_is_asked_once_for_it() {
    let (mut world, slack, _) = asked(&pausing()).await;
    slack.take();
    slack.speaks(BO, "zh-CN");
    slack.speaks("U0FRENCH", "fr-FR");
    for _ in 0..2 {
        assert_eq!(slack.command(BO, "help").await, 200);
        let told = super::pressed::whispered(&slack, BO).await;
        assert!(told.contains("可以说什么"), "{told}");
    }
    assert_eq!(slack.asked("users.info"), [BO]);
    // A language that is not spoken here, and a permission that is missing: the channel's.
    slack.plan("users.info", Mood::Refuses("missing_scope"));
    for user in ["U0NOBODY", "U0NOBODY", "U0FRENCH"] {
        assert_eq!(slack.command(user, "help").await, 200);
        let told = super::pressed::whispered(&slack, user).await;
        assert!(told.contains("does not know the chat account"), "{told}");
    }
    assert_eq!(slack.asked("users.info"), [BO, "U0FRENCH"]);
    let changed = json!({
        "type": "event_callback", "event_id": "Ev9", "team_id": "T0HOME",
        "event": { "type": "subteam_members_changed", "subteam_id": GROUP, "team_id": "T0HOME" },
    });
    slack.tell(&changed, 1).await;
    assert!(slack.take().is_empty());
    world.server.stop().await;
}
