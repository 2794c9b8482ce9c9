//! What somebody is to a deployment decides what their press comes to; and whose an account is, a code shows.

use super::pressed::{whisper, whispered};
use super::workspace::{Kind, Mood, Said, Workspace, first};
use super::{ANN, BO, asked, bad_release, begun, pausing};
use crate::people::{code_in, with_rules as rules};
use crate::settings::CY as CYS_TOKEN;
use crate::world::World;
use reqwest::Method;
use serde_json::json;

/// Presses, and sees the dialog that opens.
async fn opened(slack: &Workspace, user: &str, ts: &str, value: &str) -> Said {
    assert_eq!(slack.pressed(user, ts, value).await, 200);
    let said = slack.take();
    let dialog = said
        .iter()
        .find(|said| said.kind == Kind::Dialog(user.to_owned()));
    dialog
        .unwrap_or_else(|| panic!("no dialog: {said:#?}"))
        .clone()
}

/// A world with other rules, told in a workspace, and a version of ann's that is asked about.
async fn with_rules(of_service: &str, more: &str) -> (World, Workspace, String) {
    let world = World::of(&[("shop", 2)], &pausing()).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    rules(&world, of_service, more);
    let mut world = begun(world, &slack.settings()).await;
    slack.take();
    let id = bad_release(&mut world).await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    world.at_rest().await;
    (world, slack, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_author_is_for_it_in_the_thread_and_the_parent_until_somebody_else_agrees() {
    let (mut world, slack, id) = with_rules("", "").await;
    let question = first(&slack.take(), &Kind::Broadcast);
    let resume = question.button("resume");
    let dialog = opened(&slack, ANN, &question.ts, &resume).await;
    assert_eq!(
        slack
            .submit(ANN, &dialog, "a known flake of the probe")
            .await,
        json!(null)
    );
    world.event(&id, "approval_backed").await;
    world.at_rest().await;
    let said = slack.take();
    let reply = first(&said, &Kind::Reply);
    assert!(
        reply.text.contains("ann is for it") && reply.text.contains("One more person"),
        "{reply:#?}"
    );
    let parents: Vec<&Said> = said.iter().filter(|one| one.kind == Kind::Edit).collect();
    let shown = parents.last().unwrap().blocks.to_string();
    assert!(
        shown.contains("for it") && shown.contains("answer.resume"),
        "{shown}"
    );
    let dialog = opened(&slack, BO, &question.ts, &resume).await;
    assert_eq!(
        slack.submit(BO, &dialog, "looked at it, too").await,
        json!(null)
    );
    world.event(&id, "resumed").await;
    world.at_rest().await;
    let said = slack.take();
    let reply = first(&said, &Kind::Reply);
    assert!(
        reply.text.contains("ann and bo answered") || reply.text.contains("ann, bo"),
        "{reply:#?}"
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_on_call_is_told_who_is_and_may_break_the_glass_with_a_reason_that_all_are_told()
{
    let (mut world, slack, id) = with_rules(
        "    on_call: [sre]\n",
        "on_call: [{name: sre, slack_group: S0SRE}]\n",
    )
    .await;
    let question = first(&slack.take(), &Kind::Broadcast);
    let called = "On call: <!subteam^S0SRE>";
    assert!(question.text.contains(called), "{question:#?}");
    let resume = question.button("resume");
    // Nobody knows: nobody goes on.
    slack.plan("usergroups.users.list", Mood::Refuses("missing_scope"));
    assert_eq!(slack.pressed(ANN, &question.ts, &resume).await, 200);
    let told = whispered(&slack, ANN).await;
    assert!(told.contains("cannot be found out"), "{told}");
    slack.group("S0SRE", &[BO]);
    assert_eq!(slack.pressed(ANN, &question.ts, &resume).await, 200);
    let told = whisper(&slack, ANN).await;
    assert!(told.text.contains("not on call"), "{told:#?}");
    assert!(told.text.contains("On call: bo"), "{told:#?}");
    let glass = told.button("resume");
    let press = slack.press_of("glass.resume", ANN, &glass);
    assert_eq!(slack.send(&press, super::workspace::SIGNING, 0).await, 200);
    let said = slack.take();
    let dialog = first(&said, &Kind::Dialog(ANN.to_owned()));
    let wrong = slack.submit(ANN, &dialog, "now").await;
    assert_eq!(wrong["response_action"], "errors");
    assert_eq!(
        slack
            .submit(ANN, &dialog, "bo does not answer the phone")
            .await,
        json!(null)
    );
    world.event(&id, "resumed").await;
    world.at_rest().await;
    let said = slack.take();
    let all = first(&said, &Kind::Broadcast);
    assert!(all.text.contains("broke the glass"), "{all:#?}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_says_a_code_is_the_one_of_whoever_was_given_it() {
    let (mut world, slack, id) = asked(&pausing()).await;
    slack.take();
    let link = json!({ "text": "link" });
    let (_, said) = world
        .server
        .call(CYS_TOKEN, Method::POST, "orders", Some(&link))
        .await;
    let code = code_in(said["text"].as_str().unwrap());
    for wrong in ["link", "link AAAA-BBBB-CCCC", "hold"] {
        slack.command("U0CYS2ND", wrong).await;
        let told = whispered(&slack, "U0CYS2ND").await;
        let unknown = ["does not know the chat account", "Nobody has this code"];
        assert!(
            unknown.iter().any(|some| told.contains(some)),
            "{wrong}: {told}"
        );
    }
    slack
        .command("U0CYS2ND", &format!("link {}", code.to_lowercase()))
        .await;
    let told = whispered(&slack, "U0CYS2ND").await;
    assert!(told.contains("linked now") && told.contains("cy"), "{told}");
    slack.command("U0OTHER", &format!("link {code}")).await;
    let told = whispered(&slack, "U0OTHER").await;
    assert!(
        told.contains("Nobody has this code"),
        "once is enough: {told}"
    );
    slack
        .command("U0CYS2ND", "hold shop because I look at it")
        .await;
    whisper(&slack, "U0CYS2ND").await;
    let answered = world.event(&id, "approval_answered").await;
    assert_eq!(answered["details"]["by"], "cy", "{answered}");
    world.server.stop().await;
}
