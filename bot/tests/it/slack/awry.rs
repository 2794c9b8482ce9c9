//! A workspace that has enough, hangs up, or has lost a message.

use super::workspace::{Kind, Mood, Said, first};
use super::{ANN, again, asked, asked_about, bad_release, listening, pausing};
use crate::examine::at_rest;
use crate::wait::until;

fn texts(said: &[Said], kind: &Kind) -> Vec<String> {
    said.iter()
        .filter(|said| said.kind == *kind)
        .map(|said| said.text.clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_slack_wants_peace_it_has_it_and_then_hears_everything_once() {
    let (mut world, slack) = listening(&pausing()).await;
    slack.take();
    slack.plan("chat.postMessage", Mood::Waits(2));
    slack.plan("chat.update", Mood::Waits(7));
    let id = bad_release(&mut world).await;
    world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    let reader = at_rest(&mut world).await;
    // Edits that had to wait became one: those behind it found nothing to do.
    let id = guard::ids::DeploymentId::new(id).unwrap();
    let stream = engine::ledger::deployment_stream(&id).unwrap();
    let effects = reader.effects(&stream).await.unwrap();
    let outcomes = effects.iter().filter(|effect| effect.kind == "chat.slack");
    let outcomes = outcomes.filter_map(|effect| effect.outcome.as_ref());
    let saved = outcomes.filter(|outcome| {
        outcome["said"] == "unchanged" || outcome["why"] == "a newer one follows"
    });
    assert!(saved.count() >= 1, "{effects:#?}");
    let shown = slack.shown();
    let parent = shown.iter().rfind(|(text, _)| {
        let head = text.lines().next().unwrap_or_default();
        head.contains("shop · test · bad") && !head.contains(": ")
    });
    assert!(
        parent.is_some_and(|(text, _)| text.contains("PAUSED") || text.contains("HELD")),
        "{shown:#?}"
    );
    // That nothing was called before its time is one of the faults.
    let said = slack.take();
    assert_eq!(texts(&said, &Kind::Parent).len(), 1, "{said:#?}");
    assert_eq!(texts(&said, &Kind::Broadcast).len(), 1, "{said:#?}");
    let mut replies = texts(&said, &Kind::Reply);
    replies.sort();
    let all = replies.len();
    replies.dedup();
    assert_eq!(replies.len(), all, "{replies:#?}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_perhaps_posted_is_posted_again_only_if_it_asks_or_is_the_parent_and_its_buttons_work()
 {
    let (mut world, slack) = listening(&pausing()).await;
    slack.take();
    // The parent; then the warning in the thread; then the question.
    slack.plan("chat.postMessage", Mood::DoesAndHangsUp);
    let id = asked_about(&mut world, &slack).await;
    let said = slack.take();
    let parents: Vec<&Said> = said
        .iter()
        .filter(|said| said.kind == Kind::Parent)
        .collect();
    assert_eq!(parents.len(), 2, "{said:#?}");
    let edited: Vec<&Said> = said.iter().filter(|said| said.kind == Kind::Edit).collect();
    assert!(
        edited.iter().all(|said| said.ts != parents[0].ts),
        "{edited:#?}"
    );
    // The question's buttons work from the message that nobody remembers, too; then it has none any more.
    let question = first(&said, &Kind::Broadcast);
    let hold = question.button("hold");
    assert_eq!(slack.pressed(ANN, &parents[0].ts, &hold).await, 200);
    world.event(&id, "approval_answered").await;
    world.at_rest().await;
    let mut edits: Vec<Said> = Vec::new();
    until("the forgotten message says how it stands", async || {
        edits.extend(slack.take());
        edits
            .iter()
            .any(|said| said.ts == parents[0].ts)
            .then_some(())
    })
    .await;
    assert!(
        slack.shown().iter().all(|(_, buttons)| buttons.is_empty()),
        "{:#?}",
        slack.shown()
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_was_perhaps_posted_is_asked_again_and_a_reply_is_not() {
    let (mut world, slack) = listening(&pausing()).await;
    slack.take();
    slack.plan("chat.postMessage/reply", Mood::DoesAndHangsUp);
    slack.plan("chat.postMessage/broadcast", Mood::DoesAndHangsUp);
    asked_about(&mut world, &slack).await;
    let said = slack.take();
    let mut replies = texts(&said, &Kind::Reply);
    assert!(!replies.is_empty());
    replies.sort();
    let all = replies.len();
    replies.dedup();
    assert_eq!(replies.len(), all, "{replies:#?}");
    let questions: Vec<&Said> = said
        .iter()
        .filter(|said| said.kind == Kind::Broadcast)
        .collect();
    assert_eq!(questions.len(), 2, "{said:#?}");
    assert_eq!(questions[0].buttons(), questions[1].buttons());
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_goes_on_in_the_same_thread_and_a_deleted_parent_is_posted_anew() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = first(&said, &Kind::Parent);
    again(&mut world).await;
    world.at_rest().await;
    let more = slack.take();
    assert!(
        more.iter().all(|said| said.kind == Kind::Edit),
        "a restart says nothing new: {more:#?}"
    );
    let question = first(&said, &Kind::Broadcast);
    let hold = question.button("hold");
    slack.plan("chat.update", Mood::Refuses("message_not_found"));
    assert_eq!(slack.pressed(ANN, &parent.ts, &hold).await, 200);
    world.event(&id, "approval_answered").await;
    world.at_rest().await;
    let said = slack.take();
    let parents = texts(&said, &Kind::Parent);
    assert_eq!(parents.len(), 1, "{said:#?}");
    world.server.stop().await;
}
