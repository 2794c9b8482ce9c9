//! How the signals went, as a picture in the thread.

use super::workspace::{Kind, Mood, Said, first};
use super::{again, asked, bad_release, listening, pausing};
use crate::wait::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_thread_of_a_question_has_a_picture_of_the_signal_once_and_words_for_who_does_not_see_it()
 {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = first(&said, &Kind::Parent);
    let picture = first(&said, &Kind::Picture);
    assert_eq!(picture.ts, parent.ts);
    for word in [
        "errors of shop · test · bad",
        " before, ",
        "began to move",
        "limit of",
    ] {
        assert!(picture.text.contains(word), "{word}: {}", picture.text);
    }
    let album = slack.album();
    assert_eq!(album.len(), 1);
    // Twice as fine as it is drawn.
    let size = |at: usize| u32::from_be_bytes(album[0][at..at + 4].try_into().unwrap());
    assert_eq!((size(16), size(20)), (1600, 840));
    if let Some(folder) = std::env::var_os("TAWNY_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join("errors.png"), &album[0]).unwrap();
    }
    // Neither another life of the server nor the end of it all shows it again.
    again(&mut world).await;
    let question = first(&said, &Kind::Broadcast);
    let rollback = question.button("rollback");
    assert_eq!(
        slack.pressed(super::ANN, &question.ts, &rollback).await,
        200
    );
    world.over(&id, "rolled_back").await;
    world.at_rest().await;
    assert!(slack.take().iter().all(|said| said.kind != Kind::Picture));
    world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_permission_the_text_stands_and_it_is_said_once() {
    let (mut world, slack) = listening(&pausing()).await;
    slack.take();
    slack.plan("files.getUploadURLExternal", Mood::Refuses("missing_scope"));
    let id = bad_release(&mut world).await;
    world.event(&id, "signals_measured").await;
    until("the log says why there is no picture", async || {
        let log = world.server.whole_log();
        log.contains("Slack shows no pictures").then_some(())
    })
    .await;
    world.at_rest().await;
    let said = slack.take();
    assert!(said.iter().all(|said| said.kind != Kind::Picture));
    let question = first(&said, &Kind::Broadcast);
    assert!(
        question.text.contains("Decision needed"),
        "{}",
        question.text
    );
    let log = world.server.whole_log();
    assert_eq!(log.matches("Slack shows no pictures").count(), 1, "{log}");
    assert!(
        log.contains("missing_scope") && log.contains("install it anew"),
        "{log}"
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_for_which_there_is_no_time_comes_later_and_one_that_was_perhaps_shown_is_not_shown_again()
 {
    let (mut world, slack) = listening(&pausing()).await;
    slack.take();
    slack.plan("files.getUploadURLExternal", Mood::Waits(2));
    slack.plan("files.completeUploadExternal", Mood::DoesAndHangsUp);
    let id = super::asked_about(&mut world, &slack).await;
    let said = slack.take();
    let pictures = said.iter().filter(|said| said.kind == Kind::Picture);
    assert_eq!(pictures.collect::<Vec<&Said>>().len(), 1, "{said:#?}");
    assert!(
        world
            .events(&id)
            .await
            .contains(&"approval_asked".to_owned())
    );
    world.server.stop().await;
}
