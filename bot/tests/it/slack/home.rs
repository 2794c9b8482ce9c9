//! The app's own page.

use super::workspace::{Kind, Said, first};
use super::{ANN, BO, Workspace, asked, pausing};

/// What one person sees who opens the page: nothing else is said.
async fn opened(slack: &Workspace, user: &str) -> String {
    slack.tell(&slack.opens(user, "home"), 1).await;
    let said = slack.take();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0].kind, Kind::Home(user.to_owned()));
    said[0].blocks.to_string().replace('\u{200B}', "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_apps_page_shows_what_waits_how_all_stands_and_what_was_deployed_last() {
    let (mut world, slack, id) = asked(&pausing()).await;
    let said = slack.take();
    let parent = first(&said, &Kind::Parent);
    let question = first(&said, &Kind::Broadcast);

    let page = opened(&slack, ANN).await;
    let thread = format!(
        "https://acme.slack.com/archives/C0DEPLOYS/p{}",
        parent.ts.replace('.', "")
    );
    for wanted in [
        "One deployment waits for an answer",
        "PAUSED on 1 of 2",
        "to be answered by",
        &thread,
        &format!("/deployments/{id}"),
        "Services",
        "Deployed last",
        "runs on all 2",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(
        !page.contains("action_id"),
        "a button that nobody would take away: {page}"
    );
    // Who is not known sees nothing of it; who looks at messages opens nothing; each is told once.
    let page = opened(&slack, "U0NOBODY").await;
    assert!(
        page.contains("does not know the chat account") && !page.contains("shop"),
        "{page}"
    );
    slack.tell(&slack.opens(ANN, "messages"), 1).await;
    let again = slack.opens(BO, "home");
    slack.speaks(BO, "zh-CN");
    slack.tell(&again, 3).await;
    let said: Vec<Said> = slack.take();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].blocks.to_string().contains("等待回答"), "{said:#?}");

    assert_eq!(
        slack
            .pressed(ANN, &question.ts, &question.button("rollback"))
            .await,
        200
    );
    world.over(&id, "rolled_back").await;
    world.at_rest().await;
    slack.take();
    let page = opened(&slack, ANN).await;
    assert!(
        page.contains("Nothing waits for an answer") && page.contains("ROLLED BACK"),
        "{page}"
    );
    world.server.stop().await;
}
